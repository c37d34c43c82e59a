"""Texts and lists from outside, made fit for a message: bounded, encodable, visible, and each name on one line."""

import json
import re
import unicodedata
from collections.abc import Iterator, Sequence
from typing import Any, TypeVar

Item = TypeVar("Item")

LONGEST_NAME = 40  # characters
MOST_NAMES = 5
# Characters, of up to six bytes each in JSON. Step Functions takes 32,768 as the cause of an execution.
LONGEST_CAUSE = 8_000
NO_CAUSE = "No cause was given."
# Characters of JSON. A state's data and, by default, an SNS message may have 256 KB ("Publish", Amazon SNS API
# Reference), and no Catch catches an error about a state's data.
LONGEST_LIST = 100_000
MOST_MARKS = 4  # above and below one letter; Thai, Hebrew and Vietnamese need no more

_RIGHT_TO_LEFT = ("R", "AL", "AN")
_ISOLATE, _END_OF_ISOLATE = "\u2068", "\u2069"
_MARKS = ("Mn", "Me")  # the categories of the characters that are drawn above or below the one before
_DOTTED_CIRCLE = "\u25cc"  # what Unicode draws a mark on that has no letter
_JOINERS = "\u200c\u200d"  # join the letters of some scripts, and several emoji to one
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")  # choose a form of the character before
# The letters, symbols and marks that show nothing. Every other invisible character is not printable for Python.
_BLANK = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u2d7f\u3164\uffa0\U00016fe4\U0001d159]")
# An e-mail program makes a link of an address with a scheme, of one that begins with www, and of most domains.
_DOMAIN_DOT = re.compile(r"(?<=\w)\.(?=[^\W\d_]{2})")
_ADDRESS = re.compile(r"(?:https?|ftps?)://(?!docs\.aws\.amazon\.com/)[^\s/]*|\bwww\.[^\s/]*", re.IGNORECASE)
_CUT_ERROR = re.compile(r'\s*\{\s*"errorMessage"\s*:\s*("(?:[^"\\]|\\u[0-9a-fA-F]{4}|\\[^u])*)')


def read_cause(cause: Any, longest: int = LONGEST_CAUSE) -> str:
    """The sentence in the cause of an error, with its invisible characters as JSON writes them.

    When a function fails, its cause is JSON and the sentence is the `errorMessage`. Any other cause is text.
    """
    text = cause if isinstance(cause, str) else ""
    sentence = shorten(make_encodable(_read_error_message(text) or text or NO_CAUSE), longest)
    return shorten(make_visible(sentence, lines=True), longest)


def shorten(text: str, longest: int, more: str = "…") -> str:
    """The text; if it has more than `longest` characters, that many of them and `more`."""
    return text if len(text) <= longest else text[:longest] + more


def make_readable(name: str, longest: int = LONGEST_NAME) -> str:
    """The name on one line, shortened, without a link, and in an isolate if it reads from right to left.

    Invisible characters are shown as JSON writes them. Quotes show a space at an end, and an empty name.
    """
    shown = _DOMAIN_DOT.sub("[.]", make_visible(name).replace("://", "[:]//"))
    if not shown or shown != shown.strip():
        shown = f'"{shown}"'
    shown = shown if len(shown) <= longest else shown[: longest - 1] + "…"
    if any(unicodedata.bidirectional(character) in _RIGHT_TO_LEFT for character in shown):
        return f"{_ISOLATE}{shown}{_END_OF_ISOLATE}"
    return shown


def make_visible(text: str, *, lines: bool = False) -> str:
    """The text with its invisible characters as JSON writes them, and with few marks above and below a letter.

    These are controls, surrogates, fillers, and characters that change the direction of text. With `lines`, line feeds
    and tabs remain.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(_show_characters(text, "\n\t" if lines else ""))


def break_links(text: str) -> str:
    """The text with brackets in web addresses, so that no program makes a link of it. Those of AWS's guide remain."""
    return _ADDRESS.sub(lambda address: address[0].replace("://", "[:]//").replace(".", "[.]"), text)


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
    """What a failed function said; None if the text has another form."""
    try:
        cause = json.loads(text)
        if not isinstance(cause, dict):
            return None
        message, kind = cause.get("errorMessage"), cause.get("errorType")
        if not message and kind:
            return f"A function failed with {kind} and no message."
        return message if message is None or isinstance(message, str) else json.dumps(message)
    except (ValueError, RecursionError):
        cut = _CUT_ERROR.match(text)  # Step Functions cuts a cause that is too long
        return json.loads(f'{cut[1]}"', strict=False) if cut else None


def _show_characters(text: str, kept: str) -> Iterator[str]:
    marks = 0
    for position, character in enumerate(text):
        before, after = text[position - 1 : position], text[position + 1 : position + 2]
        category = unicodedata.category(character)
        marks = marks + 1 if category in _MARKS else 0
        if character in kept:
            yield character
        elif category == "Zs":
            yield " "
        elif marks > MOST_MARKS:
            yield "…" if marks == MOST_MARKS + 1 else ""
        elif not (_chooses_or_joins(before, character, after) or _is_visible(character)):
            yield json.dumps(character)[1:-1]
        elif marks == 1 and not before.strip():
            yield _DOTTED_CIRCLE + character
        else:
            yield character


def _chooses_or_joins(before: str, character: str, after: str) -> bool:
    """Whether an invisible character has an effect on its neighbours. It never has one on ASCII, but for keycaps."""
    if character in _JOINERS:
        return before > "\x7f" and after > "\x7f" and before not in _JOINERS
    return bool(
        _SELECTORS.match(character) and before and _is_visible(before) and (before > "\x7f" or after == "\u20e3")
    )


def _is_visible(character: str) -> bool:
    return character.isprintable() and not (_BLANK.match(character) or _SELECTORS.match(character))
