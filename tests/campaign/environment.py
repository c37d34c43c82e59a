"""Play a scenario on the local AWS, and gather what there is to see when all is over."""

import itertools
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from local.aws import LocalAws
from local.faults.fault import Fault
from local.queues import create_queue
from tests.campaign.scenario import HOUR, Scenario
from tests.support.notices import read_notice
from tests.support.workbench import Workbench, images

LONGEST_RUN = 120  # seconds of real time, in which every execution has to end
LOOKS_AT_MOST = 40  # for the state that a step waits for
HOLD = 0.03  # seconds of real time, which a state takes that a step waits for
LONG_AFTER = 100 * HOUR
LABELED = 10
ENDED = ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"]
UNSUCCESSFUL = ENDED[1:]


@dataclass(frozen=True)
class Ending:
    """Of an execution, `at` in epoch seconds: one that is redriven has several."""

    status: str
    error: str
    cause: str
    outcome: str
    reason: str
    at: float


@dataclass
class Told:
    """An execution, everything it ended as, and the messages and completion events that name it."""

    arn: str
    by_event: bool
    endings: list[Ending] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    announced: list[str] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    events: int = 0


@dataclass
class Aftermath:
    """`before_last`: what the service knew before the last start, which was by hand and without a fault."""

    executions: list[Told]
    last: Told
    stuck: list[str]
    before_last: dict[str, Any]
    truth: dict[str, Any]
    images: list[str]
    record: dict[str, str]
    struck: list[tuple[Fault, int]]
    unknown_messages: list[str]


class Stage:
    """A local AWS with the stack, and the queues on which it is heard what comes of it."""

    def __init__(self, aws: LocalAws, outputs: dict[str, str]) -> None:
        self._aws, self._outputs = aws, outputs
        self._stepfunctions, self._sqs = aws.client("stepfunctions"), aws.client("sqs")
        self._rekognition = aws.client("rekognition")
        s3 = aws.client("s3")
        s3.create_bucket(Bucket="chaos")
        self._bench = Workbench(aws, self._rekognition, s3, "chaos")
        self._messages, topic_queue = create_queue(aws, "sns.amazonaws.com")
        aws.client("sns").subscribe(TopicArn=outputs["TopicArn"], Protocol="sqs", Endpoint=topic_queue)
        self._endings = self._queue_of("endings", {"source": ["aws.states"], "detail": {"status": ENDED}})
        self._completions = self._queue_of("completions", {"source": ["dataset-distribution"]})
        self._numbers = itertools.count()

    def _queue_of(self, name: str, pattern: dict[str, Any]) -> str:
        """The URL of a queue for the events of this pattern."""
        url, arn = create_queue(self._aws, "events.amazonaws.com")
        events = self._aws.client("events")
        events.put_rule(Name=name, EventPattern=json.dumps(pattern))
        events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": arn}])
        return url

    def play(self, scenario: Scenario) -> Aftermath:
        """Everything, from an empty service on."""
        self._aws.reset()
        self._aws.configure(**scenario.settings)
        self._aws.follow_waits(True)
        play = _Play(self, scenario, f"run-{next(self._numbers)}")
        return play.perform()

    def drain(self, queue: str, seconds: int = 0) -> list[Any]:
        bodies: list[Any] = []
        while received := self._receive(queue, 0 if bodies else seconds):
            bodies += [json.loads(message["Body"]) for message in received]
            entries = [{"Id": str(n), "ReceiptHandle": each["ReceiptHandle"]} for n, each in enumerate(received)]
            self._sqs.delete_message_batch(QueueUrl=queue, Entries=entries)
        return bodies

    def _receive(self, queue: str, seconds: int) -> list[Any]:
        received = self._sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=seconds)
        return received.get("Messages") or []


class _Play:
    """One scenario, once."""

    def __init__(self, stage: Stage, scenario: Scenario, name: str) -> None:
        self._stage, self._scenario, self._name = stage, scenario, name
        self._aws, self._bench = stage._aws, stage._bench
        self._stepfunctions, self._rekognition = stage._stepfunctions, stage._rekognition
        self._project = self._rekognition.create_project(ProjectName=name)["ProjectArn"]
        self._images: list[str] = []
        self._datasets: dict[str, str] = {}
        self._executions: dict[str, Told] = {}
        self._said: list[str] = []
        self._announced: list[dict[str, Any]] = []

    def perform(self) -> Aftermath:
        faults = [*self._scenario.faults, *map(_hold, {step.when for step in self._scenario.steps if step.when})]
        self._aws.inject(*faults)
        for step in self._scenario.steps:
            self._await_moment(step.when)
            _ACTIONS[step.what](self)
        stuck = self._await_ends()
        self._aws.advance(LONG_AFTER)
        stuck += self._await_ends()
        if self._scenario.redrives and not stuck:
            self._redrive()
            stuck += self._await_ends()
        struck = list(zip(faults, self._aws.struck(), strict=True))[: len(self._scenario.faults)]
        self._aws.inject()
        self._aws.advance(LONG_AFTER)
        before_last = self._aws.truth()
        last = self._start()
        stuck += self._await_ends()
        self._hear()
        return Aftermath(
            executions=list(self._executions.values()),
            last=self._executions.get(last, Told(last, by_event=False)),
            stuck=stuck,
            before_last=before_last,
            truth=self._aws.truth(),
            images=self._images,
            record=self._record(),
            struck=struck,
            unknown_messages=self._attribute(),
        )

    def create(self, type_: str, content: Any) -> None:
        self._attempt(lambda: self._datasets.update({type_: self._bench.begin(self._project, type_, content)}))

    def create_train(self) -> None:
        lines = {"enough": images(LABELED), "one image": images(1), "nothing": None}.get(self._scenario.content)
        content = ["this is no manifest"] if self._scenario.content == "no manifest" else lines
        self.create("TRAIN", content)
        self._images += [json.loads(line)["source-ref"] for line in lines or []]

    def create_test(self) -> None:
        self.create("TEST", None)

    def create_test_anew(self) -> None:
        self.delete("TEST")
        self._aws.advance(HOUR)
        self.create_test()

    def delete(self, type_: str) -> None:
        self._attempt(lambda: self._rekognition.delete_dataset(DatasetArn=self._datasets.get(type_, "")))

    def label_more(self) -> None:
        self._add("TRAIN", images(5, "clean"))

    def fill_the_test_dataset(self) -> None:
        self._add("TEST", images(3, "by hand"))

    def start(self) -> None:
        self._start()

    def abort(self) -> None:
        for arn in self._running():
            self._attempt(partial(self._stepfunctions.stop_execution, executionArn=arn))

    def _add(self, type_: str, lines: list[str]) -> None:
        if self._attempt(lambda: self._bench.update(self._datasets.get(type_, ""), *lines)):
            self._images += [json.loads(line)["source-ref"] for line in lines]

    def _attempt(self, action: Callable[[], Any]) -> bool:
        """What people do can be refused."""
        try:
            action()
        except (ClientError, ValueError):
            return False
        except Exception as error:
            if "ParamValidation" not in type(error).__name__:
                raise
            return False
        return True

    def _start(self) -> str:
        started = self._stepfunctions.start_execution(
            stateMachineArn=self._stage._outputs["StateMachineArn"], input=json.dumps({"ProjectArn": self._project})
        )
        return str(started["executionArn"])

    def _running(self) -> list[str]:
        machine = self._stage._outputs["StateMachineArn"]
        listed = self._stepfunctions.list_executions(stateMachineArn=machine, statusFilter="RUNNING")
        return [execution["executionArn"] for execution in listed["executions"]]

    def _await_moment(self, state: str) -> None:
        """Until an execution is in the state, or has been, or a while has passed."""
        for _ in range(LOOKS_AT_MOST if state else 0):
            running = self._running()
            if not running or any(state in self._history(arn)[0] for arn in running):
                return

    def _await_ends(self) -> list[str]:
        """Those that do not end; they are stopped."""
        began = time.monotonic()
        while running := self._running():
            self._hear(seconds=1)
            if time.monotonic() - began > LONGEST_RUN:
                self.abort()
                return [f"{arn}: … {' → '.join(self._history(arn)[0][-8:])}" for arn in running]
        self._hear()
        return []

    def _redrive(self) -> None:
        for arn, execution in list(self._executions.items()):
            if execution.endings[-1].status in UNSUCCESSFUL:
                self._stepfunctions.redrive_execution(executionArn=arn)

    def _hear(self, seconds: int = 0) -> None:
        """What is there, or the next to come within that time."""
        for event in self._stage.drain(self._stage._endings, seconds):
            detail = event["detail"]
            if self._name in detail["input"]:
                arn = detail["executionArn"]
                execution = self._executions.setdefault(arn, Told(arn, by_event='"detail-type"' in detail["input"]))
                execution.endings.append(_ending(detail))
                execution.states, execution.events = self._history(arn)
        self._said += [message["Message"] for message in self._stage.drain(self._stage._messages)]
        self._announced += [event["detail"] for event in self._stage.drain(self._stage._completions)]

    def _attribute(self) -> list[str]:
        """Give each execution the messages that are its own; those that are of none."""
        for execution in self._executions.values():
            execution.messages = [message for message in self._said if _is_of(execution.arn, message)]
            execution.announced = [
                notice["Outcome"] for notice in self._announced if notice["Execution"] == execution.arn
            ]
        return [message for message in self._said if not any(_is_of(arn, message) for arn in self._executions)]

    def _history(self, arn: str) -> tuple[list[str], int]:
        pages = self._stepfunctions.get_paginator("get_execution_history").paginate(executionArn=arn)
        events = [event for page in pages for event in page["events"]]
        entered = [e["stateEnteredEventDetails"]["name"] for e in events if "stateEnteredEventDetails" in e]
        return entered, len(events)

    def _record(self) -> dict[str, str]:
        test = self._datasets.get("TEST")
        key = {"ProjectName": {"S": self._name}, "TestDatasetArn": {"S": str(test)}}
        found = self._aws.client("dynamodb").get_item(TableName=self._stage._outputs["RecordsTable"], Key=key)
        return {name: next(iter(value.values())) for name, value in found.get("Item", {}).items()}


_ACTIONS: dict[str, Callable[[_Play], None]] = {
    "create TRAIN": _Play.create_train,
    "create TEST": _Play.create_test,
    "create TEST anew": _Play.create_test_anew,
    "delete TEST": lambda play: play.delete("TEST"),
    "delete TRAIN": lambda play: play.delete("TRAIN"),
    "label more": _Play.label_more,
    "fill the test dataset": _Play.fill_the_test_dataset,
    "start": _Play.start,
    "abort": _Play.abort,
}


def _is_of(execution: str, message: str) -> bool:
    """A notice names its execution; its cause may name another one. A text names its own only."""
    return bool(read_notice(message).get("Execution", execution) == execution) and execution in message


def _hold(state: str) -> Fault:
    return Fault(f"state:{state}", seconds=HOLD)


def _ending(detail: dict[str, Any]) -> Ending:
    output = json.loads(detail["output"]) if detail.get("output") and detail["status"] == "SUCCEEDED" else {}
    return Ending(
        status=detail["status"],
        error=detail.get("error") or "",
        cause=detail.get("cause") or "",
        outcome=output.get("Outcome", ""),
        reason=output.get("Reason", ""),
        at=detail["stopDate"] / 1000,
    )
