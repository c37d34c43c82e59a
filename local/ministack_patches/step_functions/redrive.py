"""A redriven execution goes on with the state that it did not get through; MiniStack has no RedriveExecution.

It goes on in a record of its own. A run that was aborted keeps the record it had, in which it is over: MiniStack lets
it finish the state that it is in, however long that takes, but nothing comes of it, and nobody has to wait for it.
"""

import contextvars
import json
import threading
from collections.abc import Awaitable, Callable
from typing import Any

from ministack.core.responses import error_response_json, json_response
from ministack.services import stepfunctions

REDRIVABLE = ("FAILED", "ABORTED", "TIMED_OUT")
NEVER = {"redriveCount": 0}
STATES = ("pass", "task", "choice", "wait", "parallel", "map")

Record = dict[str, Any]
Result = tuple[Any, str | None]  # of a state: its output, and which one is next
_run = threading.local()  # its place: the result of the state it left last, and the variables; a branch has its own


def install() -> None:
    """Give Step Functions RedriveExecution."""
    stepfunctions.handle_request = _with_redrive(stepfunctions.handle_request)
    stepfunctions._describe_execution = _with_redrives(stepfunctions._describe_execution)
    stepfunctions._run_execution = _going_on(stepfunctions._run_execution)
    stepfunctions._add_event = _until_it_ends(stepfunctions._add_event)
    stepfunctions._fail_execution = _unless_ended(stepfunctions._fail_execution)
    for name in [f"_execute_{state}" for state in STATES]:
        setattr(stepfunctions, name, _remembered(getattr(stepfunctions, name)))


def _with_redrive(original: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
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


def _with_redrives(original: Callable[[Record], Any]) -> Callable[[Record], Any]:
    def describe_execution(request: Record) -> Any:
        status, headers, body = original(request)
        execution = stepfunctions._executions.get(request.get("executionArn"))
        if not execution:
            return status, headers, body
        redrivable = "REDRIVABLE" if execution["status"] in REDRIVABLE else "NOT_REDRIVABLE"
        redrives = {**execution.get("redrives", NEVER), "redriveStatus": redrivable}
        return json_response({**json.loads(body), **redrives})

    return describe_execution


def _going_on(original: Callable[[str], None]) -> Callable[[str], None]:
    """MiniStack begins every run at StartAt. One that is redriven passes that state over, to where it goes on."""

    def run_execution(arn: str) -> None:
        execution = stepfunctions._executions.get(arn, {})
        _run.place, _run.redrives = execution.get("place"), execution.get("redrives")
        _run.passing_over = _run.place is not None
        original(arn)

    return run_execution


def _remembered(original: Callable[..., Result]) -> Callable[..., Result]:
    def execute(state: Record, given: Any, *more: Any) -> Result:
        context = more[-1]
        if getattr(_run, "passing_over", False):
            context["variables"] = dict(_run.place[1])
            context["Execution"]["RedriveTime"] = _run.redrives["redriveDate"]
        else:
            _run.place = original(state, given, *more), dict(context["variables"])
        result: Result = _run.place[0]
        return result

    return execute


def _until_it_ends(original: Callable[..., Any]) -> Callable[..., None]:
    def add_event(execution: Record, event: str, details: Record | None = None) -> None:
        left = event.endswith("StateExited")
        if getattr(_run, "passing_over", False) and (left or event.endswith("StateEntered")):
            _run.passing_over = not left
        elif execution["status"] == "RUNNING" or event.startswith("Execution"):
            original(execution, event, details)
            if left:
                execution["place"] = _run.place

    return add_event


def _unless_ended(original: Callable[..., None]) -> Callable[..., None]:
    def fail_execution(execution: Record, error: str, cause: str) -> None:
        if execution["status"] == "RUNNING":
            original(execution, error, cause)

    return fail_execution
