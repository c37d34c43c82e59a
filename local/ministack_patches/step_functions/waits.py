"""Step Functions' waits can move the clock instead of taking time, and an execution ends when its time is up.

MiniStack waits in real time or not at all, heeds no MaxDelaySeconds and no JitterStrategy, and lets an execution go on
for ever. While one execution moves the clock, whatever the others are doing takes that much longer.
"""

import json
import random
import time
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from math import inf
from threading import Lock
from types import SimpleNamespace
from typing import Any, NoReturn

from ministack.services import stepfunctions

from local.custom_labels.service import CustomLabels

Record = dict[str, Any]
# The execution that a thread runs, and its deadline in epoch seconds. What TestState runs is none.
_run: ContextVar[tuple[Record, float]] = ContextVar("run", default=({"status": "RUNNING"}, inf))
# Nothing more comes of the run: no Catch catches this, and a thread ends with it without a word.
_Over = SystemExit


def install(service: CustomLabels) -> None:
    """Give Step Functions a clock that may be the service's, and executions their deadlines."""
    waits = _Waits(service)
    stepfunctions.now_iso = waits.now_iso
    # An execution begins at once; MiniStack lets each wait a moment.
    stepfunctions.time = SimpleNamespace(time=time.time, monotonic=time.monotonic, sleep=lambda _: None)
    stepfunctions._scaled_sleep = waits.wait
    stepfunctions._sleep_until = waits.wait_until
    stepfunctions._find_matching_retrier = waits.as_it_says(stepfunctions._find_matching_retrier)
    stepfunctions._add_event = waits.in_time(stepfunctions._add_event)
    stepfunctions._run_execution = _with_deadline(stepfunctions._run_execution)


class _Waits:
    """By the service's clock while that follows waits, and by real time otherwise."""

    def __init__(self, service: CustomLabels) -> None:
        self._service, self._ending = service, Lock()

    def now(self) -> float:
        return self._service.clock.now() if self._service.clock.follows_waits else time.time()

    def now_iso(self) -> str:
        return datetime.fromtimestamp(self.now(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def wait(self, seconds: float) -> None:
        """Until they have passed or the execution's time is up, which ends it. A run that is over does not wait."""
        (execution, deadline), began, moves = _run.get(), self.now(), self._service.clock.follows_waits
        if execution["status"] != "RUNNING":
            raise _Over
        until = began + seconds * (1 if moves else stepfunctions._SFN_WAIT_SCALE)
        if moves:
            self._service.move_to(min(until, deadline))
        else:
            time.sleep(max(0.0, min(until, deadline) - began))
        if until > deadline:
            self._time_out(execution)

    def wait_until(self, timestamp: str) -> None:
        self.wait(max(0.0, (stepfunctions._iso_to_epoch_ms(timestamp) or 0) / 1000 - self.now()))

    def as_it_says(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """A retrier, with the pause until the next try behind it."""

        def find_matching_retrier(retriers: list[Record], error: str, counts: dict[int, int]) -> Any:
            retrier, index = original(retriers, error, counts)
            if retrier and self._service.clock.follows_waits:
                seconds = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** counts.get(index, 0)
                longest = min(seconds, retrier.get("MaxDelaySeconds", inf))
                self.wait(random.uniform(0, longest) if retrier.get("JitterStrategy") == "FULL" else longest)
                retrier = {**retrier, "IntervalSeconds": 0}
            return retrier, index

        return find_matching_retrier

    def in_time(self, original: Callable[..., None]) -> Callable[..., None]:
        def add_event(execution: Record, event: str, details: Record | None = None) -> None:
            if event.endswith("StateEntered") and self.now() > _run.get()[1]:
                self._time_out(execution)
            original(execution, event, details)

        return add_event

    def _time_out(self, execution: Record) -> NoReturn:
        """The error is in the history, and neither in the description nor in the event, as on AWS."""
        with self._ending:  # branches may get here together
            if execution["status"] != "RUNNING":
                raise _Over
            execution |= {"status": "TIMED_OUT", "stopDate": self.now_iso()}
        details = {"executionTimedOutEventDetails": {"error": "States.Timeout"}}
        stepfunctions._add_event(execution, "ExecutionTimedOut", details)
        stepfunctions._emit_execution_status_event(execution)
        raise _Over


def _with_deadline(original: Callable[[str], None]) -> Callable[[str], None]:
    """Whoever redrives an execution gives it its time anew."""

    def run_execution(arn: str) -> None:
        execution = stepfunctions._executions[arn]
        machine = stepfunctions._state_machines.get(execution["stateMachineArn"], {"definition": "{}"})
        began = execution.get("redrives", {}).get("redriveDate", execution["startDate"])
        seconds = inf
        with suppress(ValueError):  # the execution fails of it
            seconds = json.loads(machine["definition"]).get("TimeoutSeconds", inf)
        outer = _run.set((execution, stepfunctions._iso_to_epoch_ms(began) / 1000 + seconds))
        with suppress(_Over):
            original(arn)
        _run.reset(outer)

    return run_execution
