"""A section of docs/performance.md: what it measures, how that reads, and what its goals are."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

Result = dict[str, Any]
"""What a section has measured, as JSON. Seconds are of the processor unless a name says `wall`, sizes are in bytes."""

TIMES = " ×"  # noqa: RUF001 - the unit of a ratio


class Goal(NamedTuple):
    """A number with its goal. `measured` is a ratio or a count where it can be one, since machines differ.

    `why` says what the limit is, for the case that the goal is not met.
    """

    what: str
    measured: float
    limit: float
    at_least: bool = False
    unit: str = TIMES
    why: str = ""

    @property
    def met(self) -> bool:
        return self.measured >= self.limit if self.at_least else self.measured <= self.limit

    @property
    def verdict(self) -> str:
        return "met" if self.met else f"not met{': ' if self.why else ''}{self.why}"


@dataclass(frozen=True)
class Section:
    """`measure` takes time and returns the result; the other two only read it."""

    name: str
    title: str
    measure: Callable[[], Result]
    render: Callable[[Result], str]
    goals: Callable[[Result], list[Goal]]


def make_table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table in Markdown. Numbers must be formatted already."""
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join(f"| {' | '.join(str(cell) for cell in line)} |" for line in lines)
