"""The kit's own deployment of the app, with queues that receive what it sends."""

import json
from typing import Any

from account.deployed_stack import DeployedStack
from account.verify.equipment import FROM_RULES, FROM_TOPICS
from account.verify.lab import Lab
from account.verify.mailbox import Mailbox

LONG = 900.0  # seconds for an event, and what it starts
SHORT = 300.0  # seconds for everything else


class BrokenPromise(Exception):  # noqa: N818 - named by its situation
    """The deployed workflow did not do what it promises; the message says what was seen."""


class NotTried(Exception):  # noqa: N818 - named by its situation
    """The account gave no occasion to see whether the promise is kept; the message says why."""


def require(kept: object, seen: str) -> None:
    """Raise BrokenPromise unless it was kept."""
    if not kept:
        raise BrokenPromise(seen)


class Deployment:
    """What the promises use: projects, executions, and what the stack has sent and kept."""

    def __init__(self, stack: DeployedStack, lab: Lab, equipment: dict[str, str]) -> None:
        self.stack, self.lab = stack, lab
        # Of each execution that was seen. Those from before do not count.
        self._inputs = dict.fromkeys(self._list_executions(), "")
        sqs = stack.client("sqs")
        self.boxes = {name: Mailbox(sqs, equipment[name]) for name in (*FROM_TOPICS, *FROM_RULES)}
        for name, output in FROM_TOPICS.items():
            stack.client("sns").subscribe(
                TopicArn=stack.outputs[output],
                Protocol="sqs",
                Endpoint=equipment[f"{name}Arn"],
                Attributes={"RawMessageDelivery": "true"},
            )

    def received(self, box: str, word: str, patience: float = SHORT) -> list[str]:
        """The messages with this word, as soon as there are some; [] if none came within `patience` seconds."""
        return self.lab.wait_until(lambda: self.boxes[box].with_word(word), patience)

    def begin(self, given: dict[str, Any]) -> str:
        """Start an execution as a person does. Returns its ARN."""
        states, machine = self.stack.client("stepfunctions"), self.stack.outputs["StateMachineArn"]
        return str(states.start_execution(stateMachineArn=machine, input=json.dumps(given))["executionArn"])

    def ended(self, arn: str, patience: float = LONG) -> dict[str, Any]:
        """The execution as DescribeExecution has it, after it has ended."""
        return self.lab.wait_until(lambda: self._describe_ended(arn), patience) or self._describe(arn)

    def run(self, given: dict[str, Any]) -> dict[str, Any]:
        """Start an execution and wait until it has ended."""
        return self.ended(self.begin(given))

    def started_for(self, dataset: str) -> dict[str, Any]:
        """The ended execution that the creation of this dataset has started; {} if there is none."""
        arn = self.lab.wait_until(lambda: self._find(dataset), LONG)
        return self.ended(arn) if arn else {}

    def records(self, project: str) -> list[dict[str, str]]:
        """The records of a project, without the marks of endings that people were notified of."""
        found = self.stack.client("dynamodb").query(
            TableName=self.stack.outputs["RecordsTable"],
            KeyConditionExpression="ProjectName = :p",
            ExpressionAttributeValues={":p": {"S": project.split("/")[1]}},
        )["Items"]
        items = [{name: next(iter(value.values())) for name, value in item.items()} for item in found]
        return [item for item in items if "/dataset/test/" in item["TestDatasetArn"]]

    def resource(self, kind: str, prefix: str) -> str:
        """The physical id of the one resource of this type whose logical id begins so."""
        (found,) = self.stack.resources(kind, prefix)
        return found.physical_id

    def _find(self, dataset: str) -> str:
        for arn in self._list_executions() - self._inputs.keys():
            self._inputs[arn] = str(self._describe(arn).get("input"))
        return next((arn for arn, given in self._inputs.items() if dataset in given), "")

    def _list_executions(self) -> set[str]:
        """The ARNs of all executions."""
        pages = self.stack.client("stepfunctions").get_paginator("list_executions")
        listed = pages.paginate(
            stateMachineArn=self.stack.outputs["StateMachineArn"], PaginationConfig={"PageSize": 1000}
        )
        return {each["executionArn"] for page in listed for each in page["executions"]}

    def _describe_ended(self, arn: str) -> dict[str, Any]:
        found = self._describe(arn)
        return {} if found["status"] == "RUNNING" else found

    def _describe(self, arn: str) -> dict[str, Any]:
        return dict(self.stack.client("stepfunctions").describe_execution(executionArn=arn))
