"""An execution keeps the definition and the role that its state machine had at its start."""

import contextvars
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import stepfunctions

from local.ministack_patches.registry import patch

Record = dict[str, Any]

_started_as: contextvars.ContextVar[Record | None] = contextvars.ContextVar("state machine at the start", default=None)


class _StateMachines(AccountRegionScopedDict):  # type: ignore[misc]
    """Every state machine; an execution finds its own as it was at the start."""

    __slots__ = ()

    def get(self, arn: str, default: Any = None) -> Any:
        machine = _started_as.get()
        return machine if machine and machine["stateMachineArn"] == arn else super().get(arn, default)


@patch(
    "Step Functions: an execution keeps the definition and the role that its state machine had at its start",
    why="MiniStack runs a redriven execution with the current ones. UpdateStateMachine, API Reference: running "
    "executions continue to use the previous definition and role.",
)
def install() -> None:
    machines = _StateMachines()
    machines._data = stepfunctions._state_machines._data
    stepfunctions._state_machines = machines
    stepfunctions._run_execution = _keep_state_machine(stepfunctions._run_execution)


def _keep_state_machine(original: Callable[[str], None]) -> Callable[[str], None]:
    def run_execution(arn: str) -> None:
        execution = stepfunctions._executions.get(arn, {})
        machine = stepfunctions._state_machines.get(execution.get("stateMachineArn", ""))
        if machine:
            _started_as.set(execution.setdefault("startedAs", dict(machine)))
        original(arn)

    return run_execution
