"""A project's training and test dataset as Rekognition describes them, and the record of the pair."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, Self

from lambdas.rules.text import make_encodable

# Characters. The API does not limit a StatusMessage, which becomes part of a state's data, a record and a cause.
LONGEST_MESSAGE = 2_000


@dataclass(frozen=True, kw_only=True)
class Dataset:
    """One dataset at one moment. `updated` is its LastUpdatedTimestamp, in ISO 8601, UTC, to the millisecond."""

    arn: str
    status: str
    status_message: str
    updated: str
    entries: int
    labeled: int
    errors: int

    @property
    def settled(self) -> bool:
        """Whether nothing is in progress. A status that does not exist today is "not yet", as every one in progress."""
        return self.status in ("CREATE_COMPLETE", "CREATE_FAILED", "UPDATE_COMPLETE", "UPDATE_FAILED")

    @classmethod
    def from_description(cls, arn: str, description: Mapping[str, Any]) -> Self:
        """From a DatasetDescription of DescribeDataset; what it leaves out counts as none."""
        stats = description.get("DatasetStats") or {}
        return cls(
            arn=arn,
            status=description.get("Status", ""),
            status_message=make_encodable(description.get("StatusMessage", ""))[:LONGEST_MESSAGE],
            updated=_iso(description.get("LastUpdatedTimestamp")),
            entries=stats.get("TotalEntries", 0),
            labeled=stats.get("LabeledEntries", 0),
            errors=stats.get("ErrorEntries", 0),
        )

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """From what `as_state` made."""
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
        """The names a person reads in the Step Functions console are the API's."""
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
    """The two datasets of a project; one that does not exist is None."""

    project_name: str
    project_arn: str
    training: Dataset | None
    test: Dataset | None

    def as_state(self) -> dict[str, Any]:
        """The form the workflow carries."""
        return {
            "ProjectName": self.project_name,
            "ProjectArn": self.project_arn,
            "Training": self.training and self.training.as_state(),
            "Test": self.test and self.test.as_state(),
        }


class Key(NamedTuple):
    """Of an item in the table. A pair is its test dataset: who deletes that and creates it again has another pair."""

    project_name: str
    test_arn: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the table says of a pair; without a record, nothing.

    `owner` is the ARN of the execution that has claimed the pair; `mine`: it is the execution that reads the record.
    `training` is the ARN of the training dataset. `before` is the pair as it was when Rekognition was asked to
    distribute it; None when nothing came of that, or nobody has asked.
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
    """None has none."""
    return dataset.entries if dataset else 0


def _iso(moment: datetime | None) -> str:
    """Fixed width, so that later sorts after earlier, and any after none."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds") if moment else ""
