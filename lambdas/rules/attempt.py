"""An attempt: what one execution has asked of Rekognition, and what its polls have shown since.

The state machine passes it from one function to the next as opaque data. If Start distribution fails, the state machine
adds the error to it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Self

from lambdas.rules.failures.table import BUSY, LIMIT
from lambdas.rules.text import read_cause

LONGEST_CAUSE = 4_000  # characters


class ErrorOutput(NamedTuple):
    """An error and its cause, which Step Functions calls an error output."""

    error: str
    cause: str


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """Moments are ISO 8601 texts; an empty text means that the moment has not come.

    `asked_at`: when this execution first asked, or first polled what an earlier owner had asked for.
    `asked_before`: `asked_at` lies before this attempt began.
    `accepted`: Rekognition accepted the call. `error`: the error of Start distribution.
    `busy`: an earlier start of this execution found the datasets busy.
    `no_effect_since`: the first of the latest polls in a row that showed no effect.
    `no_effect`: the polls have shown no effect for five minutes.
    `result_known`: the polls have shown the result.
    """

    asked_at: str = ""
    asked_before: bool = False
    accepted: bool = False
    error: ErrorOutput | None = None
    busy: bool = False
    no_effect_since: str = ""
    no_effect: bool = False
    result_known: bool = False
    wait_seconds: int = 0

    @classmethod
    def from_state(cls, state: Mapping[str, Any]) -> Self:
        """From the form that the workflow carries; an empty one is a new attempt."""
        error = state.get("Error")
        return cls(
            asked_at=state.get("AskedAt", ""),
            asked_before=state.get("AskedBefore", False),
            accepted=state.get("Accepted", False),
            error=ErrorOutput(error["Error"], read_cause(error.get("Cause"), LONGEST_CAUSE)) if error else None,
            busy=state.get("Busy", False),
            no_effect_since=state.get("NoEffectSince", ""),
            no_effect=state.get("NoEffect", False),
            result_known=state.get("ResultKnown", False),
            wait_seconds=state.get("WaitSeconds", 0),
        )

    def as_state(self) -> dict[str, Any]:
        """The form that the workflow carries."""
        return {
            "AskedAt": self.asked_at,
            "AskedBefore": self.asked_before,
            "Accepted": self.accepted,
            "Error": self.error and {"Error": self.error.error, "Cause": self.error.cause},
            "Busy": self.busy,
            "NoEffectSince": self.no_effect_since,
            "NoEffect": self.no_effect,
            "ResultKnown": self.result_known,
            "WaitSeconds": self.wait_seconds,
        }

    def renew(self, now: str, wait_seconds: int) -> Self:
        """The attempt that begins now. The deadline still counts from the first request of this execution."""
        busy = self.busy or (self.error is not None and self.error.error in (*BUSY.errors, LIMIT))
        asked_before = bool(self.asked_at)
        return type(self)(
            asked_at=self.asked_at or now, asked_before=asked_before, busy=busy, wait_seconds=wait_seconds
        )

    def accept(self) -> Self:
        """The attempt after Rekognition has accepted the call."""
        return replace(self, accepted=True)

    @property
    def limited(self) -> ErrorOutput | None:
        """The error that the account may not change more datasets at once. It can last until the deadline."""
        return self.error if self.error and self.error.error == LIMIT else None

    @property
    def refusal(self) -> ErrorOutput | None:
        """The error to fail with if the call had no effect.

        The first time, busy datasets are no such error: their change ends, and the workflow begins again.
        """
        if self.error is None or self.error.error == LIMIT:
            return None
        return self.error if self.busy or self.error.error not in BUSY.errors else None

    @property
    def pending(self) -> bool:
        """Whether Rekognition may be distributing because of this attempt."""
        return bool(self.asked_at) and not self.result_known and not self.no_effect
