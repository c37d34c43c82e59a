"""The polling interval: how long the workflow waits before it polls the datasets again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

# Of the elapsed time. A random share between the two keeps executions that began together from polling together.
LEAST_SHARE, MOST_SHARE = 0.08, 0.12


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
