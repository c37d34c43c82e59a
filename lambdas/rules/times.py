"""When an execution began, what time it is, and how long it waits before it polls again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

# Of the time that has passed. Chance decides between the two: executions that began together do not poll together.
LEAST_SHARE, MOST_SHARE = 0.08, 0.12


@dataclass(frozen=True)
class Times:
    """`now` is when the state was entered. Each is ISO 8601 in UTC, as the context object of Step Functions has it."""

    now: str
    started: str
    redriven: str | None = None

    @classmethod
    def from_state(cls, texts: Sequence[str]) -> Self:
        """From [now, started] or, in a redriven execution, [now, started, redriven]."""
        return cls(*texts)

    @property
    def began(self) -> str:
        """When the deadlines began: a redrive resets them."""
        return self.redriven or self.started

    @property
    def seconds(self) -> float:
        """From the beginning until now."""
        return seconds_between(self.began, self.now)


def seconds_between(earlier: str, later: str) -> float:
    """Negative when they come the other way round."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def latest(*moments: str) -> str:
    """The last of these moments; an empty text is before any."""
    return max(filter(None, moments), key=datetime.fromisoformat)


@dataclass(frozen=True)
class Bounds:
    """Seconds. No polling interval is shorter or longer."""

    shortest: int
    longest: int

    @classmethod
    def from_state(cls, state: Mapping[str, int]) -> Self:
        return cls(state["ShortestSeconds"], state["LongestSeconds"])


def polling_interval(elapsed: float, chance: float, bounds: Bounds) -> int:
    """Whole seconds: about a tenth of the `elapsed` seconds, within the bounds. `chance` is from 0 to 1."""
    share = LEAST_SHARE + (MOST_SHARE - LEAST_SHARE) * chance
    return min(bounds.longest, max(bounds.shortest, round(elapsed * share)))
