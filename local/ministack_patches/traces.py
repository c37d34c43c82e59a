"""The executions and invocations that X-Ray would trace."""

from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc, stepfunctions

from local.ministack_patches.iam.permissions import role_allows
from local.ministack_patches.registry import patch

Record = dict[str, Any]

OF_FUNCTIONS = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
OF_EXECUTIONS = (*OF_FUNCTIONS, "xray:GetSamplingRules", "xray:GetSamplingTargets")

traced: list[str] = []
"""The ARN of each traced execution, and of the function of each traced invocation, qualified as it was invoked."""


@patch(
    "X-Ray: executions and invocations are traced if tracing is on and their role may send traces",
    why='MiniStack has no X-Ray. Step Functions Developer Guide, "Trace Step Functions request data in AWS X-Ray"; '
    'Lambda Developer Guide, "Visualize Lambda function invocations using AWS X-Ray".',
)
def install() -> None:
    stepfunctions._run_execution = _trace_execution(stepfunctions._run_execution)
    lambda_svc._execute_function_dispatch = _trace_invocation(lambda_svc._execute_function_dispatch)


def _trace_execution(original: Callable[[str], None]) -> Callable[[str], None]:
    def run_execution(arn: str) -> None:
        execution = stepfunctions._executions.get(arn, {})
        machine = stepfunctions._state_machines.get(execution.get("stateMachineArn", ""), {})
        if machine.get("tracingConfiguration", {}).get("enabled"):
            _trace(arn, machine["roleArn"], OF_EXECUTIONS)
        original(arn)

    return run_execution


def _trace_invocation(original: Callable[..., Any]) -> Callable[..., Any]:
    def execute_function(function: Record, configuration: Record, *more: Any) -> Any:
        if configuration.get("TracingConfig", {}).get("Mode") == "Active":
            _trace(configuration["FunctionArn"], configuration["Role"], OF_FUNCTIONS)
        return original(function, configuration, *more)

    return execute_function


def _trace(arn: str, role: str, actions: tuple[str, ...]) -> None:
    if all(role_allows(role, action, "*") for action in actions):
        traced.append(arn)
