"""Read a manifest file of the user's, or refuse it in one sentence before anything is started."""

import json
from pathlib import Path


class ManifestError(Exception):
    """The file is no manifest; the message says what it is and what is accepted."""


def read_manifest(path: Path) -> bytes:
    """The file's bytes, if it looks like a manifest by and large. What else is in it the service will say."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ManifestError(f"The manifest {path} cannot be read: {error.strerror}.") from None
    lines = [line for line in content.splitlines() if line.strip()]
    if not lines:
        raise ManifestError(f"The manifest {path} is empty; a manifest has one JSON object a line.")
    objects = [parsed for parsed in map(_parse, lines) if isinstance(parsed, dict)]
    if 2 * len(objects) < len(lines):
        raise ManifestError(
            f"{path} is not JSON Lines: {len(lines) - len(objects)} of {len(lines)} lines are no object."
        )
    if not any(isinstance(parsed.get("source-ref"), str) for parsed in objects):
        raise ManifestError(f'{path} is not a manifest: no line of it names an image with "source-ref".')
    return content


def _parse(line: bytes) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError):
        return None
