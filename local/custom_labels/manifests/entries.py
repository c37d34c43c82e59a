"""Entries of a dataset: one JSON Line each, parsed once, and all of them in their order."""

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from local.custom_labels.manifests.labels import INVALID, METADATA, Attribute, Given, LineErrors, read_attribute
from local.custom_labels.settings import Settings
from local.custom_labels.validation import JSON, limit

SOURCE_REF = re.compile(r"[sS]3://[0-9A-Za-z.\-_]{3,255}/.+", re.DOTALL)
Labels = tuple[str, ...]

LONGEST_LINE = limit("DatasetEntry", "max")
JSON_WHITESPACE = " \t\r\n"
ANY_CHARACTER = "surrogatepass"  # an escape can name half of a surrogate pair
LABELED = ',"cl-metadata":{"is_labeled":true}'
UNLABELED = ',"cl-metadata":{"is_labeled":false}'
ERRORS = ("errors", "cl-errors")  # the names of the member that has errors (the setting listed_errors)
BACKSLASH, ESCAPE = "\\", "\\u"  # an escape can hide a key

encode_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


class Findings(NamedTuple):
    """What the service finds in a line: the labels used on the image or a box, those used on a box, and those declared.

    `ending` has the service's own members of the line. A compact line is listed without spaces between its members.
    Entries with equal findings share them, which saves memory.
    """

    labels: Labels
    box_labels: Labels
    declared: Labels
    is_labeled: bool
    has_errors: bool
    ending: str
    is_compact: bool


class Entry(NamedTuple):
    """A JSON Line, as UTF-8. A text with one character outside Latin-1 would take two to four times the memory."""

    source_ref: str
    line: bytes
    findings: Findings

    @property
    def bucket(self) -> str:
        return self.source_ref.split("/", 3)[2]

    def listed(self) -> str:
        """The line as ListDatasetEntries returns it, with the service's own members at the end."""
        line = self.line.decode("utf-8", ANY_CHARACTER)
        if self.findings.is_compact:  # here, because the import would take 1.5 times as long
            line = encode_json(JSON.decode(line))
        return line[:-1] + self.findings.ending


class LabelUse(NamedTuple):
    """The number of images that use a label, and of those that use it on a box."""

    images: int
    boxed_images: int


class Entries:
    """A constant sequence of entries; `declared` are labels that count even if no entry declares them."""

    def __init__(self, entries: Sequence[Entry] = (), declared: Iterable[str] = ()) -> None:
        self._entries = entries
        self._declared = declared

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, position: int) -> Entry:
        return self._entries[position]

    @cached_property
    def labeled_count(self) -> int:
        return sum(1 for entry in self._entries if entry.findings.is_labeled)

    @cached_property
    def error_count(self) -> int:
        return sum(1 for entry in self._entries if entry.findings.has_errors)

    @cached_property
    def buckets(self) -> set[str]:
        return {entry.bucket for entry in self._entries}

    @cached_property
    def labels(self) -> dict[str, LabelUse]:
        """The declared labels, in alphabetical order, with their use."""
        declared: set[str] = set(self._declared)
        images: Counter[str] = Counter()
        boxed: Counter[str] = Counter()
        for findings, count in Counter(entry.findings for entry in self._entries).items():
            declared.update(findings.declared)
            images.update(dict.fromkeys(findings.labels, count))
            boxed.update(dict.fromkeys(findings.box_labels, count))
        return {label: LabelUse(images[label], boxed[label]) for label in sorted(declared)}

    def find_page(self, start: int, size: int, accepts: Callable[[Entry], bool]) -> tuple[list[Entry], int | None]:
        """Up to `size` accepted entries from a position on, and the position of the next accepted entry, if any."""
        page: list[Entry] = []
        for position in range(start, len(self._entries)):
            entry = self._entries[position]
            if accepts(entry):
                if len(page) == size:
                    return page, position
                page.append(entry)
        return page, None

    def merge(self, changes: Iterable[Entry]) -> "Entries":
        """Each change replaces the entry of the same image, or goes to the end."""
        by_image = {entry.source_ref: entry for entry in self._entries}
        by_image.update((change.source_ref, change) for change in changes)
        return Entries(list(by_image.values()), self._declared)

    def divide(self, moved: set[int], *, copy_labels: bool) -> tuple["Entries", "Entries"]:
        """The entries that stay, and the entries at the moved positions, each in their order."""
        declared = self.labels if copy_labels else ()
        stay = [entry for position, entry in enumerate(self._entries) if position not in moved]
        return Entries(stay, declared), Entries([self._entries[position] for position in sorted(moved)], declared)


def read_entry(line: str, settings: Settings) -> Entry | None:
    """The entry of a JSON Line; None for a terminal error, for which the service drops the line without a report."""
    line = line.strip(JSON_WHITESPACE)
    if not 1 <= len(line) <= LONGEST_LINE:
        return None
    try:
        members, end = JSON.raw_decode(line)
        return _read_members(line, members, settings) if isinstance(members, dict) and end == len(line) else None
    except (ValueError, RecursionError):
        return None


def _read_members(line: str, members: dict[str, Any], settings: Settings) -> Entry | None:
    source_ref = members.get("source-ref")
    if not isinstance(source_ref, str) or not SOURCE_REF.fullmatch(source_ref):
        return None
    # Searches for texts are faster than one for a pattern, and that for one character is the fastest.
    has_escape = BACKSLASH in line and ESCAPE in line
    has_added_members = has_escape or '"cl-metadata"' in line or '"errors"' in line or '"cl-errors"' in line
    if has_added_members:
        _remove_added_members(members)
    errors = LineErrors(settings)
    findings = _find(_read_attributes(members, errors, settings), errors, settings)
    if len(findings.labels) > settings.max_image_labels and settings.too_many_image_labels != "accept":
        if settings.too_many_image_labels == "drop_line":
            return None
        errors.add("ERROR_NO_VALID_LABEL_ATTRIBUTES")
        findings = _find((INVALID,), errors, settings)
    if errors.found or has_added_members:
        line = encode_json(members)
    return Entry(source_ref, line.encode("utf-8", ANY_CHARACTER), findings)


def _read_attributes(members: dict[str, Any], errors: LineErrors, settings: Settings) -> tuple[Attribute, ...]:
    attributes = []
    for name, value in members.items():
        metadata = name + METADATA
        if metadata in members:
            attributes.append(read_attribute(Given(name, value, members[metadata], errors, settings)))
    if not attributes and len(members) > 1:
        errors.add("ERROR_NO_LABEL_ATTRIBUTES")
    if attributes and attributes.count(INVALID) == len(attributes):
        errors.add("ERROR_NO_VALID_LABEL_ATTRIBUTES")
    return tuple(attributes)


def _remove_added_members(members: dict[str, Any]) -> None:
    """Remove the service's own members, which a line has that was listed before. The service adds new ones."""
    members.pop("cl-metadata", None)
    _remove_errors(members)
    for attribute in members.values():
        _remove_errors(attribute)
        boxes = attribute.get("annotations") if isinstance(attribute, dict) else None
        for box in boxes if isinstance(boxes, list) else []:
            _remove_errors(box)


def _remove_errors(place: Any) -> None:
    for name in ERRORS if isinstance(place, dict) else ():
        place.pop(name, None)


def _find(attributes: tuple[Attribute, ...], errors: LineErrors, settings: Settings) -> Findings:
    of_line = encode_json(errors.of_line) if errors.of_line else ""
    answers = settings.listed_errors, settings.labeled_entries, settings.listed_lines
    return _share_findings(attributes, errors.found, of_line, *answers)


@lru_cache(maxsize=4096)  # a dataset has many entries, but few different sets of labels
def _share_findings(
    attributes: tuple[Attribute, ...],
    has_errors: bool,
    errors_of_line: str,
    listed_errors: str,
    labeled_entries: str,
    listed_lines: str,
) -> Findings:
    declared = {label for attribute in attributes for label in attribute.declared}
    boxed = {label for attribute in attributes for label in attribute.box_labels}
    used = boxed.union(*(attribute.image_labels for attribute in attributes))
    is_labeled = bool(used) or (labeled_entries == "any_label" and INVALID in attributes)
    ending = _build_ending(is_labeled, errors_of_line, listed_errors)
    labels = tuple(sorted(used)), tuple(sorted(boxed)), tuple(sorted(declared))
    return Findings(*labels, is_labeled, has_errors, ending, listed_lines == "compact")


def _build_ending(is_labeled: bool, errors_of_line: str, listed_errors: str) -> str:
    """The service's members at the end of a listed line, and the line's brace."""
    metadata = LABELED if is_labeled else UNLABELED
    found = f',"{listed_errors}":{errors_of_line}' if errors_of_line else ""
    return f"{metadata}{found}}}" if listed_errors == "cl-errors" else f"{found}{metadata}}}"
