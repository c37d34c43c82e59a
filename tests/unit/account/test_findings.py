"""What the doctor says of what AWS answers."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from account.doctor import alarms, executions, key, queues, quotas, rules, status, subscriptions, sweep, trail
from account.doctor.finding import State
from account.doctor.subscriptions import Subscription

MANAGEMENT = {"Field": "eventCategory", "Equals": ["Management"]}
WRITES = {"Field": "readOnly", "Equals": ["false"]}
READS = {"Field": "readOnly", "Equals": ["true"]}


def basic(kind: str, management: bool = True) -> dict[str, Any]:
    return {"EventSelectors": [{"ReadWriteType": kind, "IncludeManagementEvents": management}]}


def advanced(*fields: dict[str, Any]) -> dict[str, Any]:
    return {"AdvancedEventSelectors": [{"FieldSelectors": list(fields)}]}


@pytest.mark.parametrize(
    ("selectors", "logs"),
    [
        (basic("All"), True),
        (basic("WriteOnly"), True),
        (basic("ReadOnly"), False),
        (basic("All", management=False), False),
        (advanced(MANAGEMENT), True),
        (advanced(MANAGEMENT, WRITES), True),
        (advanced(MANAGEMENT, READS), False),
        (advanced({"Field": "eventCategory", "Equals": ["Data"]}), False),
        (advanced(MANAGEMENT, {"Field": "eventSource", "NotEquals": ["kms.amazonaws.com"]}), True),
        (advanced(MANAGEMENT, {"Field": "eventSource", "NotEquals": ["rekognition.amazonaws.com"]}), False),
        (advanced(MANAGEMENT, {"Field": "eventSource", "Equals": ["kms.amazonaws.com"]}), False),
        ({}, False),
    ],
)
def test_a_trail_must_log_write_management_events(selectors: dict[str, Any], logs: bool) -> None:
    assert trail.logs_creations(selectors) is logs


@pytest.mark.parametrize(
    ("described", "covered"),
    [
        ({"HomeRegion": "us-east-1", "IsMultiRegionTrail": False}, True),
        ({"HomeRegion": "eu-west-1", "IsMultiRegionTrail": False}, False),
        ({"HomeRegion": "eu-west-1", "IsMultiRegionTrail": True}, True),
    ],
)
def test_a_trail_is_for_its_region_or_for_all(described: dict[str, Any], covered: bool) -> None:
    assert trail.covers(described, "us-east-1") is covered


@pytest.mark.parametrize(
    ("trails", "state", "words"),
    [
        (([], [], []), State.WRONG, "No trail is for us-east-1"),
        ((["a"], [], []), State.WRONG, "The trail a is stopped"),
        ((["a", "b"], ["b"], []), State.WRONG, "The trail b does not log write management events"),
        ((["a", "b"], ["a", "b"], ["b"]), State.GOOD, "The trail b logs the creation of datasets"),
    ],
)
def test_the_trail_that_helps_is_named(trails: tuple[list[str], ...], state: State, words: str) -> None:
    finding = trail.judge("us-east-1", *trails)
    assert (finding.state, words in finding.text) == (state, True)


@pytest.mark.parametrize(
    ("subscribed", "state", "words"),
    [
        ([], State.WRONG, "Nobody receives alarms"),
        (
            [Subscription("a@b.org", True), Subscription("c@d.org", False)],
            State.WRONG,
            "Not confirmed for alarms: c@d.org.",
        ),
        ([Subscription("a@b.org", True)], State.GOOD, "1 confirmed for alarms: a@b.org."),
    ],
)
def test_each_address_must_have_confirmed(subscribed: list[Subscription], state: State, words: str) -> None:
    finding = subscriptions.judge("alarms", subscribed)
    assert (finding.state, words in finding.text) == (state, True)


@pytest.mark.parametrize(("count", "state"), [(0, State.NOTE), (3, State.GOOD)])
def test_a_rule_that_started_nothing_is_worth_a_note(count: int, state: State) -> None:
    assert rules.judge_invocations(count).state == state


def test_each_queue_with_events_is_named() -> None:
    found = list(queues.judge({"TriggerQueue1": 2, "WatchQueue1": 0, "OtherQueue": 1}))
    assert [each.state for each in found] == [State.WRONG, State.WRONG]
    assert "Events in the dead-letter queue TriggerQueue1: 2." in found[0].text
    assert "start an execution for its project" in found[0].text
    assert "Events in the dead-letter queue OtherQueue: 1." in found[1].text
    assert [each.text for each in queues.judge({"A": 0, "B": 0})] == ["The 2 dead-letter queues are empty."]


def alarm(state: str, enabled: bool = True) -> dict[str, Any]:
    return {"AlarmName": "A", "AlarmDescription": "It failed.", "StateValue": state, "ActionsEnabled": enabled}


@pytest.mark.parametrize(
    ("described", "expected", "texts"),
    [
        ([alarm("OK"), alarm("INSUFFICIENT_DATA")], 2, ["None of the 2 alarms is on."]),
        ([alarm("ALARM")], 1, ["The alarm A is on. It failed."]),
        ([alarm("OK", False)], 1, ["The alarm A notifies nobody: its actions are disabled. Enable them."]),
        ([alarm("OK")], 3, ["2 alarms of the stack are deleted. Deploy the stack again."]),
    ],
)
def test_an_alarm_that_is_on_or_silent_is_named(
    described: list[dict[str, Any]], expected: int, texts: list[str]
) -> None:
    assert [each.text for each in alarms.judge(described, expected=expected)] == texts


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("Enabled", "The key is enabled."),
        ("Disabled", "The key k is Disabled: executions fail, and nobody is notified. Enable it."),
        ("PendingDeletion", "Cancel its deletion, and enable it."),
    ],
)
def test_a_key_must_be_usable(state: str, words: str) -> None:
    assert words in key.judge("k", state).text


def test_few_functions_at_once_and_many_projects_are_worth_a_note() -> None:
    found = [quotas.judge_concurrency(10), quotas.judge_concurrency(11)]
    found += [quotas.judge_projects(89), quotas.judge_projects(90)]
    assert [each.state for each in found] == [State.NOTE, State.GOOD, State.GOOD, State.NOTE]


@pytest.mark.parametrize(
    ("described", "outcome"),
    [
        ({"status": "SUCCEEDED", "output": '{"Outcome": "DISTRIBUTED"}'}, "DISTRIBUTED"),
        ({"status": "FAILED", "error": "DatasetMissing"}, "FAILED DatasetMissing"),
        ({"status": "ABORTED"}, "ABORTED"),
    ],
)
def test_an_execution_came_to_its_outcome(described: dict[str, Any], outcome: str) -> None:
    assert executions.outcome_of(described) == outcome


def test_failed_executions_are_named_and_counted() -> None:
    ended = [("e", "FAILED DatasetMissing"), ("f", "DISTRIBUTED"), ("g", "RUNNING"), ("h", "DISTRIBUTED")]
    assert [each.text for each in executions.judge(ended)] == [
        "What the last executions came to: 2 DISTRIBUTED, 1 FAILED DatasetMissing, 1 RUNNING.",
        "e: FAILED DatasetMissing. Its notification and docs/runbook.md say what to do.",
    ]
    assert [each.state for each in executions.judge([])] == [State.NOTE]


@pytest.mark.parametrize(
    ("given", "state"),
    [
        ("CREATE_COMPLETE", State.GOOD),
        ("UPDATE_COMPLETE", State.GOOD),
        ("UPDATE_IN_PROGRESS", State.NOTE),
        ("UPDATE_ROLLBACK_COMPLETE", State.WRONG),
        ("DELETE_FAILED", State.WRONG),
    ],
)
def test_a_stack_must_be_deployed_completely(given: str, state: State) -> None:
    assert status.judge("S", given).state == state


def swept(status: str = "SUCCEEDED", missed: int = 0, **more: str) -> dict[str, Any]:
    output = json.dumps({"Projects": 3, "Started": 2, "Missed": missed})
    began = datetime(2026, 11, 26, 4, 30, tzinfo=UTC)
    return {"name": "n", "status": status, "startDate": began, "output": output, **more}


@pytest.mark.parametrize(
    ("sweeps", "state", "words"),
    [
        ([], State.NOTE, "No sweep has run yet."),
        ([swept("RUNNING")], State.NOTE, "is running"),
        ([swept()], State.GOOD, "began on 2026-11-26 at 04:30 UTC. Projects: 3. Executions started: 2."),
        ([swept(missed=1)], State.NOTE, "An event should have started 1 of them: see the trail."),
        ([swept("TIMED_OUT")], State.WRONG, "ended as TIMED_OUT. Open its execution n"),
        ([swept("FAILED", error="AccessDeniedException")], State.WRONG, "ended as FAILED AccessDeniedException."),
        ([swept("FAILED", error="InvalidInput")], State.NOTE, "an input that is not accepted"),
    ],
)
def test_what_the_last_sweep_came_to(sweeps: list[dict[str, Any]], state: State, words: str) -> None:
    found = sweep.judge_last(sweeps)
    assert found.state == state
    assert words in found.text


@pytest.mark.parametrize(("state", "expected"), [("ENABLED", State.GOOD), ("DISABLED", State.WRONG)])
def test_a_disabled_schedule_is_wrong(state: str, expected: State) -> None:
    assert sweep.judge_schedule("daily", state, "rate(1 day)").state == expected
