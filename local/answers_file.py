"""A file of answers to what AWS leaves open, as `make verify` writes it: settings of the Custom Labels service."""

import json
from pathlib import Path
from typing import Any

from local.custom_labels.settings import Settings


def read_answers(path: Path) -> dict[str, Any]:
    """The settings and their answers. Raises ValueError with a sentence for a file that is none."""
    try:
        given = json.loads(path.read_text())
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}. Give the file that make verify wrote.") from None
    except ValueError:
        raise ValueError(f"{path} is no JSON. Give the file that make verify wrote.") from None
    if not isinstance(given, dict):
        raise ValueError(f"{path} is no JSON object. Give the file that make verify wrote.")
    Settings().changed(given)
    return given
