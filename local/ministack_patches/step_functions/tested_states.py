"""TestState runs a state as an execution does: with variables, and a task with its retries, catches, or a mock."""

import json
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from ministack.core.responses import error_response_json, get_account_id, get_region, json_response, new_uuid
from ministack.services import stepfunctions

from local.ministack_patches.iam import service_roles
from local.ministack_patches.registry import patch
from local.ministack_patches.step_functions.handled_errors import handle

Record = dict[str, Any]
Result = tuple[Any, str | None]  # of a state: its output and the name of the next state

PATTERNS = (".sync", ".waitForTaskToken", ":activity:")
DETAILED = ("DEBUG", "TRACE")


@dataclass
class _Test:
    mock: Record
    inspected: dict[str, Any] = field(default_factory=dict)


_running: ContextVar[_Test | None] = ContextVar("state under test", default=None)


class _Refused(Exception):  # noqa: N818 - named by its situation
    """(error code, message): the test does not begin."""


@patch(
    "Step Functions: TestState tests a state of JSONata as its role, with variables, mocks, retries and catches",
    why="MiniStack tests tasks in JSONPath only, ignores variables, and fails with a role. TestState, AWS Step "
    "Functions API Reference. Nothing validates the members of a mocked result; no Map or Parallel state is tested.",
)
def install() -> None:
    stepfunctions._test_state = _test_jsonata(stepfunctions._test_state)
    stepfunctions._invoke_resource = _mock(stepfunctions._invoke_resource)
    stepfunctions._invoke_with_callback = _mock(stepfunctions._invoke_with_callback)


def _test_jsonata(original: Callable[[Record], Any]) -> Callable[[Record], Any]:
    def test_state(request: Record) -> Any:
        service_roles.act_as(request.get("roleArn", ""))
        try:
            definition, name = _read(request["definition"], "InvalidDefinition"), request.get("stateName")
            state = definition.get("States", {}).get(name) if name else definition
            if state is None:
                raise _Refused("ValidationException", "State not found in definition")
            language = state.get("QueryLanguage", definition.get("QueryLanguage"))
            if language != "JSONata" or state.get("Type") in ("Map", "Parallel"):
                return original(request)
            return json_response(_run_test(request, state))
        except _Refused as refused:
            return error_response_json(*refused.args)

    return test_state


def _mock(original: Callable[..., Any]) -> Callable[..., Any]:
    def invoke(resource: str, arguments: Any, *more: Any) -> Any:
        test = _running.get()
        if test is None:
            return original(resource, arguments, *more)
        test.inspected["afterArguments"] = json.dumps(arguments)
        error = test.mock.get("errorOutput")
        if error:
            raise stepfunctions._ExecutionError(error["error"], error.get("cause", ""))
        result = json.loads(test.mock["result"]) if test.mock else original(resource, arguments, *more)
        test.inspected["result"] = json.dumps(result)
        return result

    return invoke


def _run_test(request: Record, state: Record) -> Record:
    """The response of TestState."""
    test = _Test(request.get("mock", {}))
    _check(request, state, test.mock)
    given = _read(request.get("input", "{}"), "InvalidExecutionInput")
    context = _build_context(request, given)
    outer = _running.set(test)
    result: Record
    try:
        output, following = _execute(state, given, context)
        result = {"status": "SUCCEEDED", "output": json.dumps(output), "nextState": following}
    except stepfunctions._ExecutionError as error:
        retries = request.get("stateConfiguration", {}).get("retrierRetryCount", 0)
        handled, details = handle(error, state, retries, given, context)
        result = {"error": error.error, "cause": error.cause, **handled}
        if details:
            test.inspected["errorDetails"] = details
    finally:
        _running.reset(outer)
    if request.get("inspectionLevel") in DETAILED:
        after = {"input": json.dumps(given), "variables": json.dumps(context["variables"])}
        result["inspectionData"] = {**test.inspected, **after}
    return {name: value for name, value in result.items() if value is not None}


def _check(request: Record, state: Record, mock: Record) -> None:
    if mock and state["Type"] != "Task":
        raise _Refused("ValidationException", f"State type '{state['Type']}' is not supported when a mock is specified")
    if "result" in mock and "errorOutput" in mock:
        message = "A test mock should have only one of the following fields: [result, errorOutput]."
        raise _Refused("ValidationException", message)
    _read(mock.get("result", "{}"), "ValidationException")
    if "context" in request and not mock:
        raise _Refused("ValidationException", "TestState supports a context only when a mock is specified.")
    if not mock and any(pattern in state.get("Resource", "") for pattern in PATTERNS):
        raise _Refused("InvalidDefinition", f"TestState supports {state['Resource']} only when a mock is specified.")


def _read(text: str, error: str) -> Any:
    """The JSON of a parameter. Raises _Refused with this error code."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise _Refused(error, f"Invalid JSON: {problem}") from problem


def _build_context(request: Record, given: Any) -> Record:
    """The Context object, and the variables as MiniStack keeps them."""
    now, name, home = stepfunctions.now_iso(), new_uuid(), f"{get_region()}:{get_account_id()}"
    machine, role = f"TestState-{name}", request.get("roleArn", "")
    execution = {"Id": f"arn:aws:states:{home}:express:{machine}:{name}", "Input": given, "Name": name}
    return {
        "Execution": {**execution, "RoleArn": role, "StartTime": now},
        "StateMachine": {"Id": f"arn:aws:states:{home}:stateMachine:{machine}", "Name": machine},
        "State": {"Name": request.get("stateName", "StateName"), "EnteredTime": now, "RetryCount": 0},
        **_read(request.get("context", "{}"), "ValidationException"),
        "QueryLanguage": "JSONata",
        "variables": _read(request.get("variables", "{}"), "ValidationException"),
    }


def _execute(state: Record, given: Any, context: Record) -> Result:
    result: Result
    match state.get("Type"):
        case "Task":
            execution: Record = {"status": "RUNNING", "events": []}
            result = stepfunctions._execute_task({**state, "Retry": [], "Catch": []}, given, execution, context)
        case "Pass" | "Choice" | "Wait" as kind:
            result = getattr(stepfunctions, f"_execute_{kind.lower()}")(state, given, context)
        case "Succeed":
            result = stepfunctions._apply_output_path(state, given, context), None
        case "Fail":
            raise stepfunctions._ExecutionError(*stepfunctions._fail_state_error(state, given, context))
        case kind:
            raise _Refused("InvalidDefinition", f"{kind} is not the type of a state.")
    return result
