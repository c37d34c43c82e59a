"""A rule or a caller can invoke a function asynchronously. Lambda tries it three times and then keeps the event."""

import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from ministack.services import lambda_svc, stepfunctions

from local.aws import ACCOUNT, REGION, LocalAws
from local.ministack_patches.lambda_functions import asynchronous_invocations
from tests.support.functions import create_function
from tests.support.queues import create_queue
from tests.support.roles import Role
from tests.support.stacks import Stack
from tests.support.telemetry import read_log_lines
from tests.support.unique import unique

LOGS = ["logs:CreateLogStream", "logs:PutLogEvents"]
FAILING = "def handler(event, context):\n    print('tried')\n    raise ValueError('No.')\n"
RULES = f"arn:aws:events:{REGION}:{ACCOUNT}:rule/"


@pytest.fixture
def queue(local_aws: LocalAws) -> tuple[str, str]:
    """URL and ARN of a queue to which rules and roles of the account may send."""
    return create_queue(local_aws, "events.amazonaws.com")


@pytest.fixture
def rule(local_aws: LocalAws) -> Iterator[str]:
    """The name of a rule for events of the source of this name."""
    events, name = local_aws.client("events"), unique("rule")
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    yield name
    events.remove_targets(Rule=name, Ids=["function"])
    events.delete_rule(Name=name)


def receive(aws: LocalAws, url: str) -> list[dict[str, Any]]:
    received = aws.client("sqs").receive_message(QueueUrl=url, MessageAttributeNames=["All"], MaxNumberOfMessages=10)
    return list(received.get("Messages", []))


def send_event(aws: LocalAws, rule: str, function: str, source: str, queue: str) -> None:
    """Let the rule pass an event on to the function, whose policy allows the rule `source`. `queue` is the rule's."""
    events, name = aws.client("events"), function.rpartition(":")[2]
    aws.client("lambda").add_permission(
        FunctionName=name,
        StatementId="rule",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
        SourceArn=f"{RULES}{source}",
    )
    events.put_targets(Rule=rule, Targets=[{"Id": "function", "Arn": function, "DeadLetterConfig": {"Arn": queue}}])
    events.put_events(Entries=[{"Source": rule, "DetailType": "x", "Detail": '{"a": 1}'}])
    aws.wait_until_idle()


def test_a_failing_function_is_tried_three_times(local_aws: LocalAws, rule: str, queue: tuple[str, str]) -> None:
    """Its dead-letter queue receives the event itself, with the error in an attribute."""
    url, arn = queue
    name, function = create_function(
        local_aws, [*LOGS, "sqs:SendMessage"], code=FAILING, DeadLetterConfig={"TargetArn": arn}
    )
    send_event(local_aws, rule, function, rule, arn)
    assert len(read_log_lines(local_aws, f"/aws/lambda/{name}", "tried")) == 3
    (message,) = receive(local_aws, url)
    assert json.loads(message["Body"])["detail"] == {"a": 1}
    attributes = {key: each["StringValue"] for key, each in message["MessageAttributes"].items()}
    assert (attributes["ErrorCode"], attributes["ErrorMessage"]) == ("200", "No.")


@pytest.mark.parametrize(("actions", "received"), [(["sqs:SendMessage"], 1), (["sqs:ReceiveMessage"], 0)])
def test_a_dead_letter_queue_needs_the_role_of_the_function(
    local_aws: LocalAws, queue: tuple[str, str], actions: list[str], received: int
) -> None:
    url, arn = queue
    name, _ = create_function(local_aws, actions, code=FAILING, DeadLetterConfig={"TargetArn": arn})
    local_aws.client("lambda").invoke(FunctionName=name, InvocationType="Event", Payload="{}")
    local_aws.wait_until_idle()
    assert len(receive(local_aws, url)) == received


def test_a_function_that_succeeds_is_tried_once(local_aws: LocalAws, rule: str, queue: tuple[str, str]) -> None:
    url, arn = queue
    name, function = create_function(local_aws, [*LOGS, "sqs:SendMessage"], DeadLetterConfig={"TargetArn": arn})
    send_event(local_aws, rule, function, rule, arn)
    assert len(read_log_lines(local_aws, f"/aws/lambda/{name}", "detail-type")) == 1
    assert receive(local_aws, url) == []


def test_a_rule_needs_the_policy_of_its_function(local_aws: LocalAws, rule: str, queue: tuple[str, str]) -> None:
    """The event goes to the dead-letter queue of the rule."""
    url, arn = queue
    name, function = create_function(local_aws, LOGS)
    send_event(local_aws, rule, function, "another", arn)
    assert read_log_lines(local_aws, f"/aws/lambda/{name}", "detail-type") == []
    (message,) = receive(local_aws, url)
    assert json.loads(message["Body"])["detail"] == {"a": 1}


@pytest.mark.parametrize(
    ("errors", "settings", "paused"),
    [
        ([True, True, True], {}, [60, 120]),
        ([True, False], {}, [60]),
        ([False], {}, []),
        ([True], {"MaximumRetryAttempts": 0}, []),
    ],
)
def test_attempts_have_the_pauses_of_lambda(
    monkeypatch: pytest.MonkeyPatch, errors: list[bool], settings: dict[str, Any], paused: list[int]
) -> None:
    slept: list[float] = []
    results = iter(errors)
    monkeypatch.setattr(time, "sleep", slept.append)
    monkeypatch.setattr(stepfunctions, "_SFN_WAIT_SCALE", 1.0)
    monkeypatch.setattr(lambda_svc, "_execute_function", lambda *_: {"error": next(results)})
    asynchronous_invocations._try({"config": {"Role": "r"}, "event_invoke_config": settings}, {})
    assert slept == paused


def test_a_template_gives_a_function_its_dead_letter_queue(local_aws: LocalAws, queue: tuple[str, str]) -> None:
    code, role = {"ZipFile": FAILING}, Role(local_aws, {"Action": LOGS}).arn
    properties = {"Code": code, "Role": role, "Runtime": "python3.14", "Handler": "index.handler"}
    given = {"TargetArn": queue[1]}

    def function(**more: Any) -> dict[str, Any]:
        return {"Type": "AWS::Lambda::Function", "Properties": {**properties, **more}}

    def found() -> Any:
        name = stack.ref("Function")
        return local_aws.client("lambda").get_function_configuration(FunctionName=name).get("DeadLetterConfig") or {}

    stack = Stack(local_aws, Function=function(DeadLetterConfig=given))
    assert found() == given
    stack.update(Function=function())
    assert found() == {}
    stack.update(Function=function(DeadLetterConfig=given))
    assert found() == given
    stack.delete()
