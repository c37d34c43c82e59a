"""RedriveExecution: an execution that did not succeed goes on with the state that it did not complete.

A redriven execution continues in a new record. The thread of an aborted run keeps the old record: MiniStack lets it
finish its current state, however long that takes, but ignores the result, and nothing waits for it.
"""

import contextvars
import json
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions

from local.ministack_patches.registry import patch

REDRIVABLE = ("FAILED", "ABORTED", "TIMED_OUT")
NEVER = {"redriveCount": 0}
STATES = ("pass", "task", "choice", "wait", "parallel", "map")

Record = dict[str, Any]
Result = tuple[Any, str | None]  # of a state: its output and the name of the next state
# The run of this thread. `place` is the result of the state that it left last, and the variables. A branch of a
# Parallel state has a thread, and so a place, of its own.
_run = threading.local()


@patch(
    "Step Functions: RedriveExecution continues an execution with the state that it did not complete",
    why='MiniStack has no RedriveExecution. Step Functions Developer Guide, "Restarting state machine executions with '
    'redrive in Step Functions".',
)
def install() -> None:
    stepfunctions.handle_request = _add_operation(stepfunctions.handle_request)
    stepfunctions._describe_execution = _describe_redrives(stepfunctions._describe_execution)
    stepfunctions._run_execution = _find_place(stepfunctions._run_execution)
    stepfunctions._add_event = _filter_events(stepfunctions._add_event)
    stepfunctions._fail_execution = _require_running(stepfunctions._fail_execution)
    for name in [f"_execute_{state}" for state in STATES]:
        setattr(stepfunctions, name, _remember_place(getattr(stepfunctions, name)))


def _add_operation(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def handle_request(method: str, path: str, headers: dict[str, str], body: bytes, query: Any) -> Any:
        if headers.get("x-amz-target", "").endswith(".RedriveExecution"):
            return stepfunctions._finalize_response(_redrive(json.loads(body)["executionArn"]))
        return await original(method, path, headers, body, query)

    return handle_request


def _redrive(arn: str) -> Any:
    former = stepfunctions._executions.get(arn)
    if not former:
        return error_response_json("ExecutionDoesNotExist", f"Execution {arn} not found")
    if former["status"] not in REDRIVABLE:
        return error_response_json("ExecutionNotRedrivable", f"Execution is {former['status']} and cannot be redriven")
    count, date = former.get("redrives", NEVER)["redriveCount"] + 1, stepfunctions.now_iso()
    execution = {**former, **dict.fromkeys(("stopDate", "output", "error", "cause")), "status": "RUNNING"}
    execution |= {"events": list(former["events"]), "redrives": {"redriveCount": count, "redriveDate": date}}
    details = {"executionRedrivenEventDetails": {"redriveCount": count}}
    stepfunctions._add_event(execution, "ExecutionRedriven", details)
    stepfunctions._executions[arn] = execution
    stepfunctions._emit_execution_status_event(execution)
    run = contextvars.copy_context().run
    threading.Thread(target=run, args=(stepfunctions._run_execution, arn), daemon=True).start()
    return json_response({"redriveDate": date})


def _describe_redrives(original: Callable[[Record], Any]) -> Callable[[Record], Any]:
    def describe_execution(request: Record) -> Any:
        status, headers, body = original(request)
        execution = stepfunctions._executions.get(request.get("executionArn"))
        if not execution:
            return status, headers, body
        redrivable = "REDRIVABLE" if execution["status"] in REDRIVABLE else "NOT_REDRIVABLE"
        redrives = {**execution.get("redrives", NEVER), "redriveStatus": redrivable}
        return json_response({**json.loads(body), **redrives})

    return describe_execution


def _find_place(original: Callable[[str], None]) -> Callable[[str], None]:
    """MiniStack begins every run at StartAt. A redriven run skips that state and goes on from its place."""

    def run_execution(arn: str) -> None:
        execution = stepfunctions._executions.get(arn, {})
        _run.place, _run.redrives = execution.get("place"), execution.get("redrives")
        _run.is_skipping = _run.place is not None
        original(arn)

    return run_execution


def _remember_place(original: Callable[..., Result]) -> Callable[..., Result]:
    def execute(state: Record, given: Any, *more: Any) -> Result:
        context = more[-1]
        if getattr(_run, "is_skipping", False):
            context["variables"] = dict(_run.place[1])
            context["Execution"]["RedriveTime"] = _run.redrives["redriveDate"]
        else:
            _run.place = original(state, given, *more), dict(context["variables"])
        result: Result = _run.place[0]
        return result

    return execute


def _filter_events(original: Callable[..., Any]) -> Callable[..., None]:
    """Drop the events of a skipped state, and those of a run that is over."""

    def add_event(execution: Record, event: str, details: Record | None = None) -> None:
        left = event.endswith("StateExited")
        if getattr(_run, "is_skipping", False) and (left or event.endswith("StateEntered")):
            _run.is_skipping = not left
        elif execution["status"] == "RUNNING" or event.startswith("Execution"):
            original(execution, event, details)
            if left:
                execution["place"] = _run.place

    return add_event


def _require_running(original: Callable[..., None]) -> Callable[..., None]:
    def fail_execution(execution: Record, error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            original(execution, error, cause)

    return fail_execution
