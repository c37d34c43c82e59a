"""Who may distribute a pair: of all executions that resolve a pair, at most one continues (docs/adr/0005).

A claim has no lease, and no clock ends it. The record says which execution owns the pair, and Step Functions says
whether that execution is running. A running owner keeps its claim. Another execution takes over from an owner that has
ended, at once. No execution takes over a record that says DISTRIBUTED.
"""

from dataclasses import dataclass
from enum import StrEnum

from lambdas.rules.pair import DISTRIBUTED, FAILED, Record
from lambdas.rules.times import seconds_between

RUNNING = "RUNNING"
# After its start. DescribeExecution is eventually consistent (AWS Step Functions API Reference), so it may not know the
# execution yet. AWS documents no longest time.
UNKNOWN_SECONDS = 60


class Answer(StrEnum):
    """What an execution does next to claim a pair."""

    CLAIM = "CLAIM"
    """Write the claim and continue."""
    RESOLVE = "RESOLVE"
    """The execution owns the pair. Resolve it again, because an earlier owner or an earlier try may have changed it."""
    ASK_OWNER = "ASK_OWNER"
    """First ask Step Functions about the owner."""
    TAKE_OVER = "TAKE_OVER"
    """Keep the record of the owner as history, write the claim, and resolve the pair again."""
    SKIP = "SKIP"
    ALREADY_DISTRIBUTED = "ALREADY_DISTRIBUTED"


@dataclass(frozen=True)
class Owner:
    """The owner of a pair, as Step Functions describes it.

    `status` is None if Step Functions does not know it: from 90 days after its end on, and maybe right after its start.
    """

    status: str | None
    ended_at: str | None = None


@dataclass(frozen=True)
class ClaimRequest:
    """What an execution says when it asks for the pair. `knows_its_claim`: it has received the claim already.

    `now` is an ISO 8601 text.
    """

    training_arn: str
    by_person: bool
    now: str
    knows_its_claim: bool = False


@dataclass(frozen=True)
class Claim:
    """The answer. `reason` is empty unless the execution ends with this answer."""

    answer: Answer
    reason: str = ""


def decide_claim(record: Record, owner: Owner | None, request: ClaimRequest) -> Claim:
    """The answer to the request. `owner` is None if Step Functions has not been asked yet."""
    if record.owner is None:
        return Claim(Answer.CLAIM)
    if record.mine:
        return Claim(Answer.CLAIM if request.knows_its_claim else Answer.RESOLVE)
    if record.outcome == DISTRIBUTED:
        return Claim(Answer.ALREADY_DISTRIBUTED, record.reason or "The pair is already distributed.")
    if owner is None:
        return Claim(Answer.ASK_OWNER)
    if is_running(record, owner, request.now):
        return Claim(Answer.SKIP, f"Another execution owns this pair: {record.owner}")
    if was_notified(record, request):
        return Claim(
            Answer.SKIP,
            "An earlier execution for this pair has failed, and people were notified. Fix the cause, then start a new "
            f"execution yourself. The failed execution: {record.owner}",
        )
    return Claim(Answer.TAKE_OVER)


def summarize_owner(record: Record, owner: Owner) -> tuple[str, str, str]:
    """Outcome, reason and end of an earlier owner. An owner that recorded no outcome counts as FAILED."""
    ended = record.ended_at or owner.ended_at or "unknown"
    if record.outcome:
        return record.outcome, record.reason or "", ended
    status = owner.status or "Step Functions no longer knows its status"
    return FAILED, f"It ended without recording an outcome: {status}", ended


def is_running(record: Record, owner: Owner, now: str) -> bool:
    """Whether the owner is running. Step Functions may not know yet an owner that has just begun.

    An owner that has recorded its outcome and is unknown has ended.
    """
    unknown = owner.status is None and record.outcome is None
    return owner.status == RUNNING or (unknown and seconds_between(record.started_at, now) < UNKNOWN_SECONDS)


def was_notified(record: Record, request: ClaimRequest) -> bool:
    """Whether people were notified of the failure of the same two datasets, and none of them asks again."""
    return record.outcome == FAILED and not request.by_person and record.training == request.training_arn
