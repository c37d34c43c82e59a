"""DescribeDataset, UpdateDatasetEntries, DeleteDataset: what a dataset shows and what becomes of it."""

from typing import Any

from local.custom_labels.call import Call
from local.custom_labels.datasets import UPDATED, Change, Dataset, Result, client_error, success, timestamp
from local.custom_labels.legality import require_allowed
from local.custom_labels.manifest import UnusableManifest, check_limits, max_entries, read_lines


def describe_dataset(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    dataset, now = call.dataset(parameters["DatasetArn"]), call.now()
    entries = dataset.counted_entries(now, call.settings)
    return {
        "DatasetDescription": {
            "CreationTimestamp": timestamp(dataset.created, call.settings),
            "LastUpdatedTimestamp": timestamp(dataset.seen_updated(now, call.settings), call.settings),
            **dataset.describe_status(now, call.settings),
            "DatasetStats": {
                "LabeledEntries": entries.labeled_count,
                "TotalEntries": len(entries),
                "TotalLabels": len(entries.labels),
                "ErrorEntries": entries.error_count,
            },
        }
    }


def delete_dataset(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    dataset, now = call.dataset(parameters["DatasetArn"]), call.now()
    require_allowed("delete", dataset, call.settings)
    call.require_capacity()
    dataset.begin(Change("DELETE_IN_PROGRESS", now, now + call.settings.deletion_seconds, None))
    return {}


def update_dataset_entries(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    dataset = call.dataset(parameters["DatasetArn"])
    require_allowed("update", dataset, call.settings)
    call.require_capacity()
    result = _update(call, dataset, parameters["Changes"]["GroundTruth"])
    begin_update(call, dataset, call.settings.update_seconds, result)
    return {}


def begin_update(call: Call, dataset: Dataset, seconds: float, result: Result) -> None:
    """`seconds` is how long it takes."""
    now = call.now()
    stale = call.settings.stale_datasets in ("both", dataset.type.lower())
    dataset.begin(
        Change("UPDATE_IN_PROGRESS", now, now + seconds, result),
        stale_seconds=call.settings.stale_status_seconds if stale else 0.0,
    )


def _update(call: Call, dataset: Dataset, data: bytes) -> Result:
    most = max_entries(call.settings, call.caller.region, dataset.type)
    try:
        entries = dataset.entries.updated(read_lines(data, call.settings, most))
        check_limits(entries, call.settings, most)
    except UnusableManifest as error:
        return client_error("UPDATE_FAILED", str(error), dataset.entries)
    return success("UPDATE_COMPLETE", UPDATED, entries)
