"""When an execution began and what time it is, as Step Functions says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self


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
