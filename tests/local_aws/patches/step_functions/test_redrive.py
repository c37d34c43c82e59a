"""A redriven execution continues with the state that it did not complete."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.aws import LocalAws
from tests.support.machines import FAIL, SUCCEED, TABLE, Machine, entered_states, event_types, left_states, task
from tests.support.roles import allow_policy, deny_action
from tests.support.unique import unique

ASKED_TWICE = [
    *["ExecutionStarted", "TaskStateEntered", "TaskScheduled", "ExecutionAborted"],
    *["ExecutionRedriven", "TaskStateEntered", "TaskScheduled", "TaskSucceeded", "TaskStateExited"],
    *["SucceedStateEntered", "SucceedStateExited", "ExecutionSucceeded"],
]


@pytest.fixture
def dynamodb(local_aws: LocalAws) -> Any:
    return local_aws.client("dynamodb")


@pytest.fixture
def table(dynamodb: Any) -> str:
    name = unique("table")
    dynamodb.create_table(TableName=name, **TABLE)
    return name


@pytest.fixture
def missing() -> str:
    """The name of a table that does not exist yet."""
    return unique("missing")


@pytest.fixture
def machine(local_aws: LocalAws, table: str, missing: str) -> Machine:
    """A machine that counts its runs in one table, and fails because the other does not exist."""
    count = {
        "TableName": table,
        "Key": {"Id": {"S": "runs"}},
        "UpdateExpression": "ADD Runs :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
        "ReturnValues": "UPDATED_NEW",
    }
    put = {"TableName": missing, "Item": {"Id": {"S": "{% $who %}"}, "Runs": {"N": "{% $states.input %}"}}}
    runs = "{% $states.result.Attributes.Runs.N %}"
    states = {
        "Begin": {"Type": "Pass", "Assign": {"who": "{% $states.input.Who %}"}, "Next": "Count"},
        "Count": task("dynamodb:updateItem", count, Output=runs, Next="Put"),
        "Put": task("dynamodb:putItem", put, Assign={"who": "nobody"}, Output="{% $states.input %}", Next="Done"),
        "Done": {"Type": "Succeed", "Output": "{% [$states.input, $who, $states.context.Execution.Input.Who] %}"},
    }
    return Machine(local_aws, states)


@pytest.fixture
def polling(local_aws: LocalAws, table: str) -> Machine:
    """A machine that polls for an item, and counts the polls."""
    get = {"TableName": table, "Key": {"Id": {"S": "it"}}}
    counted = {"times": "{% $times + 1 %}", "found": "{% $exists($states.result.Item) %}"}
    states = {
        "Begin": {"Type": "Pass", "Assign": {"times": 0}, "Next": "Poll"},
        "Poll": task("dynamodb:getItem", get, Assign=counted, Next="There?"),
        "There?": {"Type": "Choice", "Choices": [{"Condition": "{% $found %}", "Next": "Done"}], "Default": "Wait"},
        "Wait": {"Type": "Wait", "Seconds": 1, "Next": "Poll"},
        "Done": {"Type": "Succeed", "Output": "{% $times %}"},
    }
    return Machine(local_aws, states)


@pytest.fixture
def asking(local_aws: LocalAws, token_queue: str) -> Machine:
    """A machine that sends a token to a queue, and waits for the answer."""
    ask = {"QueueUrl": token_queue, "MessageBody": "{% $states.context.Task.Token %}"}
    return Machine(local_aws, {"Ask": task("sqs:sendMessage.waitForTaskToken", ask, Next="Done"), **SUCCEED})


def test_a_redriven_execution_continues_with_the_failed_state(machine: Machine, dynamodb: Any, missing: str) -> None:
    arn = machine.run(Who="me")
    failed, before = machine.describe(arn), machine.history(arn)
    assert (failed["status"], failed["error"]) == ("FAILED", "DynamoDB.ResourceNotFoundException")
    assert (failed["redriveCount"], failed["redriveStatus"]) == (0, "REDRIVABLE")
    dynamodb.create_table(TableName=missing, **TABLE)
    machine.redrive(arn)
    ended = machine.wait_until_ended(arn)
    assert (ended["status"], json.loads(ended["output"])) == ("SUCCEEDED", ["1", "nobody", "me"])
    assert (ended["redriveCount"], ended["redriveStatus"]) == (1, "NOT_REDRIVABLE")
    assert ended["startDate"] == failed["startDate"] < failed["stopDate"] <= ended["redriveDate"] <= ended["stopDate"]
    assert "error" not in ended
    (item,) = dynamodb.scan(TableName=missing)["Items"]
    assert item == {"Id": {"S": "me"}, "Runs": {"N": "1"}}
    after = machine.history(arn)
    assert after[: len(before)] == before
    assert [event["id"] for event in after] == list(range(1, len(after) + 1))
    assert after[len(before)]["executionRedrivenEventDetails"] == {"redriveCount": 1}
    assert entered_states(after[len(before) :]) == ["Put", "Done"]


def test_a_redriven_execution_can_fail_at_the_same_state(machine: Machine) -> None:
    arn = machine.run(Who="me")
    machine.redrive(arn)
    assert machine.wait_until_ended(arn)["status"] == "FAILED"
    machine.redrive(arn)
    assert machine.wait_until_ended(arn)["redriveCount"] == 2
    assert entered_states(machine.history(arn)) == ["Begin", "Count", "Put", "Put", "Put"]


def test_changes_of_status_are_events(
    asking: Machine, receive_token: Callable[[], str], receive_statuses: Callable[[str, int], list[str]]
) -> None:
    arn = asking.begin()
    asking.stepfunctions.send_task_failure(taskToken=receive_token(), error="No")
    assert receive_statuses(arn, 2) == ["RUNNING", "FAILED"]
    asking.redrive(arn)
    former = receive_token()
    asking.abort(arn)
    asking.redrive(arn)
    asking.stepfunctions.send_task_failure(taskToken=former, error="TooLate")
    asking.stepfunctions.send_task_success(taskToken=receive_token(), output="{}")
    assert receive_statuses(arn, 4) == ["RUNNING", "ABORTED", "RUNNING", "SUCCEEDED"]


def test_a_redriven_execution_needs_the_rights_of_its_role(
    local_aws: LocalAws, machine: Machine, dynamodb: Any, missing: str
) -> None:
    arn = machine.run(Who="me")
    dynamodb.create_table(TableName=missing, **TABLE)
    with deny_action(local_aws, machine.role.name, "dynamodb:PutItem"):
        machine.redrive(arn)
        assert machine.wait_until_ended(arn)["error"] == "DynamoDB.AccessDeniedException"
    machine.redrive(arn)
    assert machine.wait_until_ended(arn)["status"] == "SUCCEEDED"


def test_an_aborted_execution_continues_once(polling: Machine, dynamodb: Any, table: str) -> None:
    arn = polling.begin()
    for times in (0, 3, 6):
        polling.wait_until_left(arn, "Poll", times=times)
        polling.abort(arn)
        polling.redrive(arn)
        assert polling.describe(arn)["status"] == "RUNNING"
    dynamodb.put_item(TableName=table, Item={"Id": {"S": "it"}})
    ended, events = polling.wait_until_ended(arn), polling.history(arn)
    assert ended["status"] == "SUCCEEDED"
    assert json.loads(ended["output"]) == left_states(events).count("Poll")
    assert ["Begin", *["Poll", "There?", "Wait"] * len(events)][: len(left_states(events)) - 1] == left_states(events)[
        :-1
    ]
    assert event_types(events).count("ExecutionRedriven") == event_types(events).count("ExecutionAborted") == 3


def test_an_answer_to_the_former_run_does_not_count(asking: Machine, receive_token: Callable[[], str]) -> None:
    arn = asking.begin()
    former = receive_token()
    asking.abort(arn)
    asking.redrive(arn)
    token = receive_token()
    asking.stepfunctions.send_task_failure(taskToken=former, error="TooLate")
    asking.stepfunctions.send_task_success(taskToken=token, output='"in time"')
    assert asking.wait_until_ended(arn)["output"] == '"in time"'
    assert event_types(asking.history(arn)) == ASKED_TWICE


def test_an_answer_to_an_aborted_execution_does_not_count(asking: Machine, receive_token: Callable[[], str]) -> None:
    arn = asking.begin()
    former = receive_token()
    asking.abort(arn)
    asking.answer_until_refused(former)
    asking.redrive(arn)
    asking.stepfunctions.send_task_success(taskToken=receive_token(), output='"in time"')
    assert asking.wait_until_ended(arn)["output"] == '"in time"'
    assert event_types(asking.history(arn)) == ASKED_TWICE


@pytest.mark.parametrize("before", [{}, {"Begin": {"Type": "Pass", "Next": "Stop"}}])
def test_a_fail_state_fails_again(local_aws: LocalAws, before: dict[str, Any]) -> None:
    machine = Machine(local_aws, {**before, **FAIL})
    arn = machine.run(Error="Mine")
    machine.redrive(arn)
    ended = machine.wait_until_ended(arn)
    assert (ended["status"], ended["error"]) == ("FAILED", "Mine")
    assert event_types(machine.history(arn))[-4:] == [
        *["ExecutionFailed", "ExecutionRedriven", "FailStateEntered", "ExecutionFailed"]
    ]


def test_an_execution_knows_the_time_of_its_redrive(local_aws: LocalAws) -> None:
    when = "{% $exists($states.context.Execution.RedriveTime) ? $states.context.Execution.RedriveTime : 'never' %}"
    machine = Machine(local_aws, {"Begin": {"Type": "Pass", "Next": "Stop"}, "Stop": {"Type": "Fail", "Error": when}})
    arn = machine.run()
    assert machine.describe(arn)["error"] == "never"
    machine.redrive(arn)
    assert machine.wait_until_ended(arn)["error"].startswith("2")


def test_a_running_execution_cannot_be_redriven(polling: Machine) -> None:
    arn = polling.begin()
    with pytest.raises(polling.stepfunctions.exceptions.ExecutionNotRedrivable, match="Execution is RUNNING"):
        polling.redrive(arn)
    polling.abort(arn)


def test_a_succeeded_execution_cannot_be_redriven(local_aws: LocalAws) -> None:
    machine = Machine(local_aws, SUCCEED)
    arn = machine.run()
    with pytest.raises(machine.stepfunctions.exceptions.ExecutionNotRedrivable, match="Execution is SUCCEEDED"):
        machine.redrive(arn)


def test_an_unknown_execution_cannot_be_redriven(local_aws: LocalAws) -> None:
    machine = Machine(local_aws, SUCCEED)
    with pytest.raises(machine.stepfunctions.exceptions.ExecutionDoesNotExist):
        machine.redrive(machine.run() + "0")


def test_a_redrive_needs_the_right_to_its_execution(local_aws: LocalAws) -> None:
    machine, iam, name = Machine(local_aws, FAIL), local_aws.client("iam"), unique("user")
    mine, other = machine.run(Error="Mine"), machine.run(Error="Mine")
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    user = local_aws.client(
        "stepfunctions", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    )
    may = allow_policy({"Action": "states:RedriveExecution", "Resource": mine})
    iam.put_user_policy(UserName=name, PolicyName="p", PolicyDocument=may)
    user.redrive_execution(executionArn=mine)
    with pytest.raises(ClientError, match="not authorized to perform: states:RedriveExecution"):
        user.redrive_execution(executionArn=other)
