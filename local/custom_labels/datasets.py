"""A dataset and its changes: what it shows at a moment follows from timestamps."""

from dataclasses import dataclass, field
from typing import Any

from local.custom_labels.arns import DatasetType
from local.custom_labels.entries import Entries
from local.custom_labels.settings import Settings

CREATED_FROM_MANIFEST = "The dataset was successfully created from the manifest file."
CREATED = "The dataset was successfully created."
UPDATED = "The dataset was successfully updated."
DISTRIBUTED = "The dataset was successfully distributed."

SHOWN_AT_ONCE = 0.0
IN_PROGRESS_MESSAGES = {
    "CREATE_IN_PROGRESS": "The dataset is being created.",
    "UPDATE_IN_PROGRESS": "The dataset is being updated.",
    "DELETE_IN_PROGRESS": "The dataset is being deleted.",
}


@dataclass(frozen=True)
class Result:
    """What a change ends in: a status that lasts, its message, and the entries from then on."""

    status: str
    message: str
    code: str
    entries: Entries


def success(status: str, message: str, entries: Entries) -> Result:
    return Result(status, message, "SUCCESS", entries)


def client_error(status: str, message: str, entries: Entries) -> Result:
    """A failure that is the client's; the entries are those from before."""
    return Result(status, message, "CLIENT_ERROR", entries)


@dataclass(frozen=True)
class Change:
    """A change in progress, in epoch seconds; its result is None when the dataset will then be gone."""

    status: str
    started: float
    due: float
    shown_from: float
    result: Result | None


@dataclass
class Dataset:
    """`change` is what is in progress, `result` what the last change came to."""

    arn: str
    type: DatasetType
    project_arn: str
    created: float
    updated: float
    tags: dict[str, str]
    change: Change | None
    result: Result = field(default_factory=lambda: Result("CREATE_IN_PROGRESS", "", "SUCCESS", Entries()))

    @property
    def status(self) -> str:
        """The true status, which decides what is allowed."""
        return self.change.status if self.change else self.result.status

    @property
    def entries(self) -> Entries:
        return self.result.entries

    def settle(self, now: float) -> None:
        """Take over the result of a change that is due. A deletion that is due leaves the change in place."""
        if self.change and self.change.result and self.change.due <= now:
            self.updated = self.change.due
            self.result, self.change = self.change.result, None

    def is_gone(self, now: float) -> bool:
        return self.change is not None and self.change.result is None and self.change.due <= now

    def describe_status(self, now: float, settings: Settings) -> dict[str, Any]:
        """Status, StatusMessage and StatusMessageCode, those of the change only once it is shown."""
        if self.change and now >= self.change.shown_from:
            return _describe_progress(self.change.status, settings)
        shown = {"Status": self.result.status, "StatusMessage": self.result.message}
        if self.result.code != "SUCCESS" or settings.success_message_code == "SUCCESS":
            shown["StatusMessageCode"] = self.result.code
        return shown

    def last_updated(self, now: float, settings: Settings) -> float:
        if self.change and settings.last_updated_at_start and now >= self.change.shown_from:
            return self.change.started
        return self.updated


def _describe_progress(status: str, settings: Settings) -> dict[str, Any]:
    shown = {"Status": status}
    if settings.in_progress_message == "present":
        shown["StatusMessage"] = IN_PROGRESS_MESSAGES[status]
    if settings.in_progress_message_code != "absent":
        shown["StatusMessageCode"] = settings.in_progress_message_code
    return shown
