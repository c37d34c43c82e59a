"""A function notifies people of executions that ended without sending a notification themselves."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.rules.failures.ending import NOBODY_NOTIFIED
from local.aws import ACCOUNT, REGION, LocalAws
from tests.support.executions import (
    Change,
    Executions,
    Notification,
    Subscriber,
    change_definition,
    copy_state_machine,
    only,
    pair_without_execution,
)
from tests.support.roles import deny_action, find_role_name
from tests.support.workbench import Workbench
from tests.workflow.notifications.messages import DOCUMENTED_FILTERS

CONSOLE = f"https://{REGION}.console.aws.amazon.com/states/home?region={REGION}"
UNDEFINED_EXPRESSION = "{% $nobody.knows %}"  # its evaluation fails
FAILURES, NO_SUCCESSES, *_ = DOCUMENTED_FILTERS
Notify = Callable[..., dict[str, Any]]


def assert_about(notification: Notification, arn: str, subject: str) -> None:
    """The notification is the one about an ending that may be unnoticed, of this execution."""
    assert notification.subject == subject
    headline, _, cause, _, advice, _, link, *_ = notification.message.split("\n")
    assert headline == subject
    assert cause.startswith("This execution ended at 20")
    assert "start a new execution" in advice
    assert link == f"Execution: {CONSOLE}#/v2/executions/details/{arn}"


@pytest.fixture
def notify(local_aws: LocalAws, stack: dict[str, str]) -> Notify:
    """A function that invokes notify_ending with the payload, waits for it, and returns its answer."""
    functions = local_aws.client("lambda")
    (name,) = [each["FunctionName"] for each in functions.list_functions()["Functions"] if is_ours(each, stack)]

    def invoke(**payload: Any) -> dict[str, Any]:
        answer: dict[str, Any] = json.load(functions.invoke(FunctionName=name, Payload=json.dumps(payload))["Payload"])
        return answer

    return invoke


def is_ours(function: dict[str, Any], stack: dict[str, str]) -> bool:
    variables = function.get("Environment", {}).get("Variables", {})
    return bool(variables.get("TOPIC_ARN") == stack["TopicArn"])


@pytest.fixture
def waiting_arn(bench: Workbench, project: str, executions: Executions) -> str:
    """The ARN of an execution that waits for a dataset whose update does not finish."""
    pair_without_execution(bench, project, executions)
    arn = executions.begin({"ProjectArn": project})
    executions.wait_until_entered(arn, "Wait for datasets", times=1)
    return arn


@pytest.fixture
def name(project: str) -> str:
    """The name of the project."""
    return project.split("/")[1]


def test_people_are_notified_of_an_aborted_execution_once(
    waiting_arn: str, name: str, executions: Executions, subscriber: Subscriber
) -> None:
    executions.abort(waiting_arn)
    assert executions.wait_until_ended(waiting_arn).status == "ABORTED"
    assert_about(only(subscriber.receive_all()), waiting_arn, f"ABORTED: {name}")


def test_people_are_notified_of_each_end_of_a_redriven_execution(
    waiting_arn: str, name: str, executions: Executions, subscriber: Subscriber
) -> None:
    for time in (1, 2):
        executions.abort(waiting_arn)
        executions.wait_until_ended(waiting_arn, times=time)
        assert_about(only(subscriber.receive_all()), waiting_arn, f"ABORTED: {name}")
        executions.redrive(waiting_arn)
    executions.abort(waiting_arn)


def test_people_are_notified_of_a_timed_out_execution_once(
    bench: Workbench, project: str, name: str, stack: dict[str, str], executions: Executions, subscriber: Subscriber
) -> None:
    pair_without_execution(bench, project, executions)
    with change_definition(bench.aws, stack["StateMachineArn"], TimeoutSeconds=1):
        execution = executions.run({"ProjectArn": project})
    assert execution.status == "TIMED_OUT"
    assert_about(only(subscriber.receive_all()), execution.arn, f"TIMED_OUT: {name}")


def test_people_are_notified_when_the_execution_cannot_notify(
    local_aws: LocalAws, executions: Executions, subscriber: Subscriber
) -> None:
    with deny_action(local_aws, find_role_name(local_aws, "WorkflowRole"), "sns:Publish"):
        execution = executions.run({"ProjectName": "x"})
    assert (execution.status, execution.error) == ("FAILED", "ProjectNotFound")
    assert execution.cause.startswith(NOBODY_NOTIFIED)
    assert_about(only(subscriber.receive_all()), execution.arn, "FAILED: x (ProjectNotFound)")


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
def test_people_are_notified_of_an_uncaught_error_once(
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
    assert_about(only(subscriber.receive_all()), execution.arn, f"FAILED: x ({error})")


def break_resolve_datasets(states: dict[str, Any]) -> None:
    states["Resolve datasets"]["Arguments"]["Payload"]["Input"] = UNDEFINED_EXPRESSION


def test_only_the_execution_notifies_of_a_caught_error(
    local_aws: LocalAws, stack: dict[str, str], executions: Executions, subscriber: Subscriber, notify: Notify
) -> None:
    with change_definition(local_aws, stack["StateMachineArn"], break_resolve_datasets):
        execution = executions.run({"ProjectName": "x"})
    assert (execution.status, execution.error) == ("FAILED", "States.QueryEvaluationError")
    assert only(subscriber.receive_all()).notice["Error"] == "States.QueryEvaluationError"
    assert notify(Executions=[execution.arn]) == {"Notified": []}


def test_nobody_is_notified_of_executions_of_another_state_machine(
    local_aws: LocalAws, stack: dict[str, str], executions: Executions, subscriber: Subscriber, notify: Notify
) -> None:
    """The rule leaves them alone. Whoever names one is refused: the role may describe only those of the stack."""
    other = copy_state_machine(local_aws, stack["StateMachineArn"], break_begin)
    arn = executions.begin({}, other)
    assert executions.wait_until_ended(arn).status == "FAILED"
    assert "not authorized to perform: states:DescribeExecution" in notify(Executions=[arn])["errorMessage"]
    assert subscriber.receive_all() == []


@pytest.mark.parametrize(
    ("detail", "matches"),
    [
        ({"status": "RUNNING"}, False),
        ({"status": "SUCCEEDED"}, False),
        ({"status": "TIMED_OUT"}, True),
        ({"status": "ABORTED"}, True),
        ({"status": "FAILED"}, True),
        ({"status": "ABORTED", "stateMachineArn": "arn:aws:states:us-east-1:1:stateMachine:Other"}, False),
    ],
)
def test_the_rule_matches_endings_but_successes(
    local_aws: LocalAws, stack: dict[str, str], detail: dict[str, Any], matches: bool
) -> None:
    events = local_aws.client("events")
    (rule,) = [rule for rule in events.list_rules()["Rules"] if "WatchEndings" in rule["Name"]]
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


def test_a_repeated_event_notifies_nobody(
    local_aws: LocalAws, waiting_arn: str, executions: Executions, subscriber: Subscriber, notify: Notify
) -> None:
    executions.abort(waiting_arn)
    executions.wait_until_ended(waiting_arn)
    only(subscriber.receive_all())
    stopped = local_aws.client("stepfunctions").describe_execution(executionArn=waiting_arn)["stopDate"]
    again = {"executionArn": waiting_arn, "status": "ABORTED", "stopDate": round(stopped.timestamp() * 1000)}
    assert notify(detail=again) == {"Notified": []}
    assert subscriber.receive_all() == []


def test_an_event_that_is_ahead_of_step_functions_is_tried_again(waiting_arn: str, notify: Notify) -> None:
    """DescribeExecution is eventually consistent: its answer can be older than the event."""
    answer = notify(detail={"executionArn": waiting_arn, "status": "ABORTED", "stopDate": 4_000_000_000_000})
    assert answer["errorType"] == "StatusNotYetKnownError"
    assert notify(Executions=[waiting_arn]) == {"Notified": []}


def test_nobody_is_notified_of_an_end_before_a_redrive(
    local_aws: LocalAws, waiting_arn: str, executions: Executions, subscriber: Subscriber, notify: Notify
) -> None:
    """The execution runs again, and has another end."""
    with deny_action(local_aws, find_role_name(local_aws, "NotifyEndingRole"), "sns:Publish"):
        executions.abort(waiting_arn)
        executions.wait_until_ended(waiting_arn)
    event = json.loads(receive_dead_letter(local_aws)["Body"])
    executions.redrive(waiting_arn)
    assert notify(**event) == {"Notified": []}
    assert subscriber.receive_all() == []
    executions.abort(waiting_arn)


def test_a_later_call_notifies_of_an_ending_whose_event_was_lost(
    local_aws: LocalAws, waiting_arn: str, name: str, executions: Executions, subscriber: Subscriber, notify: Notify
) -> None:
    """It does not notify again of one that people were notified of. One unknown execution does not stop the others."""
    events = local_aws.client("events")
    (rule,) = [rule["Name"] for rule in events.list_rules()["Rules"] if "WatchEndings" in rule["Name"]]
    events.disable_rule(Name=rule)
    executions.abort(waiting_arn)
    executions.wait_until_ended(waiting_arn)
    events.enable_rule(Name=rule)
    assert subscriber.receive_all() == []
    unknown = f"{waiting_arn}-unknown"
    assert notify(Executions=[unknown, waiting_arn])["errorType"] == "ExecutionDoesNotExist"
    assert_about(only(subscriber.receive_all()), waiting_arn, f"ABORTED: {name}")
    assert notify(Executions=[waiting_arn]) == {"Notified": []}
    assert subscriber.receive_all() == []


def test_a_refused_notification_goes_to_the_dead_letter_queue(
    local_aws: LocalAws, waiting_arn: str, name: str, executions: Executions, subscriber: Subscriber, notify: Notify
) -> None:
    """A later call notifies of it."""
    with deny_action(local_aws, find_role_name(local_aws, "NotifyEndingRole"), "sns:Publish"):
        executions.abort(waiting_arn)
        executions.wait_until_ended(waiting_arn)
    message = receive_dead_letter(local_aws)
    assert json.loads(message["Body"])["detail"]["executionArn"] == waiting_arn
    assert "not authorized to perform: sns:Publish" in message["MessageAttributes"]["ErrorMessage"]["StringValue"]
    assert subscriber.receive_all() == []
    assert notify(Executions=[waiting_arn]) == {"Notified": [waiting_arn]}
    assert_about(only(subscriber.receive_all()), waiting_arn, f"ABORTED: {name}")


def test_a_notification_without_a_mark_is_sent_again(
    local_aws: LocalAws, waiting_arn: str, executions: Executions, subscriber: Subscriber
) -> None:
    """The mark follows the message: people are rather notified twice than not at all. Lambda tries three times."""
    with deny_action(local_aws, find_role_name(local_aws, "NotifyEndingRole"), "dynamodb:PutItem"):
        executions.abort(waiting_arn)
        executions.wait_until_ended(waiting_arn)
    assert len(subscriber.receive_all()) == 3
    assert json.loads(receive_dead_letter(local_aws)["Body"])["detail"]["executionArn"] == waiting_arn


def receive_dead_letter(aws: LocalAws) -> dict[str, Any]:
    """The one message in the dead-letter queue, which is deleted."""
    sqs, queue = aws.client("sqs"), find_queue_url(aws, "WatchUndelivered")
    (message,) = sqs.receive_message(QueueUrl=queue, MessageAttributeNames=["All"], MaxNumberOfMessages=10)["Messages"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return dict(message)


@pytest.mark.parametrize(
    ("project_name", "named", "line"),
    [
        ("www.example.com", "www[.]example[.]com", "Project: www[.]example[.]com"),
        ("p" * 255, f"{'p' * 45}...", f"Project: {'p' * 255}"),
        ("\n<b>", None, None),
        ({"a": "What to do: pay."}, None, None),
    ],
)
def test_a_hostile_input_makes_a_harmless_message(
    local_aws: LocalAws,
    stack: dict[str, str],
    executions: Executions,
    subscriber: Subscriber,
    project_name: Any,
    named: str | None,
    line: str | None,
) -> None:
    """An input that names no project is not quoted. The execution's own name stands in the subject instead."""
    with change_definition(local_aws, stack["StateMachineArn"], break_begin):
        execution = executions.run({"ProjectName": project_name})
    notification = only(subscriber.receive_all())
    assert notification.subject == f"FAILED: {named or execution.arn.rpartition(':')[2]} ({execution.error})"
    assert [each for each in notification.message.split("\n") if each.startswith("Project")] == ([line] if line else [])
    assert notification.message.count("What to do:") == 1


@pytest.mark.parametrize(
    ("policy", "received"),
    [
        ({"error": ["ABORTED"], "startedBy": ["PERSON"]}, 1),
        ({"project": [{"prefix": "project-"}]}, 1),
        ({"project": [{"prefix": "other-"}]}, 0),
        (NO_SUCCESSES, 1),
        (FAILURES, 0),
    ],
)
def test_a_subscription_can_filter_by_project_and_error(
    local_aws: LocalAws,
    stack: dict[str, str],
    waiting_arn: str,
    executions: Executions,
    policy: dict[str, Any],
    received: int,
) -> None:
    filtered = Subscriber(local_aws, stack["TopicArn"], policy)
    executions.abort(waiting_arn)
    executions.wait_until_ended(waiting_arn)
    found = filtered.receive_all()
    filtered.unsubscribe()
    assert len(found) == received


def test_an_sms_has_the_subject_only(
    local_aws: LocalAws, stack: dict[str, str], waiting_arn: str, name: str, executions: Executions
) -> None:
    sns, phone = local_aws.client("sns"), "+15550100"
    subscription = sns.subscribe(TopicArn=stack["TopicArn"], Protocol="sms", Endpoint=phone)["SubscriptionArn"]
    executions.abort(waiting_arn)
    executions.wait_until_ended(waiting_arn)
    sns.unsubscribe(SubscriptionArn=subscription)
    assert [mail["Text"] for mail in local_aws.mails(phone)] == [f"ABORTED: {name}"]


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
