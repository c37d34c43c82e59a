"""The timeline of an execution: the states that it visited, from its history."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any


@dataclass(frozen=True)
class Visit:
    """A visit to a state, from its entry until the next entry or until the history was read."""

    state: str
    entered: datetime
    left: datetime

    @property
    def seconds(self) -> float:
        return (self.left - self.entered).total_seconds()


@dataclass(frozen=True)
class Timeline:
    """All visits in their order."""

    visits: list[Visit]

    @classmethod
    def from_history(cls, events: Iterable[Mapping[str, Any]], read: datetime) -> "Timeline":
        """From the events of GetExecutionHistory; `read` is when they were read."""
        entered = [(e["stateEnteredEventDetails"]["name"], e["timestamp"]) for e in events if _is_entry(e)]
        moments = [*(moment for _, moment in entered), read]
        return cls([Visit(state, *span) for (state, _), span in zip(entered, pairwise(moments), strict=True)])

    @property
    def states(self) -> list[str]:
        """The names of the states, each once, in the order of their first visits."""
        return list(dict.fromkeys(visit.state for visit in self.visits))

    @property
    def transitions(self) -> Counter[tuple[str, str]]:
        """How often the execution went from one state to another."""
        return Counter((one.state, other.state) for one, other in pairwise(self.visits))

    @property
    def seconds(self) -> float:
        """Seconds from the first entry until the history was read."""
        return (self.visits[-1].left - self.visits[0].entered).total_seconds() if self.visits else 0.0

    def of(self, state: str) -> list[Visit]:
        return [visit for visit in self.visits if visit.state == state]


def _is_entry(event: Mapping[str, Any]) -> bool:
    return "stateEnteredEventDetails" in event
