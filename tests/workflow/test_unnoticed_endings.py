"""What reaches people although the state machine cannot say it of itself."""

import json
from typing import Any

import pytest

from infra.workflow.plain_words import NOBODY_NOTIFIED
from local.aws import ACCOUNT, REGION, LocalAws
from tests.support.executions import (
    ADVICE,
    Change,
    Executions,
    Subscriber,
    change_definition,
    copy_state_machine,
    only,
    pair_without_execution,
)
from tests.support.roles import deny_action, find_role_name
from tests.support.workbench import Workbench

CONSOLE = f"https://{REGION}.console.aws.amazon.com/states/home?region={REGION}"
UNDEFINED = "{% $nobody.knows %}"  # an expression that yields nothing
TOLD = f"No project x.{ADVICE}Start it again."
UNNOTICED = f"No project x. {NOBODY_NOTIFIED} User: x is not authorized.{ADVICE}Start it again."


def assert_told_by_the_watch(subscriber: Subscriber, arn: str, status: str) -> None:
    """Once, and by nobody else."""
    headline, what, advice, where = map(json.loads, only(subscriber.receive_all()).message.split("\n"))
    assert headline == f"{status}: {arn.rpartition(':')[2]}"
    assert what.startswith("It ended without a word of its own, at 20")
    assert "start it again by hand" in advice
    assert where == f"Execution: {CONSOLE}#/v2/executions/details/{arn}"


@pytest.fixture
def waiting(bench: Workbench, project: str, executions: Executions) -> str:
    """An execution that waits for a dataset whose update does not finish."""
    pair_without_execution(bench, project, executions)
    arn = executions.begin({"ProjectArn": project})
    executions.wait_until_entered(arn, "Wait for datasets", times=1)
    return arn


def test_an_aborted_execution_is_told_once(waiting: str, executions: Executions, subscriber: Subscriber) -> None:
    executions.abort(waiting)
    assert executions.wait_until_ended(waiting).status == "ABORTED"
    assert_told_by_the_watch(subscriber, waiting, "ABORTED")


def test_an_execution_whose_time_is_up_is_told_once(
    bench: Workbench, project: str, stack: dict[str, str], executions: Executions, subscriber: Subscriber
) -> None:
    pair_without_execution(bench, project, executions)
    with change_definition(bench.aws, stack["StateMachineArn"], TimeoutSeconds=1):
        execution = executions.run({"ProjectArn": project})
    assert execution.status == "TIMED_OUT"
    assert_told_by_the_watch(subscriber, execution.arn, "TIMED_OUT")


def test_a_notifier_that_fails_is_told_once(
    local_aws: LocalAws, executions: Executions, subscriber: Subscriber
) -> None:
    with deny_action(local_aws, find_role_name(local_aws, "WorkflowRole"), "sns:Publish"):
        execution = executions.run({"ProjectName": "x"})
    assert (execution.status, execution.error) == ("FAILED", "ProjectNotFound")
    assert NOBODY_NOTIFIED in execution.cause
    assert_told_by_the_watch(subscriber, execution.arn, "FAILED")


def fail_to_begin(states: dict[str, Any]) -> None:
    states["Begin"]["Assign"]["claimed"] = UNDEFINED


def have_no_choice(states: dict[str, Any]) -> None:
    states["Resolve datasets"] = {"Type": "Pass", "Next": "Anything to do?"}
    states["Anything to do?"]["Choices"] = [{"Condition": "{% false %}", "Next": "Failed"}]
    del states["Anything to do?"]["Default"]


def lead_nowhere(states: dict[str, Any]) -> None:
    states["Begin"]["Next"] = "Nowhere"


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (fail_to_begin, "States.QueryEvaluationError"),
        (have_no_choice, "States.NoChoiceMatched"),
        (lead_nowhere, "States.Runtime"),
    ],
)
def test_an_error_that_nothing_catches_is_told_once(
    local_aws: LocalAws,
    stack: dict[str, str],
    executions: Executions,
    subscriber: Subscriber,
    change: Change,
    error: str,
) -> None:
    with change_definition(local_aws, stack["StateMachineArn"], change):
        execution = executions.run({"ProjectName": "x"})
    assert (execution.status, execution.error) == ("FAILED", error)
    assert_told_by_the_watch(subscriber, execution.arn, "FAILED")


def fail_to_resolve(states: dict[str, Any]) -> None:
    states["Resolve datasets"]["Arguments"]["Payload"]["Input"] = UNDEFINED


def test_an_error_that_is_caught_is_told_by_the_execution_alone(
    local_aws: LocalAws, stack: dict[str, str], executions: Executions, subscriber: Subscriber
) -> None:
    with change_definition(local_aws, stack["StateMachineArn"], fail_to_resolve):
        execution = executions.run({"ProjectName": "x"})
    assert (execution.status, execution.error) == ("FAILED", "States.QueryEvaluationError")
    assert only(subscriber.receive_all()).subject == "FAILED: x (States.QueryEvaluationError)"


def test_executions_of_another_state_machine_are_not_told(
    local_aws: LocalAws, stack: dict[str, str], executions: Executions, subscriber: Subscriber
) -> None:
    other = copy_state_machine(local_aws, stack["StateMachineArn"], fail_to_begin)
    assert executions.wait_until_ended(executions.begin({}, other)).status == "FAILED"
    assert subscriber.receive_all() == []


@pytest.mark.parametrize(
    ("detail", "told"),
    [
        ({"status": "RUNNING"}, False),
        ({"status": "SUCCEEDED"}, False),
        ({"status": "TIMED_OUT"}, True),
        ({"status": "ABORTED"}, True),
        ({"status": "ABORTED", "stateMachineArn": "arn:aws:states:us-east-1:1:stateMachine:Other"}, False),
        ({"status": "FAILED", "error": "ProjectNotFound", "cause": TOLD}, False),
        ({"status": "FAILED", "error": "ProjectNotFound", "cause": UNNOTICED}, True),
        ({"status": "FAILED", "error": "States.QueryEvaluationError", "cause": TOLD}, False),
        ({"status": "FAILED", "error": "States.QueryEvaluationError", "cause": "An expression failed."}, True),
        ({"status": "FAILED", "error": "States.NoChoiceMatched", "cause": "No rule matched."}, True),
        ({"status": "FAILED", "error": "States.Runtime", "cause": ""}, True),
        ({"status": "FAILED", "error": "States.DataLimitExceeded", "cause": None}, True),
        ({"status": "FAILED", "error": "States.DataLimitExceeded"}, True),
    ],
)
def test_the_rule_is_for_ends_that_nobody_was_told_of(
    local_aws: LocalAws, stack: dict[str, str], detail: dict[str, Any], told: bool
) -> None:
    events = local_aws.client("events")
    (rule,) = [rule for rule in events.list_rules()["Rules"] if "WatchUntold" in rule["Name"]]
    event = {
        "id": "1",
        "account": ACCOUNT,
        "source": "aws.states",
        "time": "2026-11-01T10:00:00Z",
        "region": REGION,
        "resources": [],
        "detail-type": "Step Functions Execution Status Change",
        "detail": {"stateMachineArn": stack["StateMachineArn"], **detail},
    }
    answer = events.test_event_pattern(EventPattern=rule["EventPattern"], Event=json.dumps(event))
    assert answer["Result"] == told


def test_what_sns_does_not_take_is_kept(
    local_aws: LocalAws, waiting: str, executions: Executions, subscriber: Subscriber
) -> None:
    with deny_action(local_aws, find_role_name(local_aws, "WatchRole"), "sns:Publish"):
        executions.abort(waiting)
    queue = queue_named(local_aws, "WatchUndelivered")
    (message,) = local_aws.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    assert json.loads(message["Body"])["detail"]["executionArn"] == waiting
    assert subscriber.receive_all() == []


def queue_named(aws: LocalAws, part: str) -> str:
    """The URL of the stack's queue whose logical id has this in it."""
    (url,) = [url for url in aws.client("sqs").list_queues()["QueueUrls"] if part in url]
    return str(url)


@pytest.mark.parametrize("box", ["Trigger", "Watch"])
@pytest.mark.usefixtures("stack")
def test_the_alarm_of_a_queue_says_which_queue_it_is_about(local_aws: LocalAws, box: str) -> None:
    queue = queue_named(local_aws, f"{box}Undelivered").rpartition("/")[2]
    alarms = local_aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    (alarm,) = [alarm for alarm in alarms if alarm["Dimensions"] == [{"Name": "QueueName", "Value": queue}]]
    assert f"in the queue {queue};" in alarm["AlarmDescription"]
    assert "by hand" in alarm["AlarmDescription"]
