"""An input that is not valid JSON starts no execution, and no execution runs without end."""

import json
from collections.abc import Callable
from typing import Any

from ministack.core.responses import error_response_json
from ministack.services import stepfunctions

from local.ministack_patches.registry import patch

UNREADABLE = (ValueError, RecursionError)  # of Python's JSON: no JSON, a number too long, nested too deeply


@patch(
    "Step Functions: StartExecution refuses an input that is not valid JSON; an error in a run ends the execution",
    why="MiniStack takes a text that is not JSON for an empty object. An input that Python cannot read leaves an "
    "execution RUNNING: it is nested too deeply, or has a number of more than 4,300 digits. StartExecution, AWS Step "
    "Functions API "
    "Reference: InvalidExecutionInput.",
)
def install() -> None:
    stepfunctions._start_execution = _refuse_invalid_input(stepfunctions._start_execution)
    stepfunctions._start_sync_execution = _refuse_invalid_input(stepfunctions._start_sync_execution)
    stepfunctions._run_execution = _fail_on_error(stepfunctions._run_execution)


def _refuse_invalid_input(original: Callable[[dict[str, Any]], Any]) -> Callable[[dict[str, Any]], Any]:
    def start_execution(request: dict[str, Any]) -> Any:
        try:
            json.loads(request.get("input", "{}"))
        except UNREADABLE as error:
            return error_response_json("InvalidExecutionInput", f"Invalid State Machine Execution Input: '{error}'")
        return original(request)

    return start_execution


def _fail_on_error(original: Callable[[str], None]) -> Callable[[str], None]:
    """MiniStack ends the thread of a run that it cannot begin, for example because of the definition."""

    def run_execution(arn: str) -> None:
        try:
            original(arn)
        except Exception as error:
            stepfunctions._fail_execution(stepfunctions._executions[arn], "States.Runtime", str(error))

    return run_execution
