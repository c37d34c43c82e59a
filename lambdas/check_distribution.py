"""Check distribution: compare both datasets with what they were before the start."""

from typing import Any

from lambdas.rules.pair import Dataset
from lambdas.rules.progress import judge
from lambdas.services.rekognition import describe_dataset
from lambdas.step import logger, step


@step
def handler(event: dict[str, Any]) -> dict[str, Any]:
    """From {Execution, Pair} to {State, Reason, Training, Test}."""
    pair = event["Pair"]
    logger.append_keys(project=pair["ProjectName"])
    training_before, test_before = (Dataset.from_state(pair[name]) for name in ("Training", "Test"))
    training, test = describe_dataset(training_before.arn), describe_dataset(test_before.arn)
    progress = judge(training_before, test_before, training, test)
    logger.info("Checked distribution", state=progress.state, reason=progress.reason)
    return {
        "State": progress.state,
        "Reason": progress.reason,
        "Training": training.as_state(),
        "Test": test.as_state(),
    }
