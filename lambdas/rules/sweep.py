"""For which pairs a sweep starts an execution (docs/sweep.md). The workflow's own rules decide about each pair."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from typing import Any

from lambdas.rules.claim import ClaimRequest, Owner, is_running, was_notified
from lambdas.rules.decision import Action, Decision
from lambdas.rules.input.execution_input import Request
from lambdas.rules.pair import DISTRIBUTED, Pair, Record
from lambdas.rules.tags import AutoDistribute, Trigger
from lambdas.rules.times import EVENT_SECONDS, seconds_between

LONGEST_REASON = 120
"""Characters in a row: the rows of MOST_PROJECTS projects are the data of one state."""


class Why(StrEnum):
    """Why a sweep starts an execution for a pair, or leaves it."""

    READY = "READY"
    NO_OUTCOME = "NO_OUTCOME"
    """The execution that owned the pair ended without an outcome."""
    RUNNING = "RUNNING"
    """An execution owns the pair."""
    NOTIFIED = "NOTIFIED"
    """The distribution failed, and people were notified."""
    RECENTLY_CHANGED = "RECENTLY_CHANGED"
    ALREADY_DISTRIBUTED = "ALREADY_DISTRIBUTED"
    NOT_READY = "NOT_READY"
    """A dataset is being created or changed."""
    SKIPPED = "SKIPPED"
    """The workflow would skip the pair."""
    FAILED = "FAILED"
    """The workflow would fail."""


class SweepAction(StrEnum):
    """What a sweep does about a pair. docs/sweep.md explains each of them, and each Why."""

    START = "START"
    """A dry run would start an execution."""
    LEAVE = "LEAVE"
    STARTED = "STARTED"
    STARTED_BEFORE = "STARTED_BEFORE"
    """An earlier sweep has started an execution of the same name."""
    NOT_STARTED = "NOT_STARTED"
    NOT_EXAMINED = "NOT_EXAMINED"


@dataclass(frozen=True)
class Plan:
    """Whether to start an execution, and why. `missed`: an event should have started one."""

    start: bool
    why: Why
    reason: str
    missed: bool = False


_LEFT = {
    Action.WAIT: Why.NOT_READY,
    Action.SKIPPED: Why.SKIPPED,
    Action.FAILED: Why.FAILED,
    Action.ALREADY_DISTRIBUTED: Why.ALREADY_DISTRIBUTED,
}


@dataclass(frozen=True, kw_only=True)
class Situation:
    """A pair, what the workflow decides about it, its record, and the owner in the record.

    `owner` is None if there is no owner, or if the record says DISTRIBUTED.
    """

    request: Request
    pair: Pair
    decision: Decision
    record: Record
    owner: Owner | None
    tag: AutoDistribute
    trigger: Trigger
    now: str


def plan(found: Situation, quiet_seconds: float) -> Plan:
    """What the sweep does with the pair. An edited training dataset must not have changed for `quiet_seconds`."""
    if found.owner and is_running(found.record, found.owner, found.now):
        return Plan(False, Why.RUNNING, f"An execution is running: {found.record.owner}")
    if found.owner and found.record.outcome is None and found.decision.action != Action.SKIPPED:
        owner = found.record.owner
        return Plan(True, Why.NO_OUTCOME, f"The execution that owned the pair ended without an outcome: {owner}")
    if was_notified(found.record, _make_claim_request(found)):
        return Plan(False, Why.NOTIFIED, "An earlier execution for this pair has failed, and people were notified.")
    if found.decision.action != Action.DISTRIBUTE:
        return Plan(False, _LEFT[found.decision.action], found.decision.reason)
    if found.record.outcome == DISTRIBUTED:
        return Plan(False, Why.ALREADY_DISTRIBUTED, found.record.reason or "The pair is already distributed.")
    if found.request.by_person:
        return Plan(True, Why.READY, found.decision.reason)
    age = _seconds_since_change(found)
    if found.pair.edited and age < quiet_seconds:
        changed = f"The training dataset was changed {age / 60:.0f} minutes ago. A later sweep looks again."
        return Plan(False, Why.RECENTLY_CHANGED, changed)
    return Plan(True, Why.READY, found.decision.reason, missed=_was_missed(found, age))


def name_execution(pair: Pair, record: Record, tag: AutoDistribute, day: str = "") -> str:
    """The name of the execution that a sweep starts. The same pair in the same state gives the same name.

    Step Functions starts no second Standard execution of a name within 90 days ("StartExecution", AWS Step Functions
    API Reference). If the first one was skipped, the state has another name for each `day`.
    """
    datasets = [each and [each.arn, each.updated] for each in (pair.training, pair.test)]
    state = json.dumps([pair.project_arn, datasets, record.owner, record.outcome, tag.value, day])
    return f"sweep-{sha256(state.encode()).hexdigest()[:40]}"


def locate_execution(state_machine: str, name: str) -> str:
    """The ARN of the execution of this state machine with this name."""
    return f"{state_machine.replace(':stateMachine:', ':execution:')}:{name}"


def name_rest(execution: str) -> str:
    """The name of the sweep that goes on after the one with this ARN."""
    return f"rest-{sha256(execution.encode()).hexdigest()[:40]}"


def summarize(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What the rows come to: the projects seen, the executions started, the rows by what was done and why."""
    counted = Counter((row["Action"], row["Why"]) for row in rows)
    return {
        "Projects": len(rows),
        "Started": sum(row["Action"] == SweepAction.STARTED for row in rows),
        "Missed": sum(row["Missed"] and row["Action"] == SweepAction.STARTED for row in rows),
        "Counts": [{"Action": action, "Why": why, "Projects": n} for (action, why), n in sorted(counted.items())],
    }


def _make_claim_request(found: Situation) -> ClaimRequest:
    training = found.pair.training.arn if found.pair.training else ""
    return ClaimRequest(training, by_person=found.request.by_person, now=found.now)


def _seconds_since_change(found: Situation) -> float:
    changes = [each.updated for each in (found.pair.training, found.pair.test) if each and each.updated]
    return seconds_between(max(changes), found.now) if changes else 0.0


def _was_missed(found: Situation, age: float) -> bool:
    """Not if the pair is new, was edited, or has a tag, which may be newer than the event."""
    waited = age >= EVENT_SECONDS and not found.pair.edited
    return waited and found.trigger == Trigger.CREATED and found.tag.value is None and found.record.owner is None
