"""How far a distribution has come, from both datasets before the start and now.

DescribeDataset shows the *last* operation on a dataset. A COMPLETE or FAILED from before the start says nothing about
this distribution. So only changes since the start count, and only when both datasets have settled. Every other status,
also one that AWS adds later, means "not yet".

AWS documents no other operation that removes entries from a training dataset. So fewer training entries prove a
distribution, whatever happened afterwards. People may have added as many entries as left. Then two new UPDATE_COMPLETE
prove it, if the test dataset has entries.

If both datasets have settled, no training entry has left and not both datasets have changed, no distribution shows.
It may have started all the same: statistics can lag behind the status, and reads can lag behind writes. One such poll
is no proof.
"""

from dataclasses import dataclass
from enum import StrEnum

from lambdas.rules.pair import Dataset
from lambdas.rules.text import count


class State(StrEnum):
    """How far a distribution has come."""

    NOT_STARTED = "NOT_STARTED"
    IN_PROGRESS = "IN_PROGRESS"
    COMPLETE = "COMPLETE"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Progress:
    """The state, and the evidence for it in a sentence."""

    state: State
    reason: str


def judge_progress(training_before: Dataset, test_before: Dataset, training: Dataset, test: Dataset) -> Progress:
    """The progress, from the pair before the distribution started and the pair now."""
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
    """Whether the timestamp or the status is new. AWS does not document that every change moves the timestamp.

    AWS documents no update that leads back to a status of the creation. So such a read is an old one.
    """
    another = now.status != before.status and not now.status.startswith("CREATE_")
    return now.updated > before.updated or (now.updated == before.updated and another)


def _were_both_updated(training: Dataset, test: Dataset) -> bool:
    """Whether both have ended an update. A later update that failed does not move entries back."""
    return all(dataset.status in ("UPDATE_COMPLETE", "UPDATE_FAILED") for dataset in (training, test))


def _describe_failure(failed: dict[str, Dataset]) -> str:
    """Rekognition's own messages; one sentence if both datasets have the same message."""
    names_by_message: dict[str, list[str]] = {}
    for name, dataset in failed.items():
        names_by_message.setdefault(dataset.status_message or "none.", []).append(name)
    messages = (
        f"Its message for the {' and the '.join(names)} dataset: {message}"
        for message, names in names_by_message.items()
    )
    return f"Rekognition could not distribute the entries. {' '.join(messages)}"


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
    return f"together {count(-missing, 'entry', 'entries')} more than before"
