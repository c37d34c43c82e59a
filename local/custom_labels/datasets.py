"""A dataset and its changes. What a dataset shows at a moment follows from timestamps."""

from dataclasses import dataclass, field, replace
from typing import Any, Literal

from local.custom_labels.arns import DatasetType
from local.custom_labels.errors import ServiceError
from local.custom_labels.manifests.entries import Entries
from local.custom_labels.settings import ACCEPT, Settings

Verb = Literal["delete", "update", "list", "distribute"]

CREATED_FROM_MANIFEST = "The dataset was successfully created from the manifest file."
CREATED = "The dataset was successfully created."
UPDATED = "The dataset was successfully updated."
DISTRIBUTED = "The dataset was successfully distributed."

IN_PROGRESS_MESSAGES = {
    "CREATE_IN_PROGRESS": "The dataset is being created.",
    "UPDATE_IN_PROGRESS": "The dataset is being updated.",
    "DELETE_IN_PROGRESS": "The dataset is being deleted.",
}

# The second part of the settings' names for allowed operations; a status that is not here allows all of them.
SITUATIONS = {
    "CREATE_IN_PROGRESS": "while_creating",
    "UPDATE_IN_PROGRESS": "while_updating",
    "DELETE_IN_PROGRESS": "while_deleting",
    "CREATE_FAILED": "after_failed_creation",
    "UPDATE_FAILED": "after_failed_update",
}


@dataclass(frozen=True)
class Result:
    """The end of a change: a lasting status, its message and code, and the entries from then on."""

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
    """A failure that the client caused; the entries are those from before the change."""
    return Result(status, message, "CLIENT_ERROR", entries)


@dataclass(frozen=True)
class Change:
    """A change in progress, in epoch seconds. A deletion has no result."""

    status: str
    started: float
    due: float
    result: Result | None


@dataclass(frozen=True)
class EarlierState:
    """The state of a dataset before its last change, which stale reads show until a moment in epoch seconds."""

    result: Result
    updated: float
    shown_until: float


@dataclass
class Dataset:
    """`change` is in progress; `result` is that of the last finished change, and `finished` its time."""

    arn: str
    type: DatasetType
    project_arn: str
    created: float
    updated: float
    tags: dict[str, str]
    change: Change | None
    result: Result = field(default_factory=lambda: Result("CREATE_IN_PROGRESS", "", "SUCCESS", Entries()))
    earlier: EarlierState | None = None
    finished: float = 0.0

    @property
    def status(self) -> str:
        """The true status. It decides which operations are allowed."""
        return self.change.status if self.change else self.result.status

    @property
    def entries(self) -> Entries:
        return self.result.entries

    def begin(self, change: Change, *, stale_seconds: float = 0.0) -> None:
        """Start a change. For `stale_seconds`, reads show neither this change nor an earlier one still hidden."""
        shown = self._find_stale_state(change.started) or EarlierState(self.result, self.updated, 0.0)
        self.earlier = replace(shown, shown_until=change.started + stale_seconds if stale_seconds else 0.0)
        self.change = change

    def finish_due_change(self, now: float, settings: Settings) -> None:
        """Take over the result of a change that is due. A deletion stays in progress; `is_gone` is true then."""
        change = self.change
        if change and change.result and change.due <= now:
            self.updated = _last_updated_after(change, change.result, self.updated, settings)
            self.finished, self.result, self.change = change.due, change.result, None

    def finish_empty_creation(self, now: float, settings: Settings) -> None:
        """End a creation in progress before it is due, if it gives an empty dataset."""
        change = self.change
        if change and change.status == "CREATE_IN_PROGRESS" and change.result and not len(change.result.entries):
            self.change = replace(change, due=now)
            self.finish_due_change(now, settings)

    def is_gone(self, now: float) -> bool:
        return self.change is not None and self.change.result is None and self.change.due <= now

    def describe_status(self, now: float, settings: Settings) -> dict[str, Any]:
        """Status, StatusMessage and StatusMessageCode, as a read shows them."""
        earlier = self._find_stale_state(now)
        if self.change and not earlier:
            return _describe_progress(self.change.status, settings)
        result = earlier.result if earlier else self.result
        shown = {"Status": result.status, "StatusMessage": result.message}
        if result.code != "SUCCESS" or settings.success_message_code == "SUCCESS":
            shown["StatusMessageCode"] = result.code
        return shown

    def shown_last_updated(self, now: float, settings: Settings) -> float:
        """LastUpdatedTimestamp, in epoch seconds, as a read shows it."""
        if earlier := self._find_stale_state(now):
            return earlier.updated
        moves_at_start = settings.last_updated in ("start_and_end", "start")
        return self.change.started if self.change and moves_at_start else self.updated

    def counted_entries(self, now: float, settings: Settings) -> Entries:
        """The entries that DatasetStats counts, as a read shows them."""
        changed_after_creation = self.earlier is not None and self.earlier.result.status != "CREATE_IN_PROGRESS"
        is_late = changed_after_creation and now < self.finished + settings.stats_late_seconds
        earlier = self.earlier if is_late else self._find_stale_state(now)
        return earlier.result.entries if earlier else self.entries

    def _find_stale_state(self, now: float) -> EarlierState | None:
        return self.earlier if self.earlier and now < self.earlier.shown_until else None


def require_allowed(verb: Verb, dataset: Dataset, settings: Settings) -> None:
    """Raises the error that the settings name for this operation on a dataset in this status."""
    situation = SITUATIONS.get(dataset.status)
    answer = getattr(settings, f"{verb}_{situation}") if situation else ACCEPT
    if answer != ACCEPT:
        raise ServiceError(answer, f"The dataset {dataset.arn} is {dataset.status}, which does not allow to {verb} it.")


def show_timestamp(moment: float, settings: Settings) -> float:
    """Epoch seconds as the API shows them."""
    return float(int(moment)) if settings.timestamps == "seconds" else moment


def _last_updated_after(change: Change, result: Result, before: float, settings: Settings) -> float:
    """LastUpdatedTimestamp after a change, in epoch seconds."""
    if settings.last_updated == "start":
        return change.started
    return change.due if result.succeeded or settings.last_updated != "success" else before


def _describe_progress(status: str, settings: Settings) -> dict[str, Any]:
    shown = {"Status": status}
    if settings.in_progress_message == "present":
        shown["StatusMessage"] = IN_PROGRESS_MESSAGES[status]
    if settings.in_progress_message_code != "absent":
        shown["StatusMessageCode"] = settings.in_progress_message_code
    return shown
