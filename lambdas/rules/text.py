"""Texts and lists from outside, made fit for a message: bounded, encodable, and each name on one line."""

import json
import unicodedata
from collections.abc import Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")

LONGEST_NAME = 40  # characters
MOST_NAMES = 5
# Characters, of up to six bytes each in JSON. Step Functions takes 32,768 as the cause of an execution.
LONGEST_CAUSE = 8_000
NO_CAUSE = "No cause was given."
# Characters of JSON. A state's data and an SNS message may have 256 KB, and no Catch catches an error about a state's
# data.
LONGEST_LIST = 100_000
_RIGHT_TO_LEFT = ("R", "AL")
_JOINER = "\u200d"  # makes one emoji of several
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"


def read_cause(cause: Any, longest: int = LONGEST_CAUSE) -> str:
    """The sentence in the cause of an error.

    When a function fails, its cause is JSON and the sentence is the `errorMessage`. Any other cause is text.
    """
    text = cause if isinstance(cause, str) else ""
    return shorten(make_encodable(_read_error_message(text) or text or NO_CAUSE), longest)


def shorten(text: str, longest: int, more: str = "…") -> str:
    """The text; if it has more than `longest` characters, that many of them and `more`."""
    return text if len(text) <= longest else text[:longest] + more


def make_readable(name: str, longest: int = LONGEST_NAME) -> str:
    """The name on one line, shortened, without invisible characters, in an isolate if it reads from right to left."""
    shown = "".join(character if _is_visible(character) else " " for character in name)
    shown = shown if len(shown) <= longest else shown[: longest - 1] + "…"
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in shown):
        return f"{_ISOLATE}{shown}{_END_OF_ISOLATE}"
    return shown


def make_encodable(text: str) -> str:
    """The text with a question mark for each lone surrogate, which JSON can carry and UTF-8 cannot."""
    return text.encode(errors="replace").decode()


def list_names(names: Sequence[str]) -> str:
    """`crack, dent and 3 more`"""
    shown = ", ".join(make_readable(name) for name in names[:MOST_NAMES])
    return f"{shown} and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else shown


def count(number: int, one: str, several: str) -> str:
    """`3 entries` or `1 entry`"""
    return f"{number:,} {one if number == 1 else several}"


def take_fitting(items: Sequence[Item], longest: int = LONGEST_LIST) -> list[Item]:
    """As many of the first items as fit into `longest` characters.

    The length of an item is that of JSON inside a JSON string, as SNS gets it, with every character escaped. No form of
    the item is longer.
    """
    length = 0
    for position, item in enumerate(items):
        length += len(json.dumps(json.dumps(item)))
        if length > longest:
            return list(items[:position])
    return list(items)


def _read_error_message(text: str) -> str | None:
    try:
        cause = json.loads(text)
    except (ValueError, RecursionError):
        return None
    message = cause.get("errorMessage") if isinstance(cause, dict) else None
    return None if message is None else str(message)


def _is_visible(character: str) -> bool:
    """False for controls, surrogates and the characters that change the direction of text."""
    return character.isprintable() or character == _JOINER
