"""Settings of the Custom Labels service: one for each question that AWS leaves open, and the default answer.

The numbers in brackets are sections of docs/custom-labels.md. The letters are its marks: D documented, I inferred,
A assumed, U unknown.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

ACCEPT: Final = "accept"
NOT_READY: Final = "ResourceNotReadyException"
IN_USE: Final = "ResourceInUseException"
NOT_FOUND: Final = "ResourceNotFoundException"
EXISTS: Final = "ResourceAlreadyExistsException"
INVALID: Final = "InvalidParameterException"

Seconds = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0)]
Number = Annotated[int, Field(ge=0)]
Limit = Annotated[int, Field(ge=1)]

Refusal = Annotated[
    Literal["ResourceInUseException", "ResourceNotFoundException", "ResourceNotReadyException"],
    Field(description="The error of this operation on a dataset in this status (3.1, A or I)."),
]
DistributionRefusal = Annotated[
    Literal[
        "ResourceNotReadyException", "InvalidParameterException", "ResourceNotFoundException", "ResourceInUseException"
    ],
    Field(description="The error of DistributeDatasetEntries on a dataset in this status (3.1, I; 10)."),
]
AfterFailure = Annotated[
    Literal["ResourceInUseException", "ResourceNotReadyException", "accept"],
    Field(description="Whether a dataset in this status accepts this operation, or the error (3.1, A)."),
]
DistributionAfterFailure = Annotated[
    Literal["InvalidParameterException", "ResourceInUseException", "ResourceNotReadyException", "accept"],
    Field(description="Whether a dataset in this status can be distributed, or the error (3.1, A)."),
]


class Settings(BaseModel):
    """The answers to the open questions. `changed` refuses a wrong value in one sentence."""

    model_config = ConfigDict(
        frozen=True, strict=True, extra="forbid", allow_inf_nan=False, use_attribute_docstrings=True
    )

    creation_seconds: Seconds = 5.0
    """The time from CreateDataset to CREATE_COMPLETE or CREATE_FAILED (3.3, U)."""
    update_seconds: Seconds = 5.0
    """The time from UpdateDatasetEntries to its result (3.3, U)."""
    distribution_seconds: Seconds = 10.0
    """The time from DistributeDatasetEntries to its result (3.3, U)."""
    deletion_seconds: Seconds = 5.0
    """The time from DeleteDataset or DeleteProject until the resource is gone (3.3, U)."""
    late_dataset: Literal["neither", "train", "test"] = "neither"
    """The dataset that finishes a distribution after the other one (3.2, U)."""
    late_seconds: Seconds = 30.0
    """How much later that dataset finishes (3.2, U)."""
    stale_status_seconds: Seconds = 0.0
    """How long reads show a dataset as it was before an update started (3.2, I)."""
    stale_datasets: Literal["both", "train", "test"] = "both"
    """The datasets whose reads are stale (3.2, I)."""
    stats_late_seconds: Seconds = 0.0
    """The time from an update's result until DatasetStats shows it (3.2, I)."""
    last_updated: Literal["start_and_end", "end", "start", "success"] = "start_and_end"
    """The moments of a change at which LastUpdatedTimestamp moves (1.3, U)."""
    timestamps: Literal["milliseconds", "seconds"] = "milliseconds"
    """The precision of timestamps (1, I)."""

    rounding: Literal["floor", "ceil", "round"] = "floor"
    """How 20% of a stratum is rounded to a number of entries (3.2, U)."""
    stratify: Literal["label_set", "none"] = "label_set"
    """Whether 20% of each label set moves, or 20% of the whole dataset (3.2, U)."""
    at_least_one: bool = True
    """A stratum of two or more entries gives at least one (3.2, A)."""
    min_per_label: Limit = 2
    """A distribution fails if a used label has fewer images (3.2, U)."""
    seed: Number = 0
    """The seed of the draw (3.2, A)."""
    unlabeled_entries_move: bool = True
    """A distribution can move entries without a label (3.2, U)."""
    error_entries_move: bool = True
    """A distribution can move entries with errors (3.2, U)."""
    total_labels_after: Literal["counted", "copied"] = "counted"
    """Whether each dataset declares its own labels afterwards, or both declare all of them (3.2, U)."""
    failed_datasets: Literal["both", "train", "test"] = "both"
    """The datasets that a failed distribution leaves UPDATE_FAILED (3.2, U)."""
    spared_dataset: Literal["UPDATE_COMPLETE", "earlier"] = "UPDATE_COMPLETE"
    """The status of the other dataset after such a failure (3.2, U)."""
    test_not_empty: Literal["sync", "async"] = "sync"
    """Whether the call is refused at once, or the update fails later (3.2, U)."""
    train_empty: Literal["async", "sync"] = "async"
    """Whether the update fails later, or the call is refused at once (3.2, U)."""
    size_refusal: Literal["InvalidParameterException", "ResourceNotReadyException", "ResourceInUseException"] = INVALID
    """The error of these two, where the call is refused (3.2, I)."""
    wrong_pair: Literal["sync", "async"] = "sync"
    """Two datasets that are no pair: InvalidParameterException at once, or UPDATE_FAILED later (3.2, I; 10)."""
    accepted_order: Literal["any", "train_first"] = "any"
    """The order of Datasets that DistributeDatasetEntries accepts (3.2, U)."""
    distribution_reads_images: bool = False
    """The caller of DistributeDatasetEntries needs s3:GetObject on the images (7, U)."""
    foreign_arn_error: Literal["ResourceNotFoundException", "AccessDeniedException"] = NOT_FOUND
    """The error for an ARN of another account or Region (3.2, U)."""
    unavailable_region: Literal["AccessDeniedException", "UnknownOperationException"] = "AccessDeniedException"
    """The error of every operation in a Region without Custom Labels (5, I)."""

    distribute_while_creating: DistributionRefusal = NOT_READY
    distribute_while_updating: DistributionRefusal = NOT_READY
    distribute_while_deleting: DistributionRefusal = NOT_READY
    distribute_after_failed_creation: DistributionAfterFailure = NOT_READY
    distribute_after_failed_update: DistributionAfterFailure = ACCEPT
    update_while_creating: Refusal = IN_USE
    update_empty_while_creating: Literal["refuse", "accept"] = "refuse"
    """Whether UpdateDatasetEntries is accepted while an empty dataset is being created, and ends that (3.1, U; 11)."""
    update_while_updating: Refusal = IN_USE
    update_while_deleting: Refusal = IN_USE
    update_after_failed_creation: AfterFailure = IN_USE
    update_after_failed_update: AfterFailure = ACCEPT
    list_while_creating: Refusal = NOT_READY
    list_while_updating: Refusal = IN_USE
    list_while_deleting: Refusal = IN_USE
    list_after_failed_creation: AfterFailure = NOT_READY
    list_after_failed_update: AfterFailure = ACCEPT
    delete_while_creating: Refusal = IN_USE
    delete_while_updating: Refusal = IN_USE
    delete_while_deleting: Refusal = IN_USE
    delete_after_failed_creation: AfterFailure = ACCEPT
    delete_after_failed_update: AfterFailure = ACCEPT
    create_while_deleting: Literal["ResourceAlreadyExistsException", "accept"] = EXISTS
    """Whether CreateDataset is accepted while a dataset of the same type is being deleted, or the error (3.1, U)."""

    unreadable_manifest: Literal["sync", "async"] = "sync"
    """A manifest that cannot be read: InvalidS3ObjectException at once, or CREATE_FAILED later (3.4, U)."""
    manifest_extension_required: bool = False
    """A manifest's name needs an extension; AWS's guide says both (3.4, D)."""
    byte_order_mark: Literal["skip", "drop_line"] = "skip"
    """A byte order mark before the first line is skipped, or makes the line invalid: it is dropped (4, U)."""
    missing_annotations: Literal["unlabeled", "error"] = "unlabeled"
    """A line of boxes without its member annotations is unlabeled, or has an error; AWS's guide says both (4, D)."""
    float_boxes: Literal["accept", "error"] = "accept"
    """Numbers with a fraction in a box are accepted, or are an error of the line; AWS's guide has both (4, D)."""
    multilabel_type: Literal["accept", "error"] = "accept"
    """groundtruth/image-classification-multilabel is a type like image-classification, or an error (4, D; 11)."""
    too_many_image_labels: Literal["error", "drop_line", "accept"] = "error"
    """A line with more labels than max_image_labels is an error, or is dropped, or is accepted (4, U)."""
    labeled_entries: Literal["any_label", "valid_label"] = "any_label"
    """An entry is labeled if it has any label, also one with an error, or only if it has a valid label (4, D; 11)."""
    max_invalid_share: Share = 0.2
    """The share of lines with terminal errors above which an import or update fails (3.4, D)."""
    max_entries: Limit = 250_000
    """The most entries in a dataset; Mumbai and London have lower limits of their own (5, D)."""
    max_labels: Limit = 250
    """The most labels in a dataset (5, D)."""
    max_image_labels: Limit = 50
    """The most labels on an image (5, D)."""
    max_test_images_per_label: Number = 0
    """The most images of a label in a test dataset, 0 for any number; more fail an import or distribution (5, D; U)."""
    max_manifest_bytes: Limit = 1024**3
    """The most bytes in a manifest: 1 GB (5, D)."""
    max_projects: Limit = 100
    """The most projects in an account and Region; one more is LimitExceededException (5, D)."""
    max_concurrent_changes: Number = 0
    """The most datasets changing at once in an account and Region, 0 for any number; else LimitExceeded… (5, U)."""

    in_progress_message: Literal["present", "absent"] = "present"
    """StatusMessage while a change is in progress (1.3, I; 11)."""
    in_progress_message_code: Literal["SUCCESS", "absent"] = "SUCCESS"
    """StatusMessageCode while a change is in progress (1.3, I; 11)."""
    success_message_code: Literal["SUCCESS", "absent"] = "SUCCESS"
    """StatusMessageCode after a successful change (1.3, U)."""
    unknown_project_names: Literal["absent", "InvalidParameterException", "ResourceNotFoundException"] = "absent"
    """What DescribeProjects does with the name of no project: leave it out, or an error (1.2, I)."""
    default_feature: Literal["absent", "present"] = "absent"
    """The Feature of a Custom Labels project in DescribeProjects (1.3, D; 11)."""
    dataset_order: Literal["oldest_first", "newest_first", "train_first"] = "oldest_first"
    """The order of a project's datasets in DescribeProjects (1.3, U)."""
    has_errors_false: Literal["all", "without_errors"] = "all"
    """The entries that ListDatasetEntries lists for HasErrors=False (1.2, U)."""
    listed_lines: Literal["compact", "as_given"] = "compact"
    """ListDatasetEntries lists lines without spaces between members, or with those that they were given with (4, D)."""
    listed_errors: Literal["cl-errors", "errors"] = "cl-errors"
    """The member with errors in a listed line; the line's own one is after cl-metadata, or before it (4, D; 11)."""
    end_of_pages: Literal["absent", "empty"] = "absent"
    """NextToken of the last page (1.2, D)."""
    empty_output: Literal["object", "nothing"] = "object"
    """The body of a success without output: {} or no byte (1, A)."""
    request_key_casing: Literal["lower_camel", "pascal", "absent"] = "lower_camel"
    """The casing of CloudTrail's requestParameters, or that there are none (6, I)."""
    response_key_casing: Literal["lower_camel", "pascal"] = "lower_camel"
    """The casing of CloudTrail's responseElements (6, I)."""
    denied_error_code: Literal["AccessDenied", "AccessDeniedException"] = "AccessDenied"
    """CloudTrail's errorCode for a call that IAM refused (6, I)."""
    event_copies: Number = 1
    """How often EventBridge delivers the event of a call; 0 loses the event (6, D)."""
    event_delay_seconds: Seconds = 0.0
    """The time from a call to the delivery of its event (6, U)."""

    def changed(self, changes: Mapping[str, object]) -> "Settings":
        """A copy with some answers changed. ValueError, in one sentence: an unknown name, or a value not accepted."""
        try:
            return Settings.model_validate({**self.model_dump(), **changes})
        except ValidationError as error:
            raise ValueError(_describe_refusal(error)) from None


def accepted_answers(name: str) -> tuple[Any, ...]:
    """The answers that a setting accepts, the default first; () for a setting that is a number."""
    setting = Settings.model_fields[name]
    answers = (True, False) if setting.annotation is bool else get_args(setting.annotation)
    return (setting.default, *(answer for answer in answers if answer != setting.default)) if answers else ()


def _describe_refusal(error: ValidationError) -> str:
    refusals = error.errors()
    unknown = next((refusal for refusal in refusals if refusal["type"] == "extra_forbidden"), None)
    if unknown:
        return f"There is no setting {unknown['loc'][0]!r}; there are {', '.join(Settings.model_fields)}."
    name = str(refusals[0]["loc"][0])
    return f"{name} is {_describe_accepted(name, Settings.model_fields[name])}, not {refusals[0]['input']!r}."


def _describe_accepted(name: str, setting: FieldInfo) -> str:
    if setting.annotation is bool:
        return "true or false"
    if answers := accepted_answers(name):
        return f"one of {', '.join(answers)}"
    kind = "a whole number" if setting.annotation is int else "a number"
    (bound,) = setting.metadata
    return f"{kind}, {bound.ge} or more"
