"""When an execution began and what time it is, as Step Functions says, and how long an event takes."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

# By then an event has come, as a rule. AWS documents no longest time.
EVENT_SECONDS = 3600


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
