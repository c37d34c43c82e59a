"""Reads what CDK context gives: on the command line always text, in cdk.json anything that JSON has.

Each of these raises ValueError or TypeError, or makes what does so, for what is not accepted.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

# Of projects and of buckets: names are in the policies of roles, and in a function's environment of 4 KB.
MOST_NAMES = 30
MOST_CHARACTERS = 1500
# CloudFormation takes 50 of a stack, and the CDK has some of its own.
MOST_TAGS = 40

_TAG = re.compile(r"(?![aA][wW][sS]:)[\w.:/+\-@][\w .:/+\-@]{0,127}=[\w .:/=+\-@]{1,256}")


def text(pattern: re.Pattern[str]) -> Callable[[Any], str]:
    def read(given: Any) -> str:
        if not pattern.fullmatch(given):
            raise ValueError
        return str(given)

    return read


def texts(pattern: re.Pattern[str]) -> Callable[[Any], tuple[str, ...]]:
    """Each once."""
    read = text(pattern)
    return lambda given: tuple(dict.fromkeys(read(each) for each in _split(given)))


def names(pattern: re.Pattern[str], *, least: int) -> Callable[[Any], tuple[str, ...]]:
    """No more than there is room for."""
    read = texts(pattern)

    def read_names(given: Any) -> tuple[str, ...]:
        found = read(given)
        if not least <= len(found) <= MOST_NAMES or len("".join(found)) > MOST_CHARACTERS:
            raise ValueError
        return found

    return read_names


def _split(given: Any) -> Iterable[Any]:
    """A list in cdk.json, or text on the command line."""
    if isinstance(given, str):
        return [each.strip(" ") for each in given.split(",")]
    return given if isinstance(given, list) else [given]


def number(least: float, most: float) -> Callable[[Any], float]:
    """More than `least`, `most` at most. What comes from the command line is text."""

    def read(given: Any) -> float:
        number = float(given)
        if isinstance(given, bool) or not least < number <= most:
            raise ValueError
        return number

    return read


def seconds(least: int, most: int) -> Callable[[Any], int]:
    within = number(least - 1, most)

    def read(given: Any) -> int:
        if within(given) != int(within(given)):
            raise ValueError
        return int(within(given))

    return read


def yes_or_no(given: Any) -> bool:
    return {"true": True, "false": False}[str(given).lower()]


def tags(given: Any) -> tuple[tuple[str, str], ...]:
    """An object in cdk.json; `team=vision,stage=test` on the command line."""
    if isinstance(given, Mapping):
        given = [f"{key}={value}" for key, value in given.items()]
    pairs = [each.partition("=") for each in texts(_TAG)(given)]
    found = {key: value for key, _, value in pairs}
    if len(found) < len(pairs) or len(found) > MOST_TAGS:
        raise ValueError
    return tuple(found.items())
