"""Judge how far a distribution has come, from both datasets before it was started and now.

DescribeDataset shows the *last* operation on a dataset. A COMPLETE or FAILED that was there before says nothing of
this distribution, so only a status newer than the start counts. Any other status, today's or tomorrow's, is "not yet".
Where nothing is in progress and no entry has left the training dataset, none has started; or it does not show yet.
"""

from dataclasses import dataclass
from enum import StrEnum

from lambdas.pair import Dataset


class State(StrEnum):
    """How far a distribution has come."""

    NOT_STARTED = "NOT_STARTED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Progress:
    """The state and, in a sentence, what it rests on."""

    state: State
    reason: str


def judge(training_before: Dataset, test_before: Dataset, training: Dataset, test: Dataset) -> Progress:
    """Compare a pair with what it was before the distribution started."""
    pairs = (("training", training_before, training), ("test", test_before, test))
    failed = {name: now for name, before, now in pairs if _reached("UPDATE_FAILED", before, now)}
    if failed:
        return Progress(State.FAILED, _failure(failed))
    if all(_reached("UPDATE_COMPLETE", before, now) for _, before, now in pairs) and test.entries:
        return Progress(State.COMPLETE, _result(training_before, training, test))
    nothing_left = training.settled and test.settled and training.entries >= training_before.entries
    state = State.NOT_STARTED if nothing_left else State.IN_PROGRESS
    return Progress(state, f"The training dataset is {training.status} and the test dataset is {test.status}.")


def _reached(status: str, before: Dataset, now: Dataset) -> bool:
    return now.status == status and now.updated > before.updated


def _failure(failed: dict[str, Dataset]) -> str:
    """The service's own words, once where it says the same of both."""
    said: dict[str, list[str]] = {}
    for name, dataset in failed.items():
        said.setdefault(dataset.status_message or "nothing", []).append(name)
    told = "; ".join(f"of the {' and the '.join(names)} dataset: {message}" for message, names in said.items())
    return f"Rekognition could not distribute. It says {told}"


def _result(training_before: Dataset, training: Dataset, test: Dataset) -> str:
    total = training_before.entries
    moved = f"{test.entries} of {total} entries ({test.entries / total:.0%}) are in the test dataset now"
    missing = total - training.entries - test.entries
    if missing:
        return f"{moved}, {training.entries} in the training dataset; {abs(missing)} {_difference(missing)}."
    return f"{moved}, the other {training.entries} in the training dataset."


def _difference(missing: int) -> str:
    return "are in neither" if missing > 0 else "more than there were"
