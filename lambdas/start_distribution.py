"""Start distribution: ask Rekognition to move entries, unless an earlier try has done so.

DistributeDatasetEntries has no idempotency token, and an error may hide a success. So each try first describes both
datasets. It records the pair before the call: if the execution ends here, the next one can check the result.
"""

from typing import Any

from lambdas.rules.attempt import Attempt
from lambdas.rules.failures.errors import PairChanged
from lambdas.rules.pair import Dataset, Key
from lambdas.services.records import read_start, record_start
from lambdas.services.rekognition import describe_dataset, distribute_dataset_entries
from lambdas.step import logger, step


@step
def handler(event: dict[str, Any]) -> dict[str, Any]:
    """From {Execution, Times, Pair, Attempt} to the attempt.

    If the pair has changed since it was resolved, Rekognition is not called. If an earlier request of this execution
    can be the reason, the attempt is returned and the polls decide; if not, PairChanged is raised. Raises ClaimLost if
    another execution owns the pair by now.
    """
    pair, attempt = event["Pair"], Attempt.from_state(event["Attempt"])
    logger.append_keys(project=pair["ProjectName"])
    training, test = (Dataset.from_state(pair[name]) for name in ("Training", "Test"))
    key, me, before = Key(pair["ProjectName"], test.arn), event["Execution"], (training, test)
    now = tuple(describe_dataset(dataset.arn) for dataset in before)
    if now != before:
        logger.info("Did not start a distribution: the datasets have changed", now=[each.as_state() for each in now])
        if read_start(key, me) != before and not attempt.asked_before:
            raise PairChanged("A dataset has changed since the workflow resolved the pair. Rekognition was not called.")
        return attempt.as_state()
    record_start(key, me, training, test)
    distribute_dataset_entries(training.arn, test.arn)
    logger.info("Started distribution")
    return attempt.accept().as_state()
