"""Run a scenario on the local AWS, and collect the observations that the promises are checked against."""

import json
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from lambdas.rules.input.execution_input import PERSON, SCHEDULE, find_started_by
from local.faults.fault import Fault
from tests.campaign.environment import Environment
from tests.campaign.observations import Observations, ObservedExecution, read_ending
from tests.campaign.scenario import HOUR, Scenario
from tests.support.executions import BETWEEN_LOOKS
from tests.support.notices import read_notice
from tests.support.workbench import images

LONGEST_RUN = 120  # seconds of real time, after which an execution counts as unended
MAX_POLLS = 40  # for the state that a step waits for
HOLD_SECONDS = 0.03  # of real time: how much longer a state takes if a step waits for it
LONG_AFTER = 24 * HOUR  # longer than everything takes; a day, after which the next sweep comes
ENOUGH_IMAGES = 10


def observe(environment: Environment, scenario: Scenario) -> Observations:
    """Reset the service, run the scenario, and return what was observed."""
    environment.aws.reset()
    environment.aws.configure(**scenario.settings)
    environment.aws.follow_waits(True)
    return _ScenarioRun(environment, scenario, environment.new_name()).run()


class _ScenarioRun:
    """One run of a scenario, with a project of its own."""

    def __init__(self, environment: Environment, scenario: Scenario, name: str) -> None:
        self._environment, self._scenario, self._name = environment, scenario, name
        self._aws, self._bench = environment.aws, environment.bench
        self._stepfunctions, self._rekognition = environment.stepfunctions, environment.rekognition
        self._project = self._rekognition.create_project(ProjectName=name)["ProjectArn"]
        self._images: list[str] = []
        self._datasets: dict[str, str] = {}
        self._executions: dict[str, ObservedExecution] = {}
        self._messages: list[str] = []
        self._completions: list[dict[str, Any]] = []

    def run(self) -> Observations:
        holds = map(_make_hold, {step.state for step in self._scenario.steps if step.state})
        faults = [*self._scenario.faults, *holds]
        self._aws.inject(*faults)
        self._environment.pass_endings(not self._scenario.endings_lost)
        for step in self._scenario.steps:
            self._wait_for_state(step.state)
            _ACTIONS[step.action](self)
        unended = self._wait_for_ends()
        self._aws.advance(LONG_AFTER)
        unended += self._wait_for_ends()
        if self._scenario.redrives and not unended:
            self._redrive()
            unended += self._wait_for_ends()
        fault_counts = list(zip(faults, self._aws.match_counts(), strict=True))[: len(self._scenario.faults)]
        self._aws.inject()
        self._environment.pass_endings(True)
        unended += self._notify_of_endings()
        self._aws.advance(LONG_AFTER)
        if self._scenario.sweeps:
            self.sweep()
            unended += self._wait_for_ends()
        state_before_last = self._aws.internal_state()
        last = self._start()
        unended += self._wait_for_ends()
        self._collect()
        return Observations(
            executions=list(self._executions.values()),
            last=self._executions.get(last, ObservedExecution(last, PERSON)),
            unended=unended,
            state_before_last=state_before_last,
            internal_state=self._aws.internal_state(),
            images=self._images,
            record=self._read_record(),
            fault_counts=fault_counts,
            unassigned_messages=self._assign_messages(),
        )

    def _notify_of_endings(self) -> list[str]:
        """People may not have been notified of an ending. A sweep or a call of the function notifies them."""
        if self._scenario.sweeps:
            self.sweep()
        else:
            self._environment.notify_of([arn for arn, each in self._executions.items() if each.unsuccessful])
        return self._wait_for_ends()

    def create(self, type_: str, content: Any) -> None:
        self._try(lambda: self._datasets.update({type_: self._bench.begin(self._project, type_, content)}))

    def create_train(self) -> None:
        lines = {"enough": images(ENOUGH_IMAGES), "one image": images(1), "nothing": None}.get(self._scenario.content)
        content = ["this is no manifest"] if self._scenario.content == "no manifest" else lines
        self.create("TRAIN", content)
        self._images += [json.loads(line)["source-ref"] for line in lines or []]

    def create_test(self) -> None:
        self.create("TEST", None)

    def recreate_test(self) -> None:
        self.delete("TEST")
        self._aws.advance(HOUR)
        self.create_test()

    def delete(self, type_: str) -> None:
        self._try(lambda: self._rekognition.delete_dataset(DatasetArn=self._datasets.get(type_, "")))

    def add_training_images(self) -> None:
        self._add("TRAIN", images(5, "clean"))

    def add_test_images(self) -> None:
        self._add("TEST", images(3, "added"))

    def start(self) -> None:
        self._start()

    def sweep(self) -> None:
        """Start a sweep as the schedule does."""
        machine = self._environment.outputs["SweepStateMachineArn"]
        self._stepfunctions.start_execution(stateMachineArn=machine, input=json.dumps({"StartedBy": SCHEDULE}))

    def abort(self) -> None:
        for arn in self._list_running():
            self._try(partial(self._stepfunctions.stop_execution, executionArn=arn))

    def _add(self, type_: str, lines: list[str]) -> None:
        if self._try(lambda: self._bench.update(self._datasets.get(type_, ""), *lines)):
            self._images += [json.loads(line)["source-ref"] for line in lines]

    def _try(self, action: Callable[[], Any]) -> bool:
        """Whether the action of a person succeeded. The service may refuse it."""
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
        """Start an execution as a person does. Returns its ARN."""
        machine = self._environment.outputs["StateMachineArn"]
        given = json.dumps({"ProjectArn": self._project})
        return str(self._stepfunctions.start_execution(stateMachineArn=machine, input=given)["executionArn"])

    def _list_running(self) -> list[str]:
        """The running executions of the workflow and of the sweep. A sweep that ends may have started an execution."""
        listed = [
            self._stepfunctions.list_executions(stateMachineArn=self._environment.outputs[name], statusFilter="RUNNING")
            for name in ("SweepStateMachineArn", "StateMachineArn")
        ]
        return [execution["executionArn"] for each in listed for execution in each["executions"]]

    def _wait_for_state(self, state: str) -> None:
        """Return when a running execution has entered the state, when none runs, or after MAX_POLLS polls."""
        for _ in range(MAX_POLLS if state else 0):
            running = self._list_running()
            if not running or any(state in self._read_states(arn) for arn in running):
                return
            time.sleep(BETWEEN_LOOKS)

    def _wait_for_ends(self) -> list[str]:
        """A sentence for each execution that did not end within LONGEST_RUN. Aborts these executions."""
        began = time.monotonic()
        while running := self._list_running():
            self._collect(seconds=1)
            if time.monotonic() - began > LONGEST_RUN:
                self.abort()
                return [f"{arn}: … {' → '.join(self._read_states(arn)[-8:])}" for arn in running]
        self._collect()
        # The last call of an aborted sweep may have started an execution.
        return self._wait_for_ends() if self._list_running() else []

    def _redrive(self) -> None:
        for arn, execution in list(self._executions.items()):
            if execution.unsuccessful:
                self._stepfunctions.redrive_execution(executionArn=arn)

    def _collect(self, seconds: int = 0) -> None:
        """Take endings, messages and completion events from the queues. Waits up to `seconds` for an ending."""
        for event in self._environment.receive_all(self._environment.endings, seconds):
            detail = event["detail"]
            if self._name in detail["input"]:
                arn = detail["executionArn"]
                observed = ObservedExecution(arn, find_started_by(json.loads(detail["input"])))
                execution = self._executions.setdefault(arn, observed)
                execution.endings.append(read_ending(detail))
                execution.entered, execution.event_count = self._read_history(arn)
        self._aws.wait_until_idle()
        messages = self._environment.receive_all(self._environment.messages)
        self._messages += [message["Message"] for message in messages]
        completions = self._environment.receive_all(self._environment.completions)
        self._completions += [event["detail"] for event in completions]

    def _assign_messages(self) -> list[str]:
        """Give each execution its messages and completion events. Returns the messages of no execution."""
        for execution in self._executions.values():
            execution.messages = [message for message in self._messages if _is_from(execution.arn, message)]
            execution.completions = [
                notice["Outcome"] for notice in self._completions if notice["Execution"] == execution.arn
            ]
        return [message for message in self._messages if not any(_is_from(arn, message) for arn in self._executions)]

    def _read_states(self, arn: str) -> list[str]:
        """The names of the entered states."""
        return [state for state, _ in self._read_history(arn)[0]]

    def _read_history(self, arn: str) -> tuple[list[tuple[str, float]], int]:
        """Each entered state with the moment in epoch seconds, and the number of events."""
        pages = self._stepfunctions.get_paginator("get_execution_history").paginate(executionArn=arn)
        events = [event for page in pages for event in page["events"]]
        entered = [e for e in events if "stateEnteredEventDetails" in e]
        return [(e["stateEnteredEventDetails"]["name"], e["timestamp"].timestamp()) for e in entered], len(events)

    def _read_record(self) -> dict[str, str]:
        test = self._datasets.get("TEST")
        key = {"ProjectName": {"S": self._name}, "TestDatasetArn": {"S": str(test)}}
        table = self._environment.outputs["RecordsTable"]
        found = self._aws.client("dynamodb").get_item(TableName=table, Key=key)
        return {name: next(iter(value.values())) for name, value in found.get("Item", {}).items()}


_ACTIONS: dict[str, Callable[[_ScenarioRun], None]] = {
    "create TRAIN": _ScenarioRun.create_train,
    "create TEST": _ScenarioRun.create_test,
    "recreate TEST": _ScenarioRun.recreate_test,
    "delete TEST": lambda run: run.delete("TEST"),
    "delete TRAIN": lambda run: run.delete("TRAIN"),
    "add training images": _ScenarioRun.add_training_images,
    "add test images": _ScenarioRun.add_test_images,
    "start": _ScenarioRun.start,
    "abort": _ScenarioRun.abort,
    "sweep": _ScenarioRun.sweep,
}


def _is_from(execution: str, message: str) -> bool:
    """Whether the message is about this execution. The cause of a notice may name another execution too."""
    return bool(read_notice(message).get("Execution", execution) == execution) and execution in message


def _make_hold(state: str) -> Fault:
    return Fault(f"state:{state}", seconds=HOLD_SECONDS)
