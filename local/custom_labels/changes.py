"""DescribeDataset, UpdateDatasetEntries, DeleteDataset: what a dataset shows and what becomes of it."""

from typing import Any

from local.custom_labels.call import Call
from local.custom_labels.datasets import SHOWN_AT_ONCE, UPDATED, Change, Dataset, Result, client_error, success
from local.custom_labels.legality import require_allowed
from local.custom_labels.manifest import UnusableManifest, check_limits, max_entries, read_lines


def describe_dataset(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    dataset, now = call.dataset(parameters["DatasetArn"]), call.now()
    entries = dataset.entries
    return {
        "DatasetDescription": {
            "CreationTimestamp": dataset.created,
            "LastUpdatedTimestamp": dataset.last_updated(now, call.settings),
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
    dataset.change = Change("DELETE_IN_PROGRESS", now, now + call.settings.deletion_seconds, SHOWN_AT_ONCE, None)
    return {}


def update_dataset_entries(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    dataset = call.dataset(parameters["DatasetArn"])
    require_allowed("update", dataset, call.settings)
    call.require_capacity()
    result = _update(call, dataset, parameters["Changes"]["GroundTruth"])
    begin_update(call, dataset, call.settings.update_seconds, result)
    return {}


def begin_update(call: Call, dataset: Dataset, seconds: float, result: Result) -> None:
    now = call.now()
    dataset.change = Change("UPDATE_IN_PROGRESS", now, now + seconds, now + call.settings.stale_status_seconds, result)


def _update(call: Call, dataset: Dataset, data: bytes) -> Result:
    most = max_entries(call.settings, call.caller.region, dataset.type)
    try:
        entries = dataset.entries.updated(read_lines(data, call.settings, most))
        check_limits(entries, call.settings, most)
    except UnusableManifest as error:
        return client_error("UPDATE_FAILED", str(error), dataset.entries)
    return success("UPDATE_COMPLETE", UPDATED, entries)
