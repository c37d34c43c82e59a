"""A project's training and test dataset as Rekognition describes them, and the record of the pair."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from lambdas.rules.text import make_encodable, make_visible

# Characters. The API limits neither the length nor the characters of a StatusMessage, which becomes part of a state's
# data, a record, a log and a cause.
LONGEST_MESSAGE = 2_000

DISTRIBUTED, FAILED, SKIPPED = "DISTRIBUTED", "FAILED", "SKIPPED"
"""The outcomes that a record can have."""

Labels = Mapping[str, int] | None
"""The numbers of a dataset's entries by label; None if Rekognition does not list them."""


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """A dataset at one moment. `updated` is its LastUpdatedTimestamp in ISO 8601, in UTC, to the millisecond."""

    arn: str
    status: str
    status_message: str
    updated: str
    entries: int
    labeled: int
    errors: int

    @property
    def settled(self) -> bool:
        """Whether no change is in progress. A status that AWS adds later counts as in progress."""
        return self.status in ("CREATE_COMPLETE", "CREATE_FAILED", "UPDATE_COMPLETE", "UPDATE_FAILED")

    @classmethod
    def from_description(cls, arn: str, description: Mapping[str, Any]) -> Self:
        """From a DatasetDescription of DescribeDataset. Numbers that it leaves out are 0."""
        stats = description.get("DatasetStats") or {}
        return cls(
            arn=arn,
            status=description.get("Status", ""),
            status_message=_read_message(description.get("StatusMessage", "")),
            updated=_iso(description.get("LastUpdatedTimestamp")),
            entries=stats.get("TotalEntries", 0),
            labeled=stats.get("LabeledEntries", 0),
            errors=stats.get("ErrorEntries", 0),
        )

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """From the form that the workflow carries."""
        return cls(
            arn=state["Arn"],
            status=state["Status"],
            status_message=state["StatusMessage"],
            updated=state["LastUpdatedTimestamp"],
            entries=state["TotalEntries"],
            labeled=state["LabeledEntries"],
            errors=state["ErrorEntries"],
        )

    def as_state(self) -> dict[str, Any]:
        """The form that the workflow carries, with the names of the Rekognition API."""
        return {
            "Arn": self.arn,
            "Status": self.status,
            "StatusMessage": self.status_message,
            "LastUpdatedTimestamp": self.updated,
            "TotalEntries": self.entries,
            "LabeledEntries": self.labeled,
            "ErrorEntries": self.errors,
        }


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The two datasets of a project; None for a dataset that does not exist."""

    project_name: str
    project_arn: str
    training: Dataset | None
    test: Dataset | None

    @property
    def edited(self) -> bool:
        """Whether the training dataset was changed after its creation, by a person or by a distribution."""
        return self.training is not None and self.training.status.startswith("UPDATE_")

    def as_state(self) -> dict[str, Any]:
        """The form that the workflow carries."""
        return {
            "ProjectName": self.project_name,
            "ProjectArn": self.project_arn,
            "Training": self.training and self.training.as_state(),
            "Test": self.test and self.test.as_state(),
        }


class Key(NamedTuple):
    """The key of a record. The test dataset identifies the pair: a new test dataset makes another pair."""

    project_name: str
    test_arn: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """The record of a pair: who has claimed it, what Rekognition was asked to distribute, and the outcome.

    `owner` is the ARN of the execution that has claimed the pair. `mine`: this execution is the owner. `training` is
    the ARN of the training dataset. `before` is the pair at the time when Rekognition was asked to distribute it. It is
    None if nobody has asked, or if the request is known to have failed.
    """

    owner: str | None = None
    mine: bool = False
    project_arn: str = ""
    training: str | None = None
    entries_before: int = 0
    before: tuple[Dataset, Dataset] | None = None
    outcome: str | None = None
    reason: str | None = None
    started_at: str = ""
    ended_at: str | None = None


NO_RECORD = Record()


def count_entries(dataset: Dataset | None) -> int:
    """The number of entries; 0 if there is no dataset."""
    return dataset.entries if dataset else 0


def _read_message(message: str) -> str:
    """The message on one line, shortened. An invisible character is shown as JSON writes it."""
    return make_visible(make_encodable(message)[:LONGEST_MESSAGE])[:LONGEST_MESSAGE]


def _iso(moment: datetime | None) -> str:
    """A text of fixed width, so that texts sort like their moments; empty if there is no moment."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds") if moment else ""
