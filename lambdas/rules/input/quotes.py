"""Quote what was given, in a sentence that refuses it."""

import json
from typing import Any

from lambdas.rules.text import shorten

LONGEST_QUOTE = 120  # characters


def quote(value: Any) -> str:
    """The value as JSON, shortened."""
    try:
        return shorten(json.dumps(value), LONGEST_QUOTE)
    except RecursionError:
        return "nested too deeply to be shown"
    except ValueError:  # Python writes no number of more than 4,300 digits
        return "a number too long to be shown"
