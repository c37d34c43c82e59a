"""State machines that a test creates, and the history of their executions."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from local.aws import LocalAws
from tests.support.executions import wait_until
from tests.support.roles import Role
from tests.support.unique import unique

TABLE = {
    "KeySchema": [{"AttributeName": "Id", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "Id", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}
END_EVENTS = ("ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut")
FAIL = {"Stop": {"Type": "Fail", "Error": "{% $states.input.Error %}"}}
SUCCEED = {"Done": {"Type": "Succeed"}}


class Machine:
    """A state machine with a role of its own. It begins with the first of `states`."""

    def __init__(
        self,
        aws: LocalAws,
        states: dict[str, Any],
        *,
        actions: Sequence[str] = ("dynamodb:*",),
        settings: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> None:
        """The role allows `actions`. `settings` go to CreateStateMachine, `more` into the definition."""
        self.stepfunctions, self.role = aws.client("stepfunctions"), Role(aws, {"Action": actions})
        definition = {"QueryLanguage": "JSONata", "StartAt": next(iter(states)), "States": states, **more}
        self.arn = self.stepfunctions.create_state_machine(
            name=unique("machine"), roleArn=self.role.arn, definition=json.dumps(definition), **(settings or {})
        )["stateMachineArn"]

    def update(self, definition: dict[str, Any]) -> None:
        self.stepfunctions.update_state_machine(stateMachineArn=self.arn, definition=json.dumps(definition))

    def begin(self, **given: str) -> str:
        """Start an execution. Returns its ARN."""
        started = self.stepfunctions.start_execution(stateMachineArn=self.arn, input=json.dumps(given))
        return str(started["executionArn"])

    def start(self, name: str, given: str = "{}") -> dict[str, Any]:
        """The answer to StartExecution with this name and this text as the input."""
        answer: dict[str, Any] = self.stepfunctions.start_execution(stateMachineArn=self.arn, name=name, input=given)
        return answer

    def run(self, **given: str) -> str:
        """Start an execution and wait until it has ended. Returns its ARN."""
        arn = self.begin(**given)
        self.wait_until_ended(arn)
        return arn

    def redrive(self, arn: str) -> None:
        self.stepfunctions.redrive_execution(executionArn=arn)

    def wait_until_ended(self, arn: str) -> dict[str, Any]:
        """The description of the execution, after it has ended."""
        wait_until(lambda: self._last_event(arn)["type"] in END_EVENTS)
        return self.describe(arn)

    def wait_until_left(self, arn: str, state: str, *, times: int) -> None:
        """Return when the execution has left the state `times` times."""
        wait_until(lambda: left_states(self.history(arn)).count(state) >= times)

    def answer_until_refused(self, token: str) -> None:
        """Send a success for the task until Step Functions refuses the token."""
        wait_until(lambda: self._is_answer_refused(token))

    def abort(self, arn: str) -> None:
        self.stepfunctions.stop_execution(executionArn=arn)

    def describe(self, arn: str) -> dict[str, Any]:
        description: dict[str, Any] = self.stepfunctions.describe_execution(executionArn=arn)
        return description

    def history(self, arn: str) -> list[dict[str, Any]]:
        pages = self.stepfunctions.get_paginator("get_execution_history").paginate(executionArn=arn, maxResults=1000)
        return [event for page in pages for event in page["events"]]

    def _last_event(self, arn: str) -> dict[str, Any]:
        last = self.stepfunctions.get_execution_history(executionArn=arn, maxResults=1, reverseOrder=True)
        return dict(last["events"][0])

    def _is_answer_refused(self, token: str) -> bool:
        try:
            self.stepfunctions.send_task_success(taskToken=token, output='"too late"')
        except self.stepfunctions.exceptions.TaskDoesNotExist:
            return True
        return False


def task(name: str, arguments: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"Type": "Task", "Resource": f"arn:aws:states:::{name}", "Arguments": arguments, **more}


def event_types(events: list[dict[str, Any]]) -> list[str]:
    return [event["type"] for event in events]


def entered_states(events: list[dict[str, Any]]) -> list[str]:
    return [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]


def left_states(events: list[dict[str, Any]]) -> list[str]:
    return [event["stateExitedEventDetails"]["name"] for event in events if "stateExitedEventDetails" in event]
