"""Start distribution: ask Rekognition to move entries, unless an earlier try has done so.

DistributeDatasetEntries has no idempotency token, and an error may hide a success: each try begins by looking. It also
looks who owns the pair: an execution that is redriven here may have been taken over meanwhile.
"""

from typing import Any

from lambdas.rules.errors import ClaimLost
from lambdas.rules.pair import Dataset
from lambdas.services.records import read_record
from lambdas.services.rekognition import describe_dataset, distribute_dataset_entries
from lambdas.step import logger, step


@step
def handler(event: dict[str, Any]) -> dict[str, Any]:
    """From {Execution, Pair} to {Accepted}: false when the pair had changed since it was described."""
    pair = event["Pair"]
    logger.append_keys(project=pair["ProjectName"])
    before = [Dataset.from_state(pair[name]) for name in ("Training", "Test")]
    now = [describe_dataset(dataset.arn) for dataset in before]
    if not read_record(pair["ProjectName"], pair["Test"]["Arn"], event["Execution"]).mine:
        raise ClaimLost("Another execution has taken this pair over.")
    if now != before:
        logger.info("Did not start a distribution: the datasets have changed", now=[each.as_state() for each in now])
        return {"Accepted": False}
    distribute_dataset_entries(*(dataset.arn for dataset in before))
    logger.info("Started distribution")
    return {"Accepted": True}
