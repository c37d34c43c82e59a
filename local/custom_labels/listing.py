"""ListDatasetEntries and ListDatasetLabels, page by page."""

from collections.abc import Callable
from typing import Any

from local.custom_labels.call import Call
from local.custom_labels.datasets import Dataset
from local.custom_labels.entries import LabelUse
from local.custom_labels.entry import Entry
from local.custom_labels.legality import require_allowed
from local.custom_labels.paging import start_position, token_member
from local.custom_labels.settings import Settings
from local.custom_labels.shapes import limit

ENTRIES, LABELS = "ListDatasetEntries", "ListDatasetLabels"


def list_dataset_entries(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    dataset = _listable(call, parameters)
    size = parameters.get("MaxResults", limit("ListDatasetEntriesPageSize", "max"))
    start = start_position(ENTRIES, parameters)
    page, following = dataset.entries.page(start, size, _filter(parameters, call.settings))
    return {
        "DatasetEntries": [entry.listed() for entry in page],
        **token_member(ENTRIES, parameters, following, call.settings),
    }


def list_dataset_labels(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    labels = list(_listable(call, parameters).entries.labels.items())
    size = parameters.get("MaxResults", limit("ListDatasetLabelsPageSize", "max"))
    start = start_position(LABELS, parameters)
    following = start + size if start + size < len(labels) else None
    return {
        "DatasetLabelDescriptions": [_describe_label(name, use) for name, use in labels[start : start + size]],
        **token_member(LABELS, parameters, following, call.settings),
    }


def _listable(call: Call, parameters: dict[str, Any]) -> Dataset:
    dataset = call.dataset(parameters["DatasetArn"])
    require_allowed("list", dataset, call.settings)
    return dataset


def _filter(parameters: dict[str, Any], settings: Settings) -> Callable[[Entry], bool]:
    labels = set(parameters.get("ContainsLabels", ()))
    part, labeled = parameters.get("SourceRefContains", ""), parameters.get("Labeled")
    errors = parameters.get("HasErrors")
    if errors is False and settings.has_errors_false == "all":
        errors = None

    def accepts(entry: Entry) -> bool:
        return (
            (labeled is None or bool(entry.labels) == labeled)
            and (errors is None or entry.has_errors == errors)
            and (not labels or not labels.isdisjoint(entry.labels))
            and part in entry.source_ref
        )

    return accepts


def _describe_label(name: str, use: LabelUse) -> dict[str, Any]:
    stats = {"EntryCount": use.images}
    if use.boxed_images:
        stats["BoundingBoxCount"] = use.boxed_images
    return {"LabelName": name, "LabelStats": stats}
