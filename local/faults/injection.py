"""Faults match HTTP calls to MiniStack, the tasks of its state machines and the targets of its rules."""

import contextvars
import time
from collections.abc import Callable
from typing import Any

from ministack.services import eventbridge, stepfunctions

from local.faults.calls import App, failing_calls
from local.faults.fault import RULE, STATE
from local.faults.matcher import Call, Faults
from local.ministack_patches.iam import service_roles

Record = dict[str, Any]

_state: contextvars.ContextVar[str] = contextvars.ContextVar("state of the running task", default="")


def install(app: App, faults: Faults) -> App:
    """Let the faults match the calls of MiniStack, and return its application with the faults.

    Call it after the patches of MiniStack: a fault comes before the check of a role.
    """
    stepfunctions._execute_task = _remember_state(stepfunctions._execute_task)
    stepfunctions._invoke_resource = _fail_tasks(stepfunctions._invoke_resource, faults)
    eventbridge._invoke_target = _fail_deliveries(eventbridge._invoke_target, faults)
    return failing_calls(app, faults)


def _remember_state(original: Callable[..., Any]) -> Callable[..., Any]:
    def execute_task(state: Record, given: Any, execution: Record, context: Record) -> Any:
        _state.set(context["State"]["Name"])
        return original(state, given, execution, context)

    return execute_task


def _fail_tasks(original: Callable[[str, Any], Any], faults: Faults) -> Callable[[str, Any], Any]:
    """Each attempt of a task is a call."""

    def invoke_resource(resource: str, arguments: Any) -> Any:
        fault = faults.match(Call(STATE + _state.get()))
        if fault is None:
            return original(resource, arguments)
        time.sleep(0 if fault.after else fault.seconds)
        result = original(resource, arguments) if fault.takes_effect else None
        time.sleep(fault.seconds if fault.after else 0)
        if fault.error:
            raise stepfunctions._ExecutionError(fault.error, fault.message)
        return result

    return invoke_resource


def _fail_deliveries(original: Callable[..., None], faults: Faults) -> Callable[..., None]:
    """The rule starts no execution, and its event goes to the target's dead-letter queue."""

    def invoke_target(target: Record, event: Record, rule: Record, view: Any = None) -> None:
        fault = faults.match(Call(RULE)) if ":states:" in target["Arn"] else None
        if fault is None or fault.takes_effect:
            original(target, event, rule, view)
        if fault:
            service_roles.send_to_dead_letter_queue(target, event, rule)

    return invoke_target
