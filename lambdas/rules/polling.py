"""The polling interval: how long the workflow waits before it looks at the datasets again."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

# Of the time that has passed. Chance decides between the two: executions that began together do not poll together.
LEAST_SHARE, MOST_SHARE = 0.08, 0.12


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
