"""Who may distribute a pair: of all executions that look at one, at most one goes on (docs/adr/0005).

A claim has no lease and no clock. The record says who owns the pair, and Step Functions whether that execution runs: an
owner that runs is never pushed aside, one that has ended is taken over at once, and a record that says DISTRIBUTED is
taken over by nobody.
"""

from dataclasses import dataclass
from enum import StrEnum

from lambdas.rules.ending import DISTRIBUTED, FAILED
from lambdas.rules.pair import Record

RUNNING = "RUNNING"


class Answer(StrEnum):
    """What an execution does about its claim."""

    CLAIM = "CLAIM"
    """Write the claim, and go on."""
    RESOLVE = "RESOLVE"
    """The pair is claimed; look at it again, for an earlier owner, or an earlier try, may have got far."""
    ASK_OWNER = "ASK_OWNER"
    """Ask Step Functions for the owner first."""
    TAKE_OVER = "TAKE_OVER"
    """Keep what the owner recorded as history, write the claim, and look at the pair again."""
    SKIP = "SKIP"
    ALREADY_DISTRIBUTED = "ALREADY_DISTRIBUTED"


@dataclass(frozen=True)
class Owner:
    """The execution that owns a pair, as Step Functions says; None once it has forgotten it, 90 days after its end."""

    status: str | None
    ended_at: str | None = None


@dataclass(frozen=True)
class ClaimRequest:
    """The execution that asks for the pair: its training dataset, and whether it knows that it owns the pair."""

    training_arn: str
    by_event: bool
    knows_its_claim: bool = False


@dataclass(frozen=True)
class Claim:
    """An answer and, where the execution ends with it, the reason."""

    answer: Answer
    reason: str = ""


def decide_claim(record: Record, owner: Owner | None, request: ClaimRequest) -> Claim:
    """What to do; `owner` is None when Step Functions has not been asked."""
    if record.owner is None:
        return Claim(Answer.CLAIM)
    if record.mine:
        return Claim(Answer.CLAIM if request.knows_its_claim else Answer.RESOLVE)
    if record.outcome == DISTRIBUTED:
        return Claim(Answer.ALREADY_DISTRIBUTED, record.reason or "The pair was distributed before.")
    if owner is None:
        return Claim(Answer.ASK_OWNER)
    if owner.status == RUNNING:
        return Claim(Answer.SKIP, f"Another execution has this pair: {record.owner}")
    if _was_notified(record, request):
        return Claim(
            Answer.SKIP,
            "This pair has failed before, and people were notified. Start a new execution once it is mended. "
            f"It failed in {record.owner}",
        )
    return Claim(Answer.TAKE_OVER)


def summarize_owner(record: Record, owner: Owner) -> tuple[str, str, str]:
    """Outcome, reason and end of an earlier owner; one that recorded nothing has failed."""
    ended = record.ended_at or owner.ended_at or "unknown"
    if record.outcome:
        return record.outcome, record.reason or "", ended
    status = owner.status or "Step Functions has forgotten it"
    return FAILED, f"It ended without recording an outcome: {status}", ended


def _was_notified(record: Record, request: ClaimRequest) -> bool:
    """Of the same two datasets, people hear of a failure once. After it a person starts again, and no event does."""
    return record.outcome == FAILED and request.by_event and record.training == request.training_arn
