"""Read the user's manifest file, or refuse it with one sentence before anything starts."""

import json
from pathlib import Path


class ManifestError(Exception):
    """The file is not a manifest; the message says what it is and what is accepted."""


def read_manifest(path: Path) -> bytes:
    """The file's bytes. ManifestError unless most lines are objects and one names an image; the service checks more."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ManifestError(f"The manifest {path} cannot be read: {error.strerror}.") from None
    lines = [line for line in content.splitlines() if line.strip()]
    if not lines:
        raise ManifestError(f"The manifest {path} is empty; a manifest has one JSON object per line.")
    objects = [parsed for parsed in map(_parse, lines) if isinstance(parsed, dict)]
    if 2 * len(objects) < len(lines):
        raise ManifestError(
            f"{path} is not JSON Lines: {len(lines) - len(objects)} of {len(lines)} lines are not a JSON object."
        )
    if not any(isinstance(parsed.get("source-ref"), str) for parsed in objects):
        raise ManifestError(f'{path} is not a manifest: none of its lines names an image with "source-ref".')
    return content


def _parse(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
