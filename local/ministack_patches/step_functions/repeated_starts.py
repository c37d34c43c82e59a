"""A repeated StartExecution starts no second execution."""

from collections.abc import Callable
from typing import Any

from ministack.core.responses import json_response
from ministack.services import stepfunctions

from local.ministack_patches.registry import patch

Record = dict[str, Any]

DAYS_OF_A_NAME = 90
DAY = 24 * 3600 * 1000  # milliseconds


@patch(
    "Step Functions: StartExecution with the name and the input of a running execution answers as it did before, and "
    "a name is free again 90 days after its execution has ended",
    why="MiniStack answers ExecutionAlreadyExists, always. StartExecution, AWS Step Functions API Reference.",
)
def install() -> None:
    stepfunctions._start_execution = _answer_again(stepfunctions._start_execution)


def _answer_again(original: Callable[[Record], Any]) -> Callable[[Record], Any]:
    def start_execution(request: Record) -> Any:
        arn = _execution_arn(request)
        former = stepfunctions._executions.get(arn)
        if former and former["status"] == "RUNNING" and former["input"] == request.get("input", "{}"):
            return json_response({"executionArn": arn, "startDate": former["startDate"]})
        if former and former["status"] != "RUNNING" and _age(former["stopDate"]) > DAYS_OF_A_NAME * DAY:
            del stepfunctions._executions[arn]
        return original(request)

    return start_execution


def _execution_arn(request: Record) -> str:
    """The ARN of the execution that the request names. It is nobody's if the request has no name, or no machine."""
    machine = stepfunctions._resolve_state_machine_arn(request.get("stateMachineArn", "")) or ""
    return f"{machine.replace(':stateMachine:', ':execution:')}:{request.get('name', '')}"


def _age(date: str) -> int:
    """The milliseconds since then."""
    return int(stepfunctions._iso_to_epoch_ms(stepfunctions.now_iso()) - stepfunctions._iso_to_epoch_ms(date))
