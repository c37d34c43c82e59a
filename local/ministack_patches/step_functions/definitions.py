"""An execution keeps the definition and the role that its state machine had when it started, redriven or not.

MiniStack runs a redriven one under the definition of today. UpdateStateMachine, API Reference: running executions
continue to use the previous definition and role.
"""

import contextvars
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import stepfunctions

Record = dict[str, Any]

_started_as: contextvars.ContextVar[Record | None] = contextvars.ContextVar("state machine of the run", default=None)


class _StateMachines(AccountRegionScopedDict):  # type: ignore[misc]
    """All of them; an execution finds its own as it was."""

    __slots__ = ()

    def get(self, arn: str, default: Any = None) -> Any:
        machine = _started_as.get()
        return machine if machine and machine["stateMachineArn"] == arn else super().get(arn, default)


def install() -> None:
    """Let executions remember. After whatever else happens in an execution."""
    machines = _StateMachines()
    machines._data = stepfunctions._state_machines._data
    stepfunctions._state_machines = machines
    stepfunctions._run_execution = _as_it_started(stepfunctions._run_execution)


def _as_it_started(original: Callable[[str], None]) -> Callable[[str], None]:
    def run_execution(arn: str) -> None:
        execution = stepfunctions._executions.get(arn, {})
        machine = stepfunctions._state_machines.get(execution.get("stateMachineArn", ""))
        if machine:
            _started_as.set(execution.setdefault("startedAs", dict(machine)))
        original(arn)

    return run_execution
