"""When an execution began, what time it is, and how long it waits before it polls again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

# Of the elapsed time. A random share between the two keeps executions that began together from polling together.
LEAST_SHARE, MOST_SHARE = 0.08, 0.12


@dataclass(frozen=True)
class Times:
    """Moments in ISO 8601, in UTC, from the context object of Step Functions. `now` is when the state was entered."""

    now: str
    started: str
    redriven: str | None = None

    @classmethod
    def from_state(cls, texts: Sequence[str]) -> Self:
        """From [now, started] or, in a redriven execution, [now, started, redriven]."""
        return cls(*texts)

    @property
    def began(self) -> str:
        """The moment from which deadlines count: a redrive resets them."""
        return self.redriven or self.started

    @property
    def seconds(self) -> float:
        """Seconds from the beginning until now."""
        return seconds_between(self.began, self.now)


def seconds_between(earlier: str, later: str) -> float:
    """Seconds from `earlier` to `later`; negative if `later` comes first."""
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


def latest(*moments: str) -> str:
    """The latest of these moments. Empty texts do not count."""
    return max(filter(None, moments), key=datetime.fromisoformat)


@dataclass(frozen=True)
class Bounds:
    """The shortest and the longest polling interval, in seconds."""

    shortest: int
    longest: int

    @classmethod
    def from_state(cls, state: Mapping[str, int]) -> Self:
        return cls(state["ShortestSeconds"], state["LongestSeconds"])


def polling_interval(elapsed: float, chance: float, bounds: Bounds) -> int:
    """Seconds until the next poll: about a tenth of the `elapsed` seconds, within the bounds. `chance` is 0 to 1."""
    share = LEAST_SHARE + (MOST_SHARE - LEAST_SHARE) * chance
    return min(bounds.longest, max(bounds.shortest, round(elapsed * share)))
