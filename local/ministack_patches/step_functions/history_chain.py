"""Each event of an execution's history names the event before it."""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from ministack.services import stepfunctions

from local.ministack_patches.registry import patch

Record = dict[str, Any]

# Of a thread: a branch of a Parallel state continues the chain from where it began.
_last: ContextVar[int] = ContextVar("id of the last event", default=0)


@patch(
    "Step Functions: each event of a history has a previousEventId",
    why="MiniStack writes none. GetExecutionHistory, AWS Step Functions API Reference: its example has 0 for the start "
    "of the execution and for the first state. LocalStack's recording of AWS (test_sfn_api.snapshot.json) has 0 for an "
    "abort. Nothing says what a redrive has: here it follows the end before it, and the next state follows it.",
)
def install() -> None:
    stepfunctions._emit_execution_status_event = _complete_start(stepfunctions._emit_execution_status_event)
    stepfunctions._run_execution = _begin(stepfunctions._run_execution)
    stepfunctions._add_event = _chain(stepfunctions._add_event)


def _complete_start(original: Callable[[Record], None]) -> Callable[[Record], None]:
    """MiniStack writes the first event itself, and publishes the new status before the execution runs."""

    def emit(execution: Record) -> None:
        execution["events"][0]["previousEventId"] = 0
        original(execution)

    return emit


def _begin(original: Callable[[str], None]) -> Callable[[str], None]:
    def run_execution(arn: str) -> None:
        events = stepfunctions._executions.get(arn, {}).get("events", [])
        _last.set(len(events) if len(events) > 1 else 0)  # a redriven run continues
        original(arn)

    return run_execution


def _chain(original: Callable[..., Record]) -> Callable[..., Record]:
    def add_event(execution: Record, event: str, details: Record | None = None) -> Record:
        written = original(execution, event, details)
        match event:
            case "ExecutionAborted":
                written["previousEventId"] = 0
            case "ExecutionRedriven":
                written["previousEventId"] = written["id"] - 1
            case _:
                written["previousEventId"] = _last.get()
                _last.set(written["id"])
        return written

    return add_event
