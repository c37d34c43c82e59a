"""Executions of the deployed state machine, and the notifications that its subscribers receive."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, TypeVar

from lambdas.rules.failures.ending import WHAT_TO_DO
from local.aws import LocalAws
from tests.support.notices import read_notice
from tests.support.queues import create_queue, take, take_all
from tests.support.unique import unique
from tests.support.workbench import Workbench, images

ADVICE = f"\n\n{WHAT_TO_DO} "  # separates cause and advice in the cause of a failed execution
LONGEST_WAIT = 20  # seconds, the maximum of one ReceiveMessage
BETWEEN_LOOKS = 0.03  # seconds: without a pause the looks would slow down what they wait for
Found = TypeVar("Found")
Change = Callable[[dict[str, Any]], None]  # edits the states of a definition in place


def wait_until(found: Callable[[], Found]) -> Found:
    """Call `found` until its result is true, and return that result. Raises TimeoutError after LONGEST_WAIT seconds."""
    began = time.monotonic()
    while not (result := found()):
        if time.monotonic() - began > LONGEST_WAIT:
            raise TimeoutError(f"Nothing was found within {LONGEST_WAIT} seconds.")
        time.sleep(BETWEEN_LOOKS)
    return result


@dataclass(frozen=True)
class Execution:
    """An execution as DescribeExecution returned it."""

    arn: str
    status: str
    input: Any
    output: Any
    error: str
    cause: str
    history: Callable[[], list[dict[str, Any]]]

    @property
    def ending(self) -> str:
        """The outcome of an execution that succeeded, the error of one that failed."""
        return str(self.output["Outcome"]) if self.output else self.error

    @property
    def states(self) -> list[str]:
        """The names of the states that the execution entered, in order."""
        return [e["stateEnteredEventDetails"]["name"] for e in self.history() if "stateEnteredEventDetails" in e]

    @property
    def takeovers(self) -> int:
        """How often the execution took over a claim: after a takeover it resolves the datasets again."""
        return list(pairwise(self.states)).count(("Pair claimed?", "Resolve datasets"))


@dataclass(frozen=True)
class Notification:
    """A message that a subscriber received."""

    subject: str
    message: str

    @property
    def outcome(self) -> str:
        return str(self.notice["Outcome"])

    @property
    def notice(self) -> dict[str, Any]:
        return read_notice(self.message)


class Executions:
    """Starts executions, and receives an event from EventBridge when an execution ends."""

    def __init__(self, aws: LocalAws, state_machine_arn: str) -> None:
        self._aws, self._stepfunctions = aws, aws.client("stepfunctions")
        self._sqs = aws.client("sqs")
        self._state_machine_arn = state_machine_arn
        self._ended: list[dict[str, Any]] = []
        self._inputs: dict[str, str] = {}  # by the ARN of the execution; an input never changes
        self._queue, queue_arn = create_queue(aws, "events.amazonaws.com")
        events = aws.client("events")
        pattern = {"source": ["aws.states"], "detail": {"status": ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]}}
        events.put_rule(Name="ended", EventPattern=json.dumps(pattern))
        events.put_targets(Rule="ended", Targets=[{"Id": "queue", "Arn": queue_arn}])

    def begin(self, given: Any, state_machine_arn: str | None = None) -> str:
        """Start an execution as the console does. Returns its ARN."""
        arn: str = self._stepfunctions.start_execution(
            stateMachineArn=state_machine_arn or self._state_machine_arn, input=json.dumps(given)
        )["executionArn"]
        return arn

    def run(self, given: Any) -> Execution:
        """Start an execution and wait until it has ended."""
        return self.wait_until_ended(self.begin(given))

    def _wait_for(self, wanted: Callable[[dict[str, Any]], bool], count: int = 1) -> list[Execution]:
        """The ended executions that match, once there are `count`, and functions have handled their endings.

        `wanted` takes the detail of an event.
        """
        while len(found := [ended for ended in self._ended if wanted(ended)]) < count:
            if not self._receive(LONGEST_WAIT):
                raise TimeoutError(f"No execution ended within {LONGEST_WAIT} seconds.")
        self._aws.wait_until_idle()
        return [self._describe(ended["executionArn"]) for ended in found]

    def wait_for_all(self, project_name: str, *, count: int) -> list[Execution]:
        """The executions whose input names the project, once `count` of them have ended."""
        return self._wait_for(lambda ended: project_name in ended["input"], count)

    def count_ended(self, project_name: str) -> int:
        """The number of ended executions whose input names the project."""
        self._receive(0)
        return sum(project_name in ended["input"] for ended in self._ended)

    def _receive(self, seconds: int) -> bool:
        """True if an event arrived within this time."""
        ended = [json.loads(body)["detail"] for body in take(self._sqs, self._queue, seconds=seconds)]
        self._ended += ended
        self._inputs |= {each["executionArn"]: each["input"] for each in ended}
        return bool(ended)

    def wait_until_ended_for(self, dataset_arn: str) -> Execution:
        """The execution that the creation of this dataset started, after it has ended."""
        return self._wait_for(lambda ended: f'"{dataset_arn}"' in json.dumps(json.loads(ended["input"])))[0]

    def count_started(self, given: str) -> int:
        """The number of executions whose input contains this text."""
        listed = self._stepfunctions.get_paginator("list_executions").paginate(stateMachineArn=self._state_machine_arn)
        arns = [execution["executionArn"] for page in listed for execution in page["executions"]]
        for arn in arns:
            if arn not in self._inputs:
                self._inputs[arn] = self._stepfunctions.describe_execution(executionArn=arn)["input"]
        return sum(given in self._inputs[arn] for arn in arns)

    def wait_until_ended(self, arn: str, *, times: int = 1) -> Execution:
        """This execution, after it has ended `times` times: a redriven execution ends again."""
        return self._wait_for(lambda ended: ended["executionArn"] == arn, times)[0]

    def wait_until_entered(self, arn: str, state: str, *, times: int) -> None:
        """Return when the execution has entered the state `times` times. AssertionError if it ends before that."""

        def has_entered_often_enough() -> bool:
            execution = self._describe(arn)
            entered = execution.states.count(state) >= times
            assert entered or execution.status == "RUNNING", execution
            return entered

        wait_until(has_entered_often_enough)

    def wait_until_running_for(self, dataset_arn: str) -> str:
        """The ARN of the execution that the creation of this dataset started, as soon as it runs."""
        return wait_until(lambda: self._find_running(dataset_arn))

    def wait_until_claimed(self, record: Callable[[], dict[str, str]], arn: str) -> None:
        """Return when the record names this execution as the owner of the claim."""
        wait_until(lambda: record().get("Execution") == arn)

    def redrive(self, arn: str) -> None:
        self._stepfunctions.redrive_execution(executionArn=arn)

    def abort(self, arn: str) -> None:
        self._stepfunctions.stop_execution(executionArn=arn)

    def _find_running(self, dataset_arn: str) -> str:
        listed = self._stepfunctions.list_executions(stateMachineArn=self._state_machine_arn, statusFilter="RUNNING")
        arns = [str(execution["executionArn"]) for execution in listed["executions"]]
        given = (self._stepfunctions.describe_execution(executionArn=arn)["input"] for arn in arns)
        return next((arn for arn, text in zip(arns, given, strict=True) if dataset_arn in text), "")

    def _describe(self, arn: str) -> Execution:
        found = self._stepfunctions.describe_execution(executionArn=arn)
        return Execution(
            arn=arn,
            status=found["status"],
            input=json.loads(found["input"]),
            output=json.loads(found["output"]) if found["status"] == "SUCCEEDED" else None,
            error=found.get("error", ""),
            cause=found.get("cause", ""),
            history=lambda: self._history(arn),
        )

    def _history(self, arn: str) -> list[dict[str, Any]]:
        pages = self._stepfunctions.get_paginator("get_execution_history").paginate(executionArn=arn)
        return [event for page in pages for event in page["events"]]


class Subscriber:
    """A queue that is subscribed to the topic. Executions return an execution after SNS has delivered its messages."""

    def __init__(self, aws: LocalAws, topic_arn: str, wanted: dict[str, Any] | None = None) -> None:
        """`wanted` is a filter policy."""
        self._sqs, self._sns = aws.client("sqs"), aws.client("sns")
        self._queue, queue_arn = create_queue(aws, "sns.amazonaws.com")
        self._subscription = self._sns.subscribe(
            TopicArn=topic_arn,
            Protocol="sqs",
            Endpoint=queue_arn,
            ReturnSubscriptionArn=True,
            Attributes={"FilterPolicy": json.dumps(wanted)} if wanted else {},
        )["SubscriptionArn"]

    def receive_all(self) -> list[Notification]:
        """The notifications that arrived since the last call."""
        messages = map(json.loads, take_all(self._sqs, self._queue))
        return [Notification(message.get("Subject", ""), message["Message"]) for message in messages]

    def unsubscribe(self) -> None:
        self._sns.unsubscribe(SubscriptionArn=self._subscription)


def read_records(aws: LocalAws, table: str, project_name: str) -> list[dict[str, str]]:
    """The records of the project, read with the query that the documentation gives, without the marks of endings."""
    found = aws.client("dynamodb").query(
        TableName=table,
        KeyConditionExpression="ProjectName = :p",
        ExpressionAttributeValues={":p": {"S": project_name}},
    )["Items"]
    items = [{name: next(iter(value.values())) for name, value in item.items()} for item in found]
    return [item for item in items if "/dataset/test/" in item["TestDatasetArn"]]


def _change_nothing(_states: dict[str, Any]) -> None:
    pass


@contextmanager
def change_definition(aws: LocalAws, arn: str, change: Change = _change_nothing, **members: Any) -> Iterator[None]:
    """Change the states of the deployed definition and set `members` of it while the block runs."""
    stepfunctions = aws.client("stepfunctions")
    deployed = stepfunctions.describe_state_machine(stateMachineArn=arn)["definition"]
    definition = {**json.loads(deployed), **members}
    change(definition["States"])
    stepfunctions.update_state_machine(stateMachineArn=arn, definition=json.dumps(definition))
    try:
        yield
    finally:
        stepfunctions.update_state_machine(stateMachineArn=arn, definition=deployed)


def copy_state_machine(aws: LocalAws, arn: str, change: Change) -> str:
    """The ARN of a copy of the state machine whose states are changed."""
    stepfunctions = aws.client("stepfunctions")
    deployed = stepfunctions.describe_state_machine(stateMachineArn=arn)
    definition = json.loads(deployed["definition"])
    change(definition["States"])
    changed = stepfunctions.create_state_machine(
        name=unique("changed"), definition=json.dumps(definition), roleArn=deployed["roleArn"]
    )
    return str(changed["stateMachineArn"])


def pair_without_execution(bench: Workbench, project: str, executions: Executions) -> tuple[str, str]:
    """A pair that no execution has claimed: the training dataset was empty when their events came."""
    training, test = bench.create(project, "TRAIN"), bench.create(project, "TEST")
    for dataset in (training, test):
        skipped = executions.wait_until_ended_for(dataset)
        assert skipped.status == "SUCCEEDED", skipped
        assert skipped.output["Outcome"] == "SKIPPED"
    bench.update(training, *images(10))
    # Not at once: with some settings of the service a read shows the state before the update.
    wait_until(lambda: bench.total(training) == 10 or bench.status(training) == "UPDATE_IN_PROGRESS")
    return training, test


def only(notifications: list[Notification]) -> Notification:
    """The single notification of the list. AssertionError if there is none, or more than one."""
    assert len(notifications) == 1
    return notifications[0]


def assert_notified_of_failure(execution: Execution, subscriber: Subscriber, error: str) -> None:
    """The execution failed with this error, and one notification gives the same error, cause and advice."""
    assert (execution.status, execution.error) == ("FAILED", error)
    assert "Notify people" in execution.states
    assert execution.states[-1] == "Failed"
    notification = only(subscriber.receive_all())
    assert notification.subject.startswith("FAILED: ")
    assert error in notification.subject
    notice = notification.notice
    assert f"{notice['Cause']}{ADVICE}{notice['Advice']}" == execution.cause
    assert (notice["Error"], notice["Execution"]) == (error, execution.arn)
