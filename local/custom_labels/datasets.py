"""A dataset and its changes: what it shows at a moment follows from timestamps."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from local.custom_labels.arns import DatasetType
from local.custom_labels.entries import Entries
from local.custom_labels.errors import ServiceError
from local.custom_labels.settings import ACCEPT, Settings

CREATED_FROM_MANIFEST = "The dataset was successfully created from the manifest file."
CREATED = "The dataset was successfully created."
UPDATED = "The dataset was successfully updated."
DISTRIBUTED = "The dataset was successfully distributed."

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

    @property
    def succeeded(self) -> bool:
        return self.code == "SUCCESS"


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
    result: Result | None


@dataclass(frozen=True)
class Past:
    """What a dataset was before its last change, and until when, in epoch seconds, reads still see no more."""

    result: Result
    updated: float
    seen_until: float


@dataclass
class Dataset:
    """`change` is what is in progress, `result` what the last change came to, and `settled` when it did."""

    arn: str
    type: DatasetType
    project_arn: str
    created: float
    updated: float
    tags: dict[str, str]
    change: Change | None
    result: Result = field(default_factory=lambda: Result("CREATE_IN_PROGRESS", "", "SUCCESS", Entries()))
    past: Past | None = None
    settled: float = 0.0

    @property
    def status(self) -> str:
        """The true status, which decides what is allowed."""
        return self.change.status if self.change else self.result.status

    @property
    def entries(self) -> Entries:
        return self.result.entries

    def begin(self, change: Change, *, stale_seconds: float = 0.0) -> None:
        """`stale_seconds` is how long reads do not see it, nor what they do not see yet."""
        seen = self._seen_past(change.started) or Past(self.result, self.updated, 0.0)
        self.past = replace(seen, seen_until=change.started + stale_seconds if stale_seconds else 0.0)
        self.change = change

    def settle(self, now: float, settings: Settings) -> None:
        """Take over the result of a change that is due. A deletion that is due leaves the change in place."""
        change = self.change
        if change and change.result and change.due <= now:
            self.updated = _updated_by(change, change.result, self.updated, settings)
            self.settled, self.result, self.change = change.due, change.result, None

    def is_gone(self, now: float) -> bool:
        return self.change is not None and self.change.result is None and self.change.due <= now

    def describe_status(self, now: float, settings: Settings) -> dict[str, Any]:
        """Status, StatusMessage and StatusMessageCode, as a read sees them."""
        past = self._seen_past(now)
        if self.change and not past:
            return _describe_progress(self.change.status, settings)
        result = past.result if past else self.result
        shown = {"Status": result.status, "StatusMessage": result.message}
        if result.code != "SUCCESS" or settings.success_message_code == "SUCCESS":
            shown["StatusMessageCode"] = result.code
        return shown

    def seen_updated(self, now: float, settings: Settings) -> float:
        """The time of the last update, as a read sees it."""
        if past := self._seen_past(now):
            return past.updated
        moved = self.change and settings.last_updated in ("start_and_end", "start")
        return self.change.started if self.change and moved else self.updated

    def counted_entries(self, now: float, settings: Settings) -> Entries:
        """Those that a read counts."""
        updated = self.past is not None and self.past.result.status != "CREATE_IN_PROGRESS"
        late = updated and now < self.settled + settings.stats_late_seconds
        past = self.past if late else self._seen_past(now)
        return past.result.entries if past else self.entries

    def _seen_past(self, now: float) -> Past | None:
        return self.past if self.past and now < self.past.seen_until else None


def _updated_by(change: Change, result: Result, before: float, settings: Settings) -> float:
    """LastUpdatedTimestamp after a change."""
    if settings.last_updated == "start":
        return change.started
    return change.due if result.succeeded or settings.last_updated != "success" else before


def timestamp(moment: float, settings: Settings) -> float:
    """Epoch seconds as the API shows them."""
    return float(int(moment)) if settings.timestamps == "seconds" else moment


def _describe_progress(status: str, settings: Settings) -> dict[str, Any]:
    shown = {"Status": status}
    if settings.in_progress_message == "present":
        shown["StatusMessage"] = IN_PROGRESS_MESSAGES[status]
    if settings.in_progress_message_code != "absent":
        shown["StatusMessageCode"] = settings.in_progress_message_code
    return shown


Verb = Literal["delete", "update", "list", "distribute"]

SITUATIONS = {
    "CREATE_IN_PROGRESS": "while_creating",
    "UPDATE_IN_PROGRESS": "while_updating",
    "DELETE_IN_PROGRESS": "while_deleting",
    "CREATE_FAILED": "after_failed_creation",
    "UPDATE_FAILED": "after_failed_update",
}


def require_allowed(verb: Verb, dataset: Dataset, settings: Settings) -> None:
    """Raises the error that the settings name for this operation on a dataset in this status."""
    situation = SITUATIONS.get(dataset.status)
    answer = getattr(settings, f"{verb}_{situation}") if situation else ACCEPT
    if answer != ACCEPT:
        raise ServiceError(answer, f"The dataset {dataset.arn} is {dataset.status}: it cannot {verb} now.")
