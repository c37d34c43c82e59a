"""The table of a sweep: for which pairs it starts an execution, under which name, and what it reports."""

from dataclasses import replace

import pytest

from lambdas.rules.claim import Owner
from lambdas.rules.decision import Action, Decision
from lambdas.rules.input.execution_input import PERSON, SCHEDULE, Request
from lambdas.rules.pair import NO_RECORD, Dataset, Pair, Record
from lambdas.rules.sweep import Plan, Situation, Why, locate_execution, name_execution, name_rest, plan, summarize
from lambdas.rules.tags import AutoDistribute, Trigger

QUIET = 3600.0
AN_HOUR_AGO = "2026-11-26T11:00:00.000+00:00"
NOW = "2026-11-26T12:00:00.000+00:00"
OLD, RECENT, LATELY = "2026-11-26T08:00:00.000+00:00", "2026-11-26T11:30:00.000+00:00", "2026-11-26T11:59:30.000+00:00"


def dataset(kind: str, *, status: str = "CREATE_COMPLETE", updated: str = OLD, entries: int = 0) -> Dataset:
    return Dataset(
        arn=f"arn:{kind}", status=status, status_message="", updated=updated, entries=entries, labeled=0, errors=0
    )


TRAINING, TEST = dataset("train", entries=100), dataset("test")
READY = Situation(
    request=Request(project_name="p", started_by=SCHEDULE),
    pair=Pair(project_name="p", project_arn="arn:p", training=TRAINING, test=TEST),
    decision=Decision(Action.DISTRIBUTE, "Every check passed."),
    record=NO_RECORD,
    owner=None,
    tag=AutoDistribute(),
    trigger=Trigger.CREATED,
    now=NOW,
)
OWNED = Record(owner="arn:owner", training="arn:train", started_at=OLD)
FAILED = replace(OWNED, outcome="FAILED", reason="because")
EDITED = replace(TRAINING, status="UPDATE_COMPLETE")
BY_PERSON = Request(project_name="p", started_by=PERSON)


def situation(
    *, training: Dataset = TRAINING, test: Dataset = TEST, action: Action = Action.DISTRIBUTE, **changes: object
) -> Situation:
    pair = replace(READY.pair, training=training, test=test)
    decision = replace(READY.decision, action=action)
    return replace(READY, pair=pair, decision=decision, **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("found", "start", "why"),
    [
        (READY, True, Why.READY),
        (situation(request=BY_PERSON), True, Why.READY),
        # what the workflow would not distribute
        (situation(action=Action.WAIT), False, Why.NOT_READY),
        (situation(action=Action.SKIPPED), False, Why.SKIPPED),
        (situation(action=Action.FAILED), False, Why.FAILED),
        (situation(action=Action.ALREADY_DISTRIBUTED), False, Why.ALREADY_DISTRIBUTED),
        # an owner without an outcome
        (situation(record=OWNED, owner=Owner("RUNNING")), False, Why.RUNNING),
        (situation(record=OWNED, owner=Owner("RUNNING"), action=Action.WAIT), False, Why.RUNNING),
        (situation(record=replace(OWNED, started_at=LATELY), owner=Owner(None)), False, Why.RUNNING),
        (situation(record=FAILED, owner=Owner("RUNNING")), False, Why.RUNNING),  # it was redriven
        (situation(record=OWNED, owner=Owner("ABORTED")), True, Why.NO_OUTCOME),
        (situation(record=OWNED, owner=Owner("TIMED_OUT"), action=Action.WAIT), True, Why.NO_OUTCOME),
        (situation(record=OWNED, owner=Owner("FAILED"), action=Action.FAILED), True, Why.NO_OUTCOME),
        (situation(record=OWNED, owner=Owner(None)), True, Why.NO_OUTCOME),
        (situation(record=OWNED, owner=Owner("ABORTED"), action=Action.SKIPPED), False, Why.SKIPPED),
        # an outcome
        (situation(record=FAILED), False, Why.NOTIFIED),
        (situation(record=FAILED, owner=Owner("FAILED")), False, Why.NOTIFIED),
        (situation(record=FAILED, training=replace(TRAINING, status="UPDATE_FAILED")), False, Why.NOTIFIED),
        (situation(record=FAILED, action=Action.SKIPPED), False, Why.NOTIFIED),
        (situation(record=FAILED, request=BY_PERSON), True, Why.READY),
        (situation(record=FAILED, training=replace(TRAINING, arn="arn:another")), True, Why.READY),
        (situation(record=replace(OWNED, outcome="SKIPPED")), True, Why.READY),
        (situation(record=replace(OWNED, outcome="DISTRIBUTED")), False, Why.ALREADY_DISTRIBUTED),
        (situation(record=replace(OWNED, outcome="DISTRIBUTED"), request=BY_PERSON), False, Why.ALREADY_DISTRIBUTED),
        # an edited training dataset: the workflow's rules have seen the tag
        (situation(training=EDITED), True, Why.READY),
        (situation(training=replace(EDITED, updated=RECENT)), False, Why.RECENTLY_CHANGED),
        (situation(training=replace(EDITED, updated=RECENT), request=BY_PERSON), True, Why.READY),
        (situation(training=replace(TRAINING, updated=RECENT)), True, Why.READY),
    ],
)
def test_a_pair_gets_an_execution_or_is_left(found: Situation, start: bool, why: Why) -> None:
    planned = plan(found, QUIET)
    assert (planned.start, planned.why) == (start, why)
    assert planned.reason


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        (READY, "Every check passed."),
        (situation(record=OWNED, owner=Owner("RUNNING")), "An execution is running: arn:owner"),
        (
            situation(record=OWNED, owner=Owner("ABORTED")),
            "The execution that owned the pair ended without an outcome: arn:owner",
        ),
        (situation(record=FAILED), "An earlier execution for this pair has failed, and people were notified."),
        (situation(record=replace(OWNED, outcome="DISTRIBUTED")), "The pair is already distributed."),
        (situation(record=replace(OWNED, outcome="DISTRIBUTED", reason="It moved 20.")), "It moved 20."),
    ],
)
def test_the_reason_says_what_was_found(found: Situation, reason: str) -> None:
    assert plan(found, QUIET).reason == reason


def test_a_pair_without_a_training_dataset_is_left() -> None:
    without = replace(READY.pair, training=None)
    found = replace(situation(action=Action.SKIPPED, record=FAILED), pair=without)
    assert plan(found, QUIET).why == Why.SKIPPED
    assert plan(replace(found, record=replace(FAILED, training="")), QUIET).why == Why.NOTIFIED


def test_a_dataset_without_a_time_of_change_counts_as_new() -> None:
    unknown = situation(training=replace(EDITED, updated=""), test=replace(TEST, updated=""))
    assert plan(unknown, 1.0).why == Why.RECENTLY_CHANGED
    without = replace(READY, pair=replace(READY.pair, test=None))
    assert plan(without, QUIET).start


def test_the_quiet_time_is_a_setting() -> None:
    edited = situation(training=replace(EDITED, updated=RECENT))
    assert plan(edited, 1800.0).start
    assert plan(edited, 1801.0) == Plan(
        False, Why.RECENTLY_CHANGED, "The training dataset was changed 30 minutes ago. A later sweep looks again."
    )
    assert "changed 240 minutes ago" in plan(situation(training=EDITED), 4 * QUIET + 1).reason


@pytest.mark.parametrize(
    ("found", "missed"),
    [
        (READY, True),
        (situation(test=replace(TEST, updated=LATELY)), False),
        (situation(test=replace(TEST, updated=AN_HOUR_AGO)), True),
        (situation(training=EDITED, tag=AutoDistribute(True)), False),
        (situation(tag=AutoDistribute(True)), False),
        (situation(trigger=Trigger.TAGGED, tag=AutoDistribute(True)), False),
        (situation(request=BY_PERSON), False),
        (situation(record=replace(OWNED, outcome="SKIPPED")), False),
        (situation(record=OWNED, owner=Owner("ABORTED")), False),
    ],
)
def test_an_event_was_missed_only_if_it_should_have_come(found: Situation, missed: bool) -> None:
    assert plan(found, QUIET).missed is missed


def test_the_same_pair_in_the_same_state_has_one_name() -> None:
    untagged = AutoDistribute()
    names = [
        name_execution(READY.pair, NO_RECORD, untagged),
        name_execution(situation(training=replace(TRAINING, updated=RECENT)).pair, NO_RECORD, untagged),
        name_execution(situation(test=replace(TEST, updated=RECENT)).pair, NO_RECORD, untagged),
        name_execution(situation(test=replace(TEST, arn="arn:another")).pair, NO_RECORD, untagged),
        name_execution(READY.pair, OWNED, untagged),
        name_execution(READY.pair, FAILED, untagged),
        name_execution(READY.pair, NO_RECORD, AutoDistribute(True)),
        name_execution(READY.pair, NO_RECORD, untagged, day="2026-11-26"),
        name_execution(READY.pair, NO_RECORD, untagged, day="2026-11-27"),
    ]
    assert len(set(names)) == len(names)
    assert name_execution(situation(training=replace(EDITED, status="x")).pair, NO_RECORD, untagged) == names[0]
    assert {len(name) for name in names} == {46}
    machine = "arn:aws:states:us-east-1:123456789012:stateMachine:Machine"
    execution = "arn:aws:states:us-east-1:123456789012:execution:Machine:sweep-1"
    assert locate_execution(machine, "sweep-1") == execution
    assert name_rest("arn:1") != name_rest("arn:2")
    assert len(name_rest("arn:1")) == 45


def test_a_summary_counts_by_what_was_done_and_why() -> None:
    rows = [
        {"Action": "STARTED", "Why": "READY", "Missed": True},
        {"Action": "STARTED", "Why": "READY", "Missed": False},
        {"Action": "STARTED_BEFORE", "Why": "READY", "Missed": True},
        {"Action": "STARTED_BEFORE", "Why": "READY", "Missed": True},
        {"Action": "LEAVE", "Why": "NOT_READY", "Missed": False},
        {"Action": "NOT_EXAMINED", "Why": "AccessDeniedException", "Missed": False},
    ]
    assert summarize(rows) == {
        "Projects": 6,
        "Started": 2,
        "Missed": 1,
        "Counts": [
            {"Action": "LEAVE", "Why": "NOT_READY", "Projects": 1},
            {"Action": "NOT_EXAMINED", "Why": "AccessDeniedException", "Projects": 1},
            {"Action": "STARTED", "Why": "READY", "Projects": 2},
            {"Action": "STARTED_BEFORE", "Why": "READY", "Projects": 2},
        ],
    }
    assert summarize([]) == {"Projects": 0, "Started": 0, "Missed": 0, "Counts": []}
