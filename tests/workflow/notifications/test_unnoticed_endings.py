"""A rule notifies people of executions that ended without sending a notification themselves."""

import json
from typing import Any

import pytest

from lambdas.rules.failures.ending import NOBODY_NOTIFIED
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
UNDEFINED_EXPRESSION = "{% $nobody.knows %}"  # its evaluation fails
NOTIFIED_CAUSE = f"No project x.{ADVICE}Start it again."
UNNOTIFIED_CAUSE = f"{NOBODY_NOTIFIED} User: x is not authorized. The outcome: {NOTIFIED_CAUSE}"


def assert_only_the_rule_notified(subscriber: Subscriber, arn: str, status: str) -> None:
    """The rule has notified people of the execution once, and nothing else has."""
    headline, cause, advice, link = map(json.loads, only(subscriber.receive_all()).message.split("\n"))
    assert headline == f"{status}: {arn.rpartition(':')[2]}"
    assert cause.startswith("This execution ended at 20")
    assert "start a new execution" in advice
    assert link == f"Execution: {CONSOLE}#/v2/executions/details/{arn}"


@pytest.fixture
def waiting_arn(bench: Workbench, project: str, executions: Executions) -> str:
    """The ARN of an execution that waits for a dataset whose update does not finish."""
    pair_without_execution(bench, project, executions)
    arn = executions.begin({"ProjectArn": project})
    executions.wait_until_entered(arn, "Wait for datasets", times=1)
    return arn


def test_the_rule_notifies_of_an_aborted_execution_once(
    waiting_arn: str, executions: Executions, subscriber: Subscriber
) -> None:
    executions.abort(waiting_arn)
    assert executions.wait_until_ended(waiting_arn).status == "ABORTED"
    assert_only_the_rule_notified(subscriber, waiting_arn, "ABORTED")


def test_the_rule_notifies_of_a_timed_out_execution_once(
    bench: Workbench, project: str, stack: dict[str, str], executions: Executions, subscriber: Subscriber
) -> None:
    pair_without_execution(bench, project, executions)
    with change_definition(bench.aws, stack["StateMachineArn"], TimeoutSeconds=1):
        execution = executions.run({"ProjectArn": project})
    assert execution.status == "TIMED_OUT"
    assert_only_the_rule_notified(subscriber, execution.arn, "TIMED_OUT")


def test_the_rule_notifies_when_the_execution_cannot(
    local_aws: LocalAws, executions: Executions, subscriber: Subscriber
) -> None:
    with deny_action(local_aws, find_role_name(local_aws, "WorkflowRole"), "sns:Publish"):
        execution = executions.run({"ProjectName": "x"})
    assert (execution.status, execution.error) == ("FAILED", "ProjectNotFound")
    assert execution.cause.startswith(NOBODY_NOTIFIED)
    assert_only_the_rule_notified(subscriber, execution.arn, "FAILED")


def break_begin(states: dict[str, Any]) -> None:
    states["Begin"]["Assign"]["claimed"] = UNDEFINED_EXPRESSION


def break_choice(states: dict[str, Any]) -> None:
    states["Resolve datasets"] = {"Type": "Pass", "Next": "Anything to do?"}
    choice = states["Anything to do?"]
    following = [*(each["Next"] for each in choice["Choices"]), choice.pop("Default")]
    choice["Choices"] = [{"Condition": "{% false %}", "Next": state} for state in following]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (break_begin, "States.QueryEvaluationError"),
        (break_choice, "States.NoChoiceMatched"),
    ],
)
def test_the_rule_notifies_of_an_uncaught_error_once(
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
    assert_only_the_rule_notified(subscriber, execution.arn, "FAILED")


def break_resolve_datasets(states: dict[str, Any]) -> None:
    states["Resolve datasets"]["Arguments"]["Payload"]["Input"] = UNDEFINED_EXPRESSION


def test_only_the_execution_notifies_of_a_caught_error(
    local_aws: LocalAws, stack: dict[str, str], executions: Executions, subscriber: Subscriber
) -> None:
    with change_definition(local_aws, stack["StateMachineArn"], break_resolve_datasets):
        execution = executions.run({"ProjectName": "x"})
    assert (execution.status, execution.error) == ("FAILED", "States.QueryEvaluationError")
    assert only(subscriber.receive_all()).subject == "FAILED: x (States.QueryEvaluationError)"


def test_the_rule_ignores_executions_of_another_state_machine(
    local_aws: LocalAws, stack: dict[str, str], executions: Executions, subscriber: Subscriber
) -> None:
    other = copy_state_machine(local_aws, stack["StateMachineArn"], break_begin)
    assert executions.wait_until_ended(executions.begin({}, other)).status == "FAILED"
    assert subscriber.receive_all() == []


@pytest.mark.parametrize(
    ("detail", "matches"),
    [
        ({"status": "RUNNING"}, False),
        ({"status": "SUCCEEDED"}, False),
        ({"status": "TIMED_OUT"}, True),
        ({"status": "ABORTED"}, True),
        ({"status": "ABORTED", "stateMachineArn": "arn:aws:states:us-east-1:1:stateMachine:Other"}, False),
        ({"status": "FAILED", "error": "ProjectNotFound", "cause": NOTIFIED_CAUSE}, False),
        ({"status": "FAILED", "error": "ProjectNotFound", "cause": UNNOTIFIED_CAUSE}, True),
        ({"status": "FAILED", "error": "ProjectNotFound", "cause": f"It said: {UNNOTIFIED_CAUSE}"}, False),
        ({"status": "FAILED", "error": "States.QueryEvaluationError", "cause": NOTIFIED_CAUSE}, False),
        ({"status": "FAILED", "error": "States.QueryEvaluationError", "cause": "An expression failed."}, True),
        ({"status": "FAILED", "error": "States.NoChoiceMatched", "cause": "No rule matched."}, True),
        ({"status": "FAILED", "error": "States.Runtime", "cause": ""}, True),
        ({"status": "FAILED", "error": "States.DataLimitExceeded", "cause": None}, True),
        ({"status": "FAILED", "error": "States.DataLimitExceeded"}, True),
    ],
)
def test_the_rule_matches_endings_without_a_notification(
    local_aws: LocalAws, stack: dict[str, str], detail: dict[str, Any], matches: bool
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
    assert answer["Result"] == matches


def test_a_refused_notification_goes_to_the_dead_letter_queue(
    local_aws: LocalAws, waiting_arn: str, executions: Executions, subscriber: Subscriber
) -> None:
    with deny_action(local_aws, find_role_name(local_aws, "WatchRole"), "sns:Publish"):
        executions.abort(waiting_arn)
    queue = find_queue_url(local_aws, "WatchUndelivered")
    (message,) = local_aws.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    assert json.loads(message["Body"])["detail"]["executionArn"] == waiting_arn
    assert subscriber.receive_all() == []


def find_queue_url(aws: LocalAws, part: str) -> str:
    """The URL of the stack's queue whose logical id contains this part."""
    (url,) = [url for url in aws.client("sqs").list_queues()["QueueUrls"] if part in url]
    return str(url)


@pytest.mark.parametrize("queue_part", ["Trigger", "Watch"])
@pytest.mark.usefixtures("stack")
def test_the_alarm_of_a_queue_names_the_queue(local_aws: LocalAws, queue_part: str) -> None:
    queue = find_queue_url(local_aws, f"{queue_part}Undelivered").rpartition("/")[2]
    alarms = local_aws.client("cloudwatch").describe_alarms()["MetricAlarms"]
    (alarm,) = [alarm for alarm in alarms if alarm["Dimensions"] == [{"Name": "QueueName", "Value": queue}]]
    assert f"in the queue {queue};" in alarm["AlarmDescription"]
    assert "a new execution" in alarm["AlarmDescription"]
