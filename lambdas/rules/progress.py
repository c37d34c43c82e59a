"""Judge how far a distribution has come, from both datasets before it was started and now.

DescribeDataset shows the *last* operation on a dataset. A COMPLETE or FAILED that was there before says nothing of
this distribution: only what has changed since the start counts, and only once both datasets have settled. Any other
status, today's or tomorrow's, is "not yet". Entries leave a training dataset by a distribution and in no other way,
which proves one, whatever came after. Without that proof, for people may have added as many, two new COMPLETE count,
once the test dataset has entries.
Where nothing is in progress, no entry has left the training dataset and not both have changed, none has started; or it
does not show yet: statistics can lag behind the status, and what is read behind what is. Nobody should rest on one such
look.
"""

from dataclasses import dataclass
from enum import StrEnum

from lambdas.rules.pair import Dataset


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


def judge_progress(training_before: Dataset, test_before: Dataset, training: Dataset, test: Dataset) -> Progress:
    """Compare a pair with what it was before the distribution started."""
    entries_left = training.entries < training_before.entries
    settled = training.settled and test.settled
    if settled and entries_left and test.entries and _were_both_updated(training, test):
        return Progress(State.COMPLETE, _describe_result(training_before, training, test))
    pairs = (("training", training_before, training), ("test", test_before, test))
    new = {name: now for name, before, now in pairs if _has_changed(before, now)}
    failed = {name: now for name, now in new.items() if now.status == "UPDATE_FAILED"}
    if settled and failed:
        return Progress(State.FAILED, _describe_failure(failed))
    if len(new) == len(pairs) and training.status == test.status == "UPDATE_COMPLETE" and test.entries:
        return Progress(State.COMPLETE, _describe_result(training_before, training, test))
    shows = not settled or entries_left or (len(new) == len(pairs) and test.entries)
    state = State.IN_PROGRESS if shows else State.NOT_STARTED
    return Progress(state, f"The training dataset is {training.status} and the test dataset is {test.status}.")


def _has_changed(before: Dataset, now: Dataset) -> bool:
    """Whether a change moves the timestamp in whatever it ends is not documented; a new status tells, too."""
    return now.updated > before.updated or (now.updated == before.updated and now.status != before.status)


def _were_both_updated(training: Dataset, test: Dataset) -> bool:
    """Whatever came after: a later change that failed does not take the entries back."""
    return all(dataset.status in ("UPDATE_COMPLETE", "UPDATE_FAILED") for dataset in (training, test))


def _describe_failure(failed: dict[str, Dataset]) -> str:
    """The service's own words, once where it says the same of both."""
    said: dict[str, list[str]] = {}
    for name, dataset in failed.items():
        said.setdefault(dataset.status_message or "nothing", []).append(name)
    told = "; ".join(f"of the {' and the '.join(names)} dataset: {message}" for message, names in said.items())
    return f"Rekognition could not distribute. It says {told}"


def _describe_result(training_before: Dataset, training: Dataset, test: Dataset) -> str:
    total = training_before.entries
    moved = f"{test.entries:,} of {total:,} entries ({test.entries / total:.0%}) are in the test dataset now"
    missing = total - training.entries - test.entries
    if missing:
        return f"{moved}, {training.entries:,} in the training dataset; {_describe_difference(missing)}."
    return f"{moved}, the other {training.entries:,} in the training dataset."


def _describe_difference(missing: int) -> str:
    if missing > 0:
        return f"{missing:,} {'is' if missing == 1 else 'are'} in neither"
    return f"{-missing:,} more than there were"
