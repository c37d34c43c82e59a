"""Which executions and invocations X-Ray would have traced: those whose role may send traces. MiniStack has no X-Ray.

Step Functions Developer Guide, "Trace Step Functions request data in AWS X-Ray"; Lambda Developer Guide, "Visualize
Lambda function invocations using AWS X-Ray".
"""

from collections.abc import Callable
from typing import Any

from ministack.services import lambda_svc, stepfunctions

from local.ministack_patches.iam.service_roles import role_allows

Record = dict[str, Any]

OF_FUNCTIONS = ("xray:PutTraceSegments", "xray:PutTelemetryRecords")
OF_EXECUTIONS = (*OF_FUNCTIONS, "xray:GetSamplingRules", "xray:GetSamplingTargets")


class Traces:
    """Each the ARN of what was traced: an execution, or a function, qualified where it was asked for like that."""

    def __init__(self) -> None:
        self.traced: list[str] = []

    def install(self) -> None:
        stepfunctions._run_execution = self._of_executions(stepfunctions._run_execution)
        lambda_svc._execute_function_dispatch = self._of_functions(lambda_svc._execute_function_dispatch)

    def _of_executions(self, original: Callable[[str], None]) -> Callable[[str], None]:
        def run_execution(arn: str) -> None:
            execution = stepfunctions._executions.get(arn, {})
            machine = stepfunctions._state_machines.get(execution.get("stateMachineArn", ""), {})
            if machine.get("tracingConfiguration", {}).get("enabled"):
                self._record(arn, machine["roleArn"], OF_EXECUTIONS)
            original(arn)

        return run_execution

    def _of_functions(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def execute_function(function: Record, configuration: Record, *more: Any) -> Any:
            if configuration.get("TracingConfig", {}).get("Mode") == "Active":
                self._record(configuration["FunctionArn"], configuration["Role"], OF_FUNCTIONS)
            return original(function, configuration, *more)

        return execute_function

    def _record(self, arn: str, role: str, actions: tuple[str, ...]) -> None:
        if all(role_allows(role, action, "*") for action in actions):
            self.traced.append(arn)
