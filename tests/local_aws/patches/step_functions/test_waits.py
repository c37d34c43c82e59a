"""Waits of Step Functions move the clock, and an execution ends at its deadline."""

import json
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, cast

import pytest
from ministack.services import stepfunctions

from local.aws import LocalAws, LocalAwsError
from local.custom_labels.clock import Clock
from local.ministack_patches.step_functions import waits
from tests.support.executions import Execution, Executions, Subscriber, assert_notified_of_failure
from tests.support.machines import SUCCEED, Machine, entered_states, event_types, left_states, task
from tests.support.queues import create_queue
from tests.support.unique import unique
from tests.support.workbench import Workbench, images

HOUR = 3600
ANY = {"ErrorEquals": ["States.ALL"], "MaxAttempts": 3}
SLACK = 20  # seconds of real time that a test may take
IN_AN_HOUR = "{% $fromMillis($toMillis($states.context.State.EnteredTime) + 3600000) %}"
EVER = {
    "Wait": {"Type": "Wait", "Seconds": 40, "Next": "Again"},
    "Again": {"Type": "Choice", "Choices": [{"Condition": "{% false %}", "Next": "Done"}], "Default": "Wait"},
    **SUCCEED,
}
PARALLEL = {
    "Both": {
        "Type": "Parallel",
        "Branches": [
            {"StartAt": name, "States": {name: {"Type": "Wait", "Seconds": HOUR, "End": True}}}
            for name in ("One", "Other")
        ],
        "End": True,
    }
}


@pytest.fixture(autouse=True)
def following(local_aws: LocalAws) -> Iterator[None]:
    local_aws.follow_waits(True)
    yield
    local_aws.reset()


@pytest.fixture
def clock(rekognition: Any) -> Callable[[], datetime]:
    """Reads the time of the Custom Labels service."""

    def read() -> datetime:
        name = unique("clock")
        rekognition.create_project(ProjectName=name)
        (project,) = rekognition.describe_projects(ProjectNames=[name])["ProjectDescriptions"]
        return cast(datetime, project["CreationTimestamp"])

    return read


@pytest.fixture
def no_question(local_aws: LocalAws, token_queue: str) -> Callable[[], bool]:
    """Whether no new token comes within a second."""
    sqs = local_aws.client("sqs")
    return lambda: "Messages" not in sqs.receive_message(QueueUrl=token_queue, WaitTimeSeconds=1)


def waiting(**how: Any) -> dict[str, Any]:
    return {"Wait": {"Type": "Wait", **how, "Next": "Done"}, **SUCCEED}


def failing(**retry: Any) -> dict[str, Any]:
    """A task that fails four times, because its table does not exist."""
    get = {"TableName": "missing", "Key": {"Id": {"S": "it"}}}
    return {"Get": task("dynamodb:getItem", get, Retry=[{**ANY, **retry}], End=True)}


def asking(queue: str, **retry: Any) -> dict[str, Any]:
    ask = {"QueueUrl": queue, "MessageBody": "{% $states.context.Task.Token %}"}
    return {"Ask": task("sqs:sendMessage.waitForTaskToken", ask, Retry=[{**ANY, **retry}], Next="Done"), **SUCCEED}


def seconds(first: datetime, last: datetime) -> float:
    return (last - first).total_seconds()


def test_a_clock_moves_to_a_moment_once() -> None:
    clock = Clock()
    moment = clock.now() + HOUR
    for _ in range(2):
        clock.move_to(moment)
        assert moment <= clock.now() < moment + SLACK
    clock.move_to(moment - HOUR)
    assert clock.now() >= moment


@pytest.mark.parametrize("how", [{"Seconds": HOUR}, {"Timestamp": IN_AN_HOUR}], ids=lambda how: next(iter(how)))
def test_a_wait_moves_the_clock_by_its_seconds(
    local_aws: LocalAws, clock: Callable[[], datetime], how: dict[str, Any]
) -> None:
    machine, before = Machine(local_aws, waiting(**how)), clock()
    arn = machine.run()
    ended, events = machine.describe(arn), machine.history(arn)
    times = [event["timestamp"] for event in events]
    assert event_types(events)[1:3] == ["WaitStateEntered", "WaitStateExited"]
    assert HOUR - 0.01 <= seconds(times[1], times[2]) < HOUR + SLACK
    moments = [before, ended["startDate"], *times, ended["stopDate"], clock()]
    assert all(seconds(a, b) > -0.002 for a, b in pairwise(moments)), moments
    assert seconds(before, moments[-1]) < HOUR + SLACK


def test_a_wait_until_the_past_takes_no_time(local_aws: LocalAws, clock: Callable[[], datetime]) -> None:
    before = clock()
    Machine(local_aws, waiting(Timestamp="2026-01-01T00:00:00Z")).run()
    assert seconds(before, clock()) < SLACK


@pytest.mark.parametrize(
    ("retry", "pauses"),
    [
        ({"IntervalSeconds": 100, "BackoffRate": 2}, [100, 200, 400]),
        ({"IntervalSeconds": 100, "BackoffRate": 3, "MaxDelaySeconds": 250}, [100, 250, 250]),
        ({"IntervalSeconds": 300, "BackoffRate": 1, "JitterStrategy": "NONE"}, [300, 300, 300]),
        ({}, [1, 2, 4]),
    ],
)
def test_a_retry_takes_its_pause(local_aws: LocalAws, retry: dict[str, Any], pauses: list[int]) -> None:
    for pause, took in zip(pauses, pauses_of(Machine(local_aws, failing(**retry))), strict=True):
        assert pause - 0.01 <= took < pause + SLACK


@pytest.mark.parametrize(
    ("retry", "pause"),
    [({}, 9), ({"MaxDelaySeconds": 4}, 4), ({"JitterStrategy": "FULL"}, 6), ({"IntervalSeconds": 30}, 90)],
)
def test_a_retry_takes_its_pause_in_real_time(
    monkeypatch: pytest.MonkeyPatch, retry: dict[str, Any], pause: int
) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(random, "uniform", lambda least, most: least + (most - least) * 2 / 3)
    monkeypatch.setattr(stepfunctions, "_SFN_WAIT_SCALE", 1.0)
    find_retrier = waits._wait_before_retry(stepfunctions._find_matching_retrier)
    found, _ = find_retrier([{**ANY, "IntervalSeconds": 3, "BackoffRate": 3, **retry}], "E", {0: 1})
    assert slept == [pytest.approx(pause)]
    assert found["IntervalSeconds"] == 0  # MiniStack itself makes no second pause


def test_jitter_makes_the_pause_of_a_retry_shorter(local_aws: LocalAws) -> None:
    retry = {"IntervalSeconds": 10_000, "BackoffRate": 10, "MaxDelaySeconds": 50_000, "JitterStrategy": "FULL"}
    machine = Machine(local_aws, failing(**retry))
    took = [pauses_of(machine) for _ in range(3)]
    assert all(first < 10_000 and max(others) < 50_000 for first, *others in took), took
    assert sum(map(sum, took)) < 0.95 * 3 * 110_000
    assert len({round(pause) for pauses in took for pause in pauses}) > 5


def pauses_of(machine: Machine) -> list[float]:
    events = machine.history(machine.run())
    tries = [event["timestamp"] for event in events if event["type"] == "TaskScheduled"]
    return [seconds(a, b) for a, b in pairwise(tries)]


@pytest.mark.usefixtures("events")
def test_a_wait_delivers_the_due_events(local_aws: LocalAws, rekognition: Any) -> None:
    queue, queue_arn = create_queue(local_aws, "events.amazonaws.com")
    events, sqs, name = local_aws.client("events"), local_aws.client("sqs"), unique("late")
    pattern = {"source": ["aws.rekognition"], "detail": {"requestParameters": {"projectName": [name]}}}
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue_arn}])
    local_aws.configure(event_delay_seconds=HOUR)
    rekognition.create_project(ProjectName=name)
    machine = Machine(local_aws, waiting(Seconds=HOUR - SLACK))
    for messages in (0, 1):
        machine.run()
        assert len(sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=0).get("Messages", [])) == messages
    events.remove_targets(Rule=name, Ids=["queue"])
    events.delete_rule(Name=name)


@pytest.mark.parametrize(
    ("states", "reached"),
    [
        (waiting(Seconds=HOUR), []),
        (EVER, ["Wait", "Again", "Wait", "Again"]),
        (failing(IntervalSeconds=40, BackoffRate=1), []),
        (PARALLEL, []),
    ],
    ids=["wait", "loop", "retry", "branches"],
)
def test_an_execution_ends_at_its_deadline(
    local_aws: LocalAws,
    receive_statuses: Callable[[str, int], list[str]],
    states: dict[str, Any],
    reached: list[str],
) -> None:
    machine = Machine(local_aws, states, TimeoutSeconds=100)
    arn = machine.run()
    ended, events = machine.describe(arn), machine.history(arn)
    assert (ended["status"], ended["redriveStatus"]) == ("TIMED_OUT", "REDRIVABLE")
    assert not {"error", "cause", "output"} & ended.keys()
    assert 100 <= seconds(ended["startDate"], ended["stopDate"]) < 100 + SLACK
    assert event_types(events).count("ExecutionTimedOut") == 1
    assert events[-1]["executionTimedOutEventDetails"] == {"error": "States.Timeout"}
    assert left_states(events) == reached
    assert receive_statuses(arn, 2) == ["RUNNING", "TIMED_OUT"]


def test_no_state_is_entered_after_the_deadline(
    local_aws: LocalAws, token_queue: str, receive_token: Callable[[], str], no_question: Callable[[], bool]
) -> None:
    states = asking(token_queue)
    machine = Machine(local_aws, {"First": {**states["Ask"], "Next": "Ask"}, **states}, TimeoutSeconds=HOUR)
    arn = machine.begin()
    token = receive_token()
    local_aws.advance(HOUR)
    machine.stepfunctions.send_task_success(taskToken=token, output="{}")
    assert machine.wait_until_ended(arn)["status"] == "TIMED_OUT"
    assert entered_states(machine.history(arn)) == ["First"]
    assert no_question()


def test_nothing_is_retried_after_the_deadline(
    local_aws: LocalAws, token_queue: str, receive_token: Callable[[], str], no_question: Callable[[], bool]
) -> None:
    machine = Machine(local_aws, asking(token_queue, IntervalSeconds=HOUR), TimeoutSeconds=100)
    arn = machine.begin()
    machine.stepfunctions.send_task_failure(taskToken=receive_token(), error="No")
    assert machine.wait_until_ended(arn)["status"] == "TIMED_OUT"
    assert no_question()


def test_a_redrive_resets_the_deadline(local_aws: LocalAws) -> None:
    first = {"Type": "Wait", "Seconds": 60, "Next": "Second"}
    second = {"Type": "Wait", "Seconds": 60, "Next": "Done"}
    machine = Machine(local_aws, {"First": first, "Second": second, **SUCCEED}, TimeoutSeconds=100)
    arn = machine.run()
    assert machine.describe(arn)["status"] == "TIMED_OUT"
    machine.redrive(arn)
    ended = machine.wait_until_ended(arn)
    assert ended["status"] == "SUCCEEDED"
    assert entered_states(machine.history(arn)) == ["First", "Second", "Second", "Done"]
    assert 60 <= seconds(ended["redriveDate"], ended["stopDate"]) < 100


def test_an_execution_without_timeout_has_no_deadline(local_aws: LocalAws) -> None:
    machine = Machine(local_aws, waiting(Seconds=365 * 24 * HOUR))
    assert machine.describe(machine.run())["status"] == "SUCCEEDED"


def test_an_aborted_run_moves_no_clock_and_retries_nothing(
    local_aws: LocalAws,
    clock: Callable[[], datetime],
    token_queue: str,
    receive_token: Callable[[], str],
    no_question: Callable[[], bool],
) -> None:
    machine = Machine(local_aws, asking(token_queue, IntervalSeconds=HOUR))
    arn = machine.begin()
    former, before = receive_token(), clock()
    machine.abort(arn)
    machine.redrive(arn)
    token = receive_token()
    machine.stepfunctions.send_task_failure(taskToken=former, error="TooLate")
    machine.answer_until_refused(former)
    machine.stepfunctions.send_task_success(taskToken=token, output="{}")
    assert machine.wait_until_ended(arn)["status"] == "SUCCEEDED"
    assert no_question()
    assert seconds(before, clock()) < SLACK


def test_an_aborted_map_begins_no_task(
    local_aws: LocalAws, token_queue: str, receive_token: Callable[[], str], no_question: Callable[[], bool]
) -> None:
    """Neither the next one of the item, nor the first one of the next item."""
    states = asking(token_queue)
    of_item = {"StartAt": "First", "States": {"First": {**states["Ask"], "Next": "Ask"}, **states}}
    each = {"Type": "Map", "Items": [1, 2], "MaxConcurrency": 1, "ItemProcessor": of_item, "End": True}
    machine = Machine(local_aws, {"Each": each}, actions=("sqs:SendMessage",))
    arn, token = machine.begin(), receive_token()
    machine.abort(arn)
    machine.stepfunctions.send_task_success(taskToken=token, output="{}")
    machine.answer_until_refused(token)
    assert no_question()
    assert machine.describe(arn)["status"] == "ABORTED"


def test_step_functions_has_real_time_by_default(
    local_aws: LocalAws, receive_statuses: Callable[[str, int], list[str]]
) -> None:
    local_aws.reset()
    local_aws.advance(HOUR)
    machine = Machine(local_aws, EVER, TimeoutSeconds=1)
    before = datetime.now(UTC)
    arn = machine.begin()
    assert receive_statuses(arn, 2) == ["RUNNING", "TIMED_OUT"]
    ended = machine.describe(arn)
    assert -0.002 < seconds(before, ended["startDate"]) < SLACK
    assert 1 <= seconds(ended["startDate"], ended["stopDate"]) < SLACK


@pytest.mark.parametrize("given", ["yes", 1, None])
def test_follow_waits_is_true_or_false(local_aws: LocalAws, given: Any) -> None:
    with pytest.raises(LocalAwsError, match=r'takes \{"advance": seconds\} or \{"follow_waits": true\}, not'):
        local_aws.follow_waits(given)


def run_by_person(bench: Workbench, project: str, executions: Executions, distribution_seconds: int) -> Execution:
    """An execution for a pair in creation, without events."""
    bench.aws.configure(event_copies=0, creation_seconds=600, distribution_seconds=distribution_seconds)
    bench.begin(project, "TRAIN", images(10))
    bench.begin(project, "TEST")
    return executions.run({"ProjectArn": project})


def hours_of(execution: Execution) -> float:
    events = execution.history()
    return seconds(events[0]["timestamp"], events[-1]["timestamp"]) / HOUR


def test_a_distribution_of_two_hours_succeeds(bench: Workbench, project: str, executions: Executions) -> None:
    execution = run_by_person(bench, project, executions, 2 * HOUR)
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert 20 < execution.states.count("Resolve datasets") < 50
    assert 40 < execution.states.count("Check distribution") < 80
    assert 2.15 < hours_of(execution) < 2.6


def test_a_distribution_of_thirty_hours_times_out(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    execution = run_by_person(bench, project, executions, 30 * HOUR)
    assert_notified_of_failure(execution, subscriber, "DistributionTimedOut")
    assert 24.15 < hours_of(execution) < 24.6
    assert len(execution.history()) < 5_000
