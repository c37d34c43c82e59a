"""What the doctor found about one thing."""

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """GOOD and NOTE need nothing. UNKNOWN: the account did not let the doctor look."""

    GOOD = "good"
    NOTE = "note"
    WRONG = "wrong"
    UNKNOWN = "unknown"


class Finding(NamedTuple):
    """One line: what is so and, if it is wrong, what to do."""

    state: State
    text: str


def good(text: str) -> Finding:
    return Finding(State.GOOD, text)


def note(text: str) -> Finding:
    return Finding(State.NOTE, text)


def wrong(text: str) -> Finding:
    return Finding(State.WRONG, text)


def unknown(text: str) -> Finding:
    return Finding(State.UNKNOWN, text)
