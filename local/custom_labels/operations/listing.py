"""ListDatasetEntries and ListDatasetLabels, and the tokens of their pages."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any

from local.custom_labels.datasets import Dataset, require_allowed
from local.custom_labels.errors import ServiceError
from local.custom_labels.manifests.entries import Entry, LabelUse
from local.custom_labels.operations.call import Call
from local.custom_labels.settings import Settings
from local.custom_labels.validation import limit

ENTRIES, LABELS = "ListDatasetEntries", "ListDatasetLabels"
FREE_PARAMETERS = ("NextToken", "MaxResults")  # these can differ from page to page


def list_dataset_entries(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    dataset = _find_listable(call, parameters)
    size = parameters.get("MaxResults", limit("ListDatasetEntriesPageSize", "max"))
    start = read_start(ENTRIES, parameters)
    page, following = dataset.entries.find_page(start, size, _build_filter(parameters, call.settings))
    return {
        "DatasetEntries": [entry.listed() for entry in page],
        **build_next_token(ENTRIES, parameters, following, call.settings),
    }


def list_dataset_labels(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    labels = list(_find_listable(call, parameters).entries.labels.items())
    size = parameters.get("MaxResults", limit("ListDatasetLabelsPageSize", "max"))
    start = read_start(LABELS, parameters)
    following = start + size if start + size < len(labels) else None
    return {
        "DatasetLabelDescriptions": [_describe_label(name, use) for name, use in labels[start : start + size]],
        **build_next_token(LABELS, parameters, following, call.settings),
    }


def read_start(operation: str, parameters: Mapping[str, Any]) -> int:
    """The position at which the page begins. Raises InvalidPaginationTokenException for a token of another request."""
    token = parameters.get("NextToken")
    if not token:  # "Listing dataset entries (SDK)" sends an empty token for the first page
        return 0
    position, _, digest = _decode(token).partition(".")
    if digest != _digest(operation, parameters) or not position.isdecimal():
        raise ServiceError(
            "InvalidPaginationTokenException",
            f"NextToken '{token[:40]}' is not a token that {operation} returned for these parameters.",
        )
    return int(position)


def build_next_token(
    operation: str, parameters: Mapping[str, Any], following: int | None, settings: Settings
) -> dict[str, str]:
    """The NextToken of a response; `following` is the position at which the next page begins, if there is one."""
    if following is not None:
        token = f"{following}.{_digest(operation, parameters)}"
        return {"NextToken": base64.urlsafe_b64encode(token.encode()).decode()}
    return {"NextToken": ""} if settings.end_of_pages == "empty" else {}


def _find_listable(call: Call, parameters: dict[str, Any]) -> Dataset:
    dataset = call.find_dataset(parameters["DatasetArn"])
    require_allowed("list", dataset, call.settings)
    return dataset


def _build_filter(parameters: dict[str, Any], settings: Settings) -> Callable[[Entry], bool]:
    labels = set(parameters.get("ContainsLabels", ()))
    part, labeled = parameters.get("SourceRefContains", ""), parameters.get("Labeled")
    errors = parameters.get("HasErrors")
    if errors is False and settings.has_errors_false == "all":
        errors = None

    def accepts(entry: Entry) -> bool:
        return (
            (labeled is None or entry.findings.is_labeled == labeled)
            and (errors is None or entry.findings.has_errors == errors)
            and (not labels or not labels.isdisjoint(entry.findings.labels))
            and part in entry.source_ref
        )

    return accepts


def _describe_label(name: str, use: LabelUse) -> dict[str, Any]:
    stats = {"EntryCount": use.images}
    if use.boxed_images:
        stats["BoundingBoxCount"] = use.boxed_images
    return {"LabelName": name, "LabelStats": stats}


def _decode(token: str) -> str:
    try:
        return base64.urlsafe_b64decode(token).decode("ascii")
    except ValueError:
        return ""


def _digest(operation: str, parameters: Mapping[str, Any]) -> str:
    """A digest that binds a token to its operation and parameters."""
    bound = {name: value for name, value in parameters.items() if name not in FREE_PARAMETERS}
    return hashlib.sha256(json.dumps([operation, bound], sort_keys=True).encode()).hexdigest()[:16]
