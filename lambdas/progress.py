"""Judge how far a distribution has come, from both datasets before it was started and now.

DescribeDataset shows the *last* operation on a dataset. A COMPLETE or FAILED that was there before says nothing of
this distribution, so only a status newer than the start counts. Any other status, today's or tomorrow's, is "not yet".
Entries leave a training dataset by a distribution and in no other way, which proves one; without that proof, two new
COMPLETE are a distribution only if Rekognition has accepted one. People may have changed both datasets meanwhile.
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


def judge(
    training_before: Dataset, test_before: Dataset, training: Dataset, test: Dataset, *, accepted: bool = False
) -> Progress:
    """Compare a pair with what it was before the distribution started; `accepted` when Rekognition has said so."""
    pairs = (("training", training_before, training), ("test", test_before, test))
    failed = {
        name: now for name, before, now in pairs if now.status == "UPDATE_FAILED" and now.updated > before.updated
    }
    if failed:
        return Progress(State.FAILED, _failure(failed))
    entries_left = training.entries < training_before.entries
    both_new = all(now.updated > before.updated for _, before, now in pairs)
    both_complete = all(now.status == "UPDATE_COMPLETE" for _, _, now in pairs)
    if both_complete and test.entries and (entries_left or (accepted and both_new)):
        return Progress(State.COMPLETE, _result(training_before, training, test))
    still = training.settled and test.settled and not entries_left
    state = State.NOT_STARTED if still else State.IN_PROGRESS
    return Progress(state, f"The training dataset is {training.status} and the test dataset is {test.status}.")


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
