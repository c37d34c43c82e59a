"""An entry of a dataset: one JSON Line, and what has to be known of it without parsing it again."""

import json
import re
from functools import lru_cache
from typing import Any, NamedTuple

from local.custom_labels import shapes
from local.custom_labels.labels import METADATA, Attribute, read_attribute
from local.custom_labels.line_errors import LineErrors
from local.custom_labels.strict_json import read_json

SOURCE_REF = re.compile(r"[sS]3://[0-9A-Za-z.\-_]{3,255}/.+", re.DOTALL)
Labels = tuple[str, ...]

LONGEST_LINE = shapes.limit("DatasetEntry", "max")
JSON_WHITESPACE = " \t\r\n"
LABELED = ',"cl-metadata":{"is_labeled":true}}'
UNLABELED = ',"cl-metadata":{"is_labeled":false}}'


class Entry(NamedTuple):
    """A JSON Line and the labels in use on its image, those of its boxes apart."""

    source_ref: str
    line: str
    labels: Labels
    box_labels: Labels
    declared: Labels
    has_errors: bool

    @property
    def bucket(self) -> str:
        return self.source_ref[5:].partition("/")[0]

    def listed(self) -> str:
        """The line as ListDatasetEntries returns it, with the service's own member at its end."""
        return self.line[:-1] + (LABELED if self.labels else UNLABELED)


def read_entry(line: str) -> Entry | None:
    """The entry of a JSON Line; None when its content is a terminal error, for which the service drops it silently."""
    line = line.strip(JSON_WHITESPACE)
    if not 1 <= len(line) <= LONGEST_LINE:
        return None
    try:
        members = read_json(line)
        return _read_members(line, members) if isinstance(members, dict) else None
    except (ValueError, RecursionError):
        return None


def _read_members(line: str, members: dict[str, Any]) -> Entry | None:
    source_ref = members.get("source-ref")
    if not isinstance(source_ref, str) or not SOURCE_REF.fullmatch(source_ref):
        return None
    given_back = '"cl-metadata"' in line or '"errors"' in line or "\\u" in line  # a key may be written with escapes
    if given_back:
        _remove_added(members)
    errors = LineErrors(members)
    attributes = _read_attributes(members, errors)
    if errors.found or given_back:
        line = json.dumps(members, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return Entry(source_ref, line, *_collect_labels(attributes), errors.found)


def _read_attributes(members: dict[str, Any], errors: LineErrors) -> tuple[Attribute, ...]:
    pairs = [(value, members[name + METADATA]) for name, value in members.items() if name + METADATA in members]
    if not pairs and len(members) > 1:
        errors.add("ERROR_NO_LABEL_ATTRIBUTES")
    attributes = tuple([read_attribute(value, metadata, errors) for value, metadata in pairs])
    if pairs and not any(attribute.valid for attribute in attributes):
        errors.add("ERROR_NO_VALID_LABEL_ATTRIBUTES")
    return attributes


def _remove_added(members: dict[str, Any]) -> None:
    """Remove what the service itself adds to a listed line: a line that was listed and is given back gets it anew."""
    members.pop("cl-metadata", None)
    members.pop("errors", None)
    for attribute in list(members.values()):
        if isinstance(attribute, dict):
            attribute.pop("errors", None)
            _remove_from_boxes(attribute.get("annotations"))


def _remove_from_boxes(boxes: Any) -> None:
    for box in boxes if isinstance(boxes, list) else []:
        if isinstance(box, dict):
            box.pop("errors", None)


@lru_cache(maxsize=4096)
def _collect_labels(attributes: tuple[Attribute, ...]) -> tuple[Labels, Labels, Labels]:
    """Those in use, those in use for boxes, those declared. A dataset has many entries and few sets of labels."""
    declared = {label for attribute in attributes for label in attribute.declared}
    boxed = {label for attribute in attributes for label in attribute.box_labels}
    used = boxed.union(*(attribute.image_labels for attribute in attributes))
    return tuple(sorted(used)), tuple(sorted(boxed)), tuple(sorted(declared))
