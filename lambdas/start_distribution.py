"""Start distribution: ask Rekognition to move entries, unless an earlier try has done so.

DistributeDatasetEntries has no idempotency token, and an error may hide a success: each try begins by looking.
"""

from typing import Any

from aws_lambda_powertools import single_metric
from aws_lambda_powertools.metrics import MetricUnit

from lambdas.pair import Dataset
from lambdas.progress import State, judge
from lambdas.rekognition import describe_dataset, distribute_dataset_entries
from lambdas.step import logger, step


@step
def handler(event: dict[str, Any]) -> dict[str, Any]:
    """From {Execution, Pair} to {Accepted}: false when the pair had changed since it was described."""
    pair = event["Pair"]
    logger.append_keys(project=pair["ProjectName"])
    before = [Dataset.from_state(pair[name]) for name in ("Training", "Test")]
    now = [describe_dataset(dataset.arn) for dataset in before]
    progress = judge(*before, *now)
    if progress.state != State.NOT_STARTED:
        logger.info("Did not start a distribution: the datasets are changing", reason=progress.reason)
        return {"Accepted": False}
    distribute_dataset_entries(*(dataset.arn for dataset in before))
    logger.info("Started distribution")
    with single_metric(name="DistributionsStarted", unit=MetricUnit.Count, value=1):
        pass
    return {"Accepted": True}
