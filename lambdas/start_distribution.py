"""Start distribution: ask Rekognition to move entries, unless an earlier try has done so.

DistributeDatasetEntries has no idempotency token, and an error may hide a success: each try begins by looking. What the
pair is stands in the record before the call: should the execution end here, the next one can tell what came of it.
"""

from typing import Any

from lambdas.rules.attempt import Attempt
from lambdas.rules.pair import Dataset
from lambdas.rules.record import Key
from lambdas.services.records import record_start
from lambdas.services.rekognition import describe_dataset, distribute_dataset_entries
from lambdas.step import logger, step


@step
def handler(event: dict[str, Any]) -> dict[str, Any]:
    """From {Execution, Times, Pair, Attempt} to the attempt. It does not call when the pair has changed meanwhile.

    Raises ClaimLost when another execution owns the pair by now: then it does not call either.
    """
    pair, attempt = event["Pair"], Attempt.from_state(event["Attempt"])
    logger.append_keys(project=pair["ProjectName"])
    training, test = (Dataset.from_state(pair[name]) for name in ("Training", "Test"))
    now = [describe_dataset(dataset.arn) for dataset in (training, test)]
    record_start(Key(pair["ProjectName"], test.arn), event["Execution"], training, test)
    if now != [training, test]:
        logger.info("Did not start a distribution: the datasets have changed", now=[each.as_state() for each in now])
        return attempt.as_state()
    distribute_dataset_entries(training.arn, test.arn)
    logger.info("Started distribution")
    return attempt.accept().as_state()
