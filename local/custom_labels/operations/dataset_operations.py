"""CreateDataset, DescribeDataset, UpdateDatasetEntries and DeleteDataset."""

from typing import Any

from local.custom_labels.account import Project
from local.custom_labels.arns import DatasetType, build_dataset_arn
from local.custom_labels.datasets import (
    CREATED,
    CREATED_FROM_MANIFEST,
    UPDATED,
    Change,
    Dataset,
    Result,
    client_error,
    require_allowed,
    show_timestamp,
    success,
)
from local.custom_labels.errors import ServiceError, invalid_parameter
from local.custom_labels.manifests.entries import Entries, Entry
from local.custom_labels.manifests.manifest import (
    FORBIDDEN,
    INVALID,
    UnusableManifest,
    check_limits,
    max_entries,
    read_lines,
    read_manifest,
)
from local.custom_labels.operations.call import Call, ObjectForbidden, ObjectUnreadable
from local.custom_labels.operations.projects import TAG_RESOURCE
from local.custom_labels.settings import ACCEPT, EXISTS

LIST_ENTRIES = "rekognition:ListDatasetEntries"


def create_dataset(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    """An empty dataset, the import of a manifest, or a copy. Reads and parses the manifest without the lock."""
    type_: DatasetType = parameters["DatasetType"]
    source = _read_source(parameters.get("DatasetSource"))
    with call.lock:
        project = _require_free_place(call, parameters["ProjectArn"], type_)
        identity = call.account.mint_id(call.now())
        copied = _find_entries_to_copy(call, source["DatasetArn"]) if "DatasetArn" in source else Entries()
    arn = build_dataset_arn(project.arn, type_, identity)
    if parameters.get("Tags"):
        call.authorize(TAG_RESOURCE, arn)
    result = _build_creation_result(call, type_, source.get("S3Object"), copied)
    with call.lock:
        _require_free_place(call, project.arn, type_)
        created = max(call.now(), identity / 1000)  # an ARN's milliseconds are never after its creation
        due = call.now() + call.settings.creation_seconds
        dataset = Dataset(arn, type_, project.arn, created, created, parameters.get("Tags", {}), None)
        dataset.begin(Change("CREATE_IN_PROGRESS", created, due, result))
        call.account.datasets[arn] = dataset
    return {"DatasetArn": arn}


def describe_dataset(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    dataset, now = call.find_dataset(parameters["DatasetArn"]), call.now()
    entries = dataset.counted_entries(now, call.settings)
    return {
        "DatasetDescription": {
            "CreationTimestamp": show_timestamp(dataset.created, call.settings),
            "LastUpdatedTimestamp": show_timestamp(dataset.shown_last_updated(now, call.settings), call.settings),
            **dataset.describe_status(now, call.settings),
            "DatasetStats": {
                "LabeledEntries": entries.labeled_count,
                "TotalEntries": len(entries),
                "TotalLabels": len(entries.labels),
                "ErrorEntries": entries.error_count,
            },
        }
    }


def update_dataset_entries(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    dataset = call.find_dataset(parameters["DatasetArn"])
    if call.settings.update_empty_while_creating == ACCEPT:
        dataset.finish_empty_creation(call.now(), call.settings)
    require_allowed("update", dataset, call.settings)
    call.require_capacity()
    result = _build_update_result(call, dataset, parameters["Changes"]["GroundTruth"])
    begin_update(call, dataset, call.settings.update_seconds, result)
    return {}


def delete_dataset(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    dataset, now = call.find_dataset(parameters["DatasetArn"]), call.now()
    require_allowed("delete", dataset, call.settings)
    call.require_capacity()
    dataset.begin(Change("DELETE_IN_PROGRESS", now, now + call.settings.deletion_seconds, None))
    return {}


def begin_update(call: Call, dataset: Dataset, seconds: float, result: Result) -> None:
    """Start an update or a distribution that takes so many seconds."""
    now = call.now()
    is_stale = call.settings.stale_datasets in ("both", dataset.type.lower())
    dataset.begin(
        Change("UPDATE_IN_PROGRESS", now, now + seconds, result),
        stale_seconds=call.settings.stale_status_seconds if is_stale else 0.0,
    )


def _read_source(source: dict[str, Any] | None) -> dict[str, Any]:
    """{} without a source; otherwise either S3Object or DatasetArn."""
    if source is None:
        return {}
    manifest = source.get("GroundTruthManifest")
    if (manifest is None) == ("DatasetArn" not in source):
        raise invalid_parameter("DatasetSource needs exactly one of GroundTruthManifest and DatasetArn.")
    if manifest is None:
        return {"DatasetArn": source["DatasetArn"]}
    s3_object = manifest.get("S3Object", {})
    if not {"Bucket", "Name"} <= s3_object.keys():
        raise invalid_parameter("GroundTruthManifest.S3Object needs a Bucket and a Name.")
    return {"S3Object": s3_object}


def _require_free_place(call: Call, project_arn: str, type_: DatasetType) -> Project:
    """The project. Raises ResourceAlreadyExistsException if it has a dataset of this type."""
    call.finish_due_changes()
    project = call.find_project(project_arn)
    for dataset in call.account.datasets_of(project, type_):
        if dataset.status != "DELETE_IN_PROGRESS" or call.settings.create_while_deleting != ACCEPT:
            message = f"The project {project.name} already has a {type_} dataset, which is {dataset.status}."
            raise ServiceError(EXISTS, message)
    call.require_capacity()
    return project


def _find_entries_to_copy(call: Call, arn: str) -> Entries:
    call.authorize(LIST_ENTRIES, arn)
    source = call.find_dataset(arn)
    try:
        require_allowed("list", source, call.settings)
    except ServiceError as refusal:  # CreateDataset has neither ResourceInUse nor ResourceNotReady
        raise invalid_parameter(refusal.message) from refusal
    return source.entries


def _build_creation_result(call: Call, type_: DatasetType, s3_object: dict[str, str] | None, copied: Entries) -> Result:
    most = max_entries(call.settings, call.caller.region, type_)
    try:
        entries = Entries(_import_manifest(call, s3_object, most)) if s3_object else copied
        check_limits(entries, call.settings, call.caller.region, type_)
    except UnusableManifest as error:
        return client_error("CREATE_FAILED", str(error), Entries())
    return success("CREATE_COMPLETE", CREATED_FROM_MANIFEST if s3_object else CREATED, entries)


def _import_manifest(call: Call, s3_object: dict[str, str], most: int) -> list[Entry]:
    bucket, name = s3_object["Bucket"], s3_object["Name"]
    try:
        data = call.caller.read_object(bucket, name, s3_object.get("Version"))
    except ObjectUnreadable as error:
        if call.settings.unreadable_manifest == "sync":
            message = f"The manifest cannot be read: {error}."
            raise ServiceError("InvalidS3ObjectException", message) from error
        raise UnusableManifest(FORBIDDEN if isinstance(error, ObjectForbidden) else INVALID) from error
    return read_manifest(data, name, call.settings, most)


def _build_update_result(call: Call, dataset: Dataset, data: bytes) -> Result:
    most = max_entries(call.settings, call.caller.region, dataset.type)
    try:
        entries = dataset.entries.merge(read_lines(data, call.settings, most))
        check_limits(entries, call.settings, call.caller.region, dataset.type)
    except UnusableManifest as error:
        return client_error("UPDATE_FAILED", str(error), dataset.entries)
    return success("UPDATE_COMPLETE", UPDATED, entries)
