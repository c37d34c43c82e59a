"""What an import did not take from a manifest: the lines that Rekognition dropped, and the errors of the entries.

Rekognition drops a line without a report ("Terminal errors", Amazon Rekognition Custom Labels Developer Guide). Only a
comparison with the manifest shows it.
"""

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

MOST_ERRORS = 10  # an error's text can name an attribute, and each line can have another one


def describe_import(manifest: bytes, entries: Sequence[str]) -> list[str]:
    """Sentences; none if every line is an entry without an error. `entries` are those of ListDatasetEntries."""
    lines = len(manifest.removesuffix(b"\n").split(b"\n"))
    said = []
    if lines > len(entries):
        said.append(
            f"Lines that are no entry: {lines - len(entries)} of {lines}. Rekognition drops a line that is blank or "
            "invalid, or that names an image again."
        )
    found = Counter(error for entry in entries for error in dict.fromkeys(_find_errors(json.loads(entry))))
    said += [f"{_count(number)}: {error}" for error, number in found.most_common(MOST_ERRORS)]
    return said if len(found) <= MOST_ERRORS else [*said, f"{len(found) - MOST_ERRORS} more errors"]


def _find_errors(entry: dict[str, Any]) -> Iterator[str]:
    """Each error in a listed entry, as its code and its text."""
    for place in _find_places(entry):
        errors = place.get("cl-errors") or place.get("errors") or []  # AWS's guide has both names
        yield from (f"{error['code']}: {error['message']}" for error in errors)


def _find_places(entry: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The places in which the service writes errors: boxes, then the members of the line, then the line."""
    members = [member for member in entry.values() if isinstance(member, dict)]
    for member in members:
        boxes = member.get("annotations")
        yield from (box for box in boxes if isinstance(box, dict)) if isinstance(boxes, list) else ()
    yield from (*members, entry)


def _count(number: int) -> str:
    return "1 entry" if number == 1 else f"{number} entries"
