"""JSON as its standard has it: no NaN and no Infinity, which Python's own reader accepts."""

import json
from typing import Any


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text. ValueError, or RecursionError for one that is nested too deeply."""
    return _DECODER.decode(text if isinstance(text, str) else text.decode("utf-8"))


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_refuse_constant)
