"""Waits can move a clock instead of taking time. An execution ends at its deadline, and begins no task after its end.

While a wait of one execution moves the clock, the work of the others takes longer on that clock.
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
from typing import Any, NoReturn, Protocol

from ministack.services import stepfunctions

from local.ministack_patches.registry import patch

Record = dict[str, Any]
# The execution of a thread, and its deadline in epoch seconds. TestState has no execution.
_run: ContextVar[tuple[Record, float]] = ContextVar("run", default=({"status": "RUNNING"}, inf))
# The run is over: no Catch catches this, and it ends a thread without a message.
_Over = SystemExit


class Clock(Protocol):
    """A clock in epoch seconds that waits can move."""

    @property
    def follows_waits(self) -> bool:
        """Whether waits move this clock now. If not, Step Functions has real time."""

    def now(self) -> float: ...

    def move_to(self, moment: float) -> None:
        """Move the clock forward to the moment, unless it is later already."""


_clock: Clock | None = None


def use_clock(clock: Clock) -> None:
    """Let Step Functions have this clock while the clock follows waits."""
    global _clock
    _clock = clock


@patch(
    "Step Functions: waits can move a clock; MaxDelaySeconds, JitterStrategy and the timeout of an execution count; an "
    "execution that has ended begins no task",
    why="MiniStack waits in real time or not at all, ignores MaxDelaySeconds and JitterStrategy, and lets an execution "
    "run for ever. It goes on inside a Map when somebody has stopped the execution. Step Functions Developer Guide, "
    '"Handling errors in Step Functions workflows" and "State machine structure in Amazon States Language for Step '
    'Functions workflows".',
)
def install() -> None:
    stepfunctions.now_iso = _now_iso
    # MiniStack sleeps a moment before each execution begins; this one does not.
    stepfunctions.time = SimpleNamespace(time=time.time, monotonic=time.monotonic, sleep=lambda _: None)
    stepfunctions._scaled_sleep = _wait
    stepfunctions._sleep_until = _wait_until
    stepfunctions._find_matching_retrier = _wait_before_retry(stepfunctions._find_matching_retrier)
    stepfunctions._add_event = _check_deadline(stepfunctions._add_event)
    stepfunctions._run_execution = _set_deadline(stepfunctions._run_execution)
    stepfunctions._execute_task = _require_running(stepfunctions._execute_task)


def _moved_clock() -> Clock | None:
    """The clock that waits move, or None for real time."""
    return _clock if _clock is not None and _clock.follows_waits else None


def _now() -> float:
    clock = _moved_clock()
    return clock.now() if clock else time.time()


def _now_iso() -> str:
    return datetime.fromtimestamp(_now(), UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _wait(seconds: float) -> None:
    """Wait until the seconds have passed, or until the deadline, which ends the execution.

    A run that is over does not wait.
    """
    (execution, deadline), clock, began = _run.get(), _moved_clock(), _now()
    if execution["status"] != "RUNNING":
        raise _Over
    until = began + seconds * (1 if clock else stepfunctions._SFN_WAIT_SCALE)
    if clock:
        clock.move_to(min(until, deadline))
    else:
        time.sleep(max(0.0, min(until, deadline) - began))
    if until > deadline:
        _time_out(execution)


def _wait_until(timestamp: str) -> None:
    _wait(max(0.0, (stepfunctions._iso_to_epoch_ms(timestamp) or 0) / 1000 - _now()))


def _wait_before_retry(original: Callable[..., Any]) -> Callable[..., Any]:
    """Return the retrier once the pause before the next attempt is over."""

    def find_matching_retrier(retriers: list[Record], error: str, counts: dict[int, int]) -> Any:
        retrier, index = original(retriers, error, counts)
        if retrier:
            seconds = retrier.get("IntervalSeconds", 1) * retrier.get("BackoffRate", 2.0) ** counts.get(index, 0)
            longest = min(seconds, retrier.get("MaxDelaySeconds", inf))
            _wait(random.uniform(0, longest) if retrier.get("JitterStrategy") == "FULL" else longest)
            retrier = {**retrier, "IntervalSeconds": 0}
        return retrier, index

    return find_matching_retrier


def _check_deadline(original: Callable[..., None]) -> Callable[..., None]:
    def add_event(execution: Record, event: str, details: Record | None = None) -> None:
        if event.endswith("StateEntered") and _now() > _run.get()[1]:
            _time_out(execution)
        original(execution, event, details)

    return add_event


_ending = Lock()  # branches of a Parallel state may reach the deadline at the same time


def _time_out(execution: Record) -> NoReturn:
    """End the execution. As on AWS, the error is in the history, and neither in the description nor in the event."""
    with _ending:
        if execution["status"] != "RUNNING":
            raise _Over
        execution |= {"status": "TIMED_OUT", "stopDate": _now_iso()}
    details = {"executionTimedOutEventDetails": {"error": "States.Timeout"}}
    stepfunctions._add_event(execution, "ExecutionTimedOut", details)
    stepfunctions._emit_execution_status_event(execution)
    raise _Over


def _set_deadline(original: Callable[[str], None]) -> Callable[[str], None]:
    """A redrive resets the deadline."""

    def run_execution(arn: str) -> None:
        execution = stepfunctions._executions[arn]
        machine = stepfunctions._state_machines.get(execution["stateMachineArn"], {"definition": "{}"})
        began = execution.get("redrives", {}).get("redriveDate", execution["startDate"])
        seconds = inf
        with suppress(ValueError):  # the execution fails because of it
            seconds = json.loads(machine["definition"]).get("TimeoutSeconds", inf)
        outer = _run.set((execution, stepfunctions._iso_to_epoch_ms(began) / 1000 + seconds))
        with suppress(_Over):
            original(arn)
        _run.reset(outer)

    return run_execution


def _require_running(original: Callable[..., Any]) -> Callable[..., Any]:
    def execute_task(*given: Any) -> Any:
        if _run.get()[0]["status"] != "RUNNING":
            raise _Over
        return original(*given)

    return execute_task
