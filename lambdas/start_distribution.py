"""Start distribution: ask Rekognition to move entries from the training dataset to the test dataset."""

from typing import Any

from aws_lambda_powertools import single_metric
from aws_lambda_powertools.metrics import MetricUnit

from lambdas.rekognition import distribute_dataset_entries
from lambdas.step import logger, step


@step
def handler(event: dict[str, Any]) -> None:
    """From {Execution, Pair} to nothing: DistributeDatasetEntries answers at once, and with nothing."""
    pair = event["Pair"]
    logger.append_keys(project=pair["ProjectName"])
    distribute_dataset_entries(pair["Training"]["Arn"], pair["Test"]["Arn"])
    logger.info("Started distribution")
    with single_metric(name="DistributionsStarted", unit=MetricUnit.Count, value=1):
        pass
