"""What AWS does not say of the service: one setting a question, each with a proposed answer.

The numbers in brackets are sections of the project's description of the service; U, A and I are its marks for what is
unknown, proposed and inferred there, D for what is documented.
"""

from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields, replace
from math import isfinite
from typing import Any

ACCEPT = "accept"
NOT_READY, IN_USE = "ResourceNotReadyException", "ResourceInUseException"
NOT_FOUND, EXISTS = "ResourceNotFoundException", "ResourceAlreadyExistsException"
INVALID = "InvalidParameterException"


def _choice(default: str, *others: str, about: str) -> Any:
    return field(default=default, metadata={"accepted": (default, *others), "about": about})


def _number(default: float, about: str, *, least: float = 0) -> Any:
    return field(default=default, metadata={"least": least, "about": about})


def _flag(default: bool, about: str) -> Any:
    return field(default=default, metadata={"about": about})


def _refusal(default: str) -> Any:
    """The answer to an operation in a status in which it may not be allowed."""
    others = sorted({NOT_READY, IN_USE, NOT_FOUND} - {default})
    return _choice(default, *others, about="the error in that status (3.1, A or I)")


def _distribution_refusal() -> Any:
    """Likewise, where the operation's own list of errors has two that fit."""
    return _choice(NOT_READY, INVALID, NOT_FOUND, IN_USE, about="the error in that status (3.1, I; 10)")


def _tolerance(default: str, *more: str) -> Any:
    """The answer to an operation on a dataset whose last change failed: go ahead, or an error."""
    others = sorted({ACCEPT, NOT_READY, IN_USE, *more} - {default})
    return _choice(default, *others, about="go ahead or the error in that status (3.1, A)")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Answers to the open questions. ValueError for a value that is not accepted, in one sentence."""

    creation_seconds: float = _number(5.0, "from CreateDataset to CREATE_COMPLETE or CREATE_FAILED (3.3, U)")
    update_seconds: float = _number(5.0, "from UpdateDatasetEntries to its result (3.3, U)")
    distribution_seconds: float = _number(10.0, "from DistributeDatasetEntries to its result (3.3, U)")
    deletion_seconds: float = _number(5.0, "from DeleteDataset or DeleteProject until it is gone (3.3, U)")
    late_dataset: str = _choice("neither", "train", "test", about="which finishes a distribution after the other (3.2)")
    late_seconds: float = _number(30.0, "how much later (3.2, 3.3, U)")
    stale_status_seconds: float = _number(0.0, "how long a dataset is still described as before an update (3.2, I)")
    stale_datasets: str = _choice("both", "train", "test", about="which are described like that (3.2, I)")
    stats_late_seconds: float = _number(0.0, "from an update's result until DatasetStats has it (3.2, I)")
    last_updated: str = _choice(
        "start_and_end", "end", "start", "success", about="when LastUpdatedTimestamp moves: at a change's … (1.3, 3.2)"
    )
    timestamps: str = _choice("milliseconds", "seconds", about="how exact they are (1, I)")

    rounding: str = _choice("floor", "ceil", "round", about="of 20% of a stratum (3.2, U)")
    stratify: str = _choice("label_set", "none", about="what 20% is taken of: each label set, or the whole (3.2, U)")
    at_least_one: bool = _flag(True, "a stratum of two or more gives at least one entry (3.2, A)")
    min_per_label: int = _number(2, "fewer images of a used label fail a distribution (3.2, U)", least=1)
    seed: int = _number(0, "of the draw (3.2, A)")
    unlabeled_entries_move: bool = _flag(True, "entries without a label take part in a distribution (3.2, U)")
    error_entries_move: bool = _flag(True, "entries with errors take part in a distribution (3.2, U)")
    total_labels_after: str = _choice("counted", "copied", about="each dataset's own labels, or all in both (3.2, U)")
    failed_datasets: str = _choice("both", "train", "test", about="which become UPDATE_FAILED (3.2, U)")
    spared_dataset: str = _choice("UPDATE_COMPLETE", "earlier", about="the other's status then (3.2, U)")
    test_not_empty: str = _choice("sync", "async", about="refused, or UPDATE_FAILED (3.2, U)")
    train_empty: str = _choice("async", "sync", about="UPDATE_FAILED, or refused (10, U)")
    size_refusal: str = _choice(INVALID, NOT_READY, IN_USE, about="the error of these two, if refused (3.2, I)")
    wrong_pair: str = _choice("sync", "async", about="InvalidParameterException, or UPDATE_FAILED (3.2, I; 10, U)")
    accepted_order: str = _choice("any", "train_first", about="of Datasets (3.2, U)")
    distribution_reads_images: bool = _flag(False, "the caller needs s3:GetObject on them (7, 10, U)")
    foreign_arn_error: str = _choice(NOT_FOUND, "AccessDeniedException", about="other account or Region (3.2, U)")

    distribute_while_creating: str = _distribution_refusal()
    distribute_while_updating: str = _distribution_refusal()
    distribute_while_deleting: str = _distribution_refusal()
    distribute_after_failed_creation: str = _tolerance(NOT_READY, INVALID)
    distribute_after_failed_update: str = _tolerance(ACCEPT, INVALID)
    update_while_creating: str = _refusal(IN_USE)
    update_while_updating: str = _refusal(IN_USE)
    update_while_deleting: str = _refusal(IN_USE)
    update_after_failed_creation: str = _tolerance(IN_USE)
    update_after_failed_update: str = _tolerance(ACCEPT)
    list_while_creating: str = _refusal(NOT_READY)
    list_while_updating: str = _refusal(IN_USE)
    list_while_deleting: str = _refusal(IN_USE)
    list_after_failed_creation: str = _tolerance(NOT_READY)
    list_after_failed_update: str = _tolerance(ACCEPT)
    delete_while_creating: str = _refusal(IN_USE)
    delete_while_updating: str = _refusal(IN_USE)
    delete_while_deleting: str = _refusal(IN_USE)
    delete_after_failed_creation: str = _tolerance(ACCEPT)
    delete_after_failed_update: str = _tolerance(ACCEPT)
    create_while_deleting: str = _choice(EXISTS, ACCEPT, about="CreateDataset beside one being deleted (3.1, U)")

    unreadable_manifest: str = _choice("sync", "async", about="InvalidS3ObjectException, or CREATE_FAILED (1.2, 3.4)")
    manifest_extension_required: bool = _flag(False, "its guide says both: 'not required' and 'invalid' (3.4, D)")
    max_invalid_share: float = _number(0.2, "of lines with terminal errors; more fails an import or update (3.4, D)")
    max_entries: int = _number(250_000, "in a dataset; Mumbai and London have their own (5, D)", least=1)
    max_labels: int = _number(250, "in a dataset (5, D)", least=1)
    max_manifest_bytes: int = _number(1024**3, "1 GB (5, D)", least=1)
    max_projects: int = _number(100, "in an account and Region; more is LimitExceededException (5, D)", least=1)
    max_concurrent_changes: int = _number(0, "in an account and Region, 0 for any; more is LimitExceeded… (5, U)")

    in_progress_message: str = _choice("absent", "present", about="StatusMessage while in progress (1.3, U)")
    in_progress_message_code: str = _choice("absent", "SUCCESS", about="StatusMessageCode while in progress (1.3, U)")
    success_message_code: str = _choice("SUCCESS", "absent", about="StatusMessageCode after success (10, U)")
    unknown_project_names: str = _choice("absent", INVALID, NOT_FOUND, about="in DescribeProjects (1.2, I)")
    dataset_order: str = _choice("oldest_first", "newest_first", "train_first", about="in DescribeProjects (1.3, U)")
    has_errors_false: str = _choice("all", "without_errors", about="what HasErrors=False lists (1.2, U)")
    end_of_pages: str = _choice("absent", "empty", about="NextToken of a last page (1.2, X)")
    empty_output: str = _choice("object", "nothing", about="the body of an empty success: {} or no byte (1, A)")
    request_key_casing: str = _choice("lower_camel", "pascal", about="of CloudTrail's requestParameters (6, I)")
    response_key_casing: str = _choice("lower_camel", "pascal", about="of CloudTrail's responseElements (6, I)")
    denied_error_code: str = _choice("AccessDenied", "AccessDeniedException", about="CloudTrail's errorCode (6, I)")
    event_copies: int = _number(1, "how often CloudTrail's event of a call is delivered; 0 loses it (6, D)")
    event_delay_seconds: float = _number(0.0, "from a call to the delivery of CloudTrail's event of it (6, U)")

    def __post_init__(self) -> None:
        for setting in fields(self):
            _check(setting, getattr(self, setting.name))

    def changed(self, changes: Mapping[str, object]) -> "Settings":
        """A copy with some answers changed; ValueError for an unknown name or a value that is not accepted."""
        known = [setting.name for setting in fields(self)]
        for name in changes:
            if name not in known:
                raise ValueError(f"There is no setting {name!r}; there are {', '.join(known)}.")
        values: dict[str, Any] = dict(changes)
        return replace(self, **values)


def _check(setting: "Field[Any]", value: Any) -> None:
    accepted = setting.metadata.get("accepted")
    if accepted:
        if value not in accepted:
            raise ValueError(f"{setting.name} is one of {', '.join(accepted)}, not {value!r}.")
    elif setting.type is bool:
        if not isinstance(value, bool):
            raise ValueError(f"{setting.name} is true or false, not {value!r}.")
    elif not _is_number(value, whole=setting.type is int) or value < setting.metadata["least"]:
        kind = "a whole number" if setting.type is int else "a number"
        raise ValueError(f"{setting.name} is {kind}, {setting.metadata['least']} or more, not {value!r}.")


def _is_number(value: object, *, whole: bool) -> bool:
    if isinstance(value, bool):
        return False
    return isinstance(value, int) or (not whole and isinstance(value, float) and isfinite(value))
