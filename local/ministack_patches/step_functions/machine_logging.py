"""A state machine's logging and tracing are kept, and its role must be allowed to log before it gets them.

MiniStack keeps CloudFormation's names of logging, drops tracing, and asks nobody. Step Functions Developer Guide,
"Using CloudWatch Logs to log execution history".
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

from local.ministack_patches.iam.service_roles import role_allows

Record = dict[str, Any]
Created = tuple[str, dict[str, str]]

LOG_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
REFUSAL = "The state machine IAM Role is not authorized to access the Log Destination"
OFF = {"level": "OFF", "includeExecutionData": False}
NOT_TRACED = {"enabled": False}


def install() -> None:
    """Of the API and of CloudFormation."""
    stepfunctions._create_state_machine = _if_it_may_log(stepfunctions._create_state_machine)
    stepfunctions._update_state_machine = _if_it_may_log(stepfunctions._update_state_machine)
    machine = provisioners._RESOURCE_HANDLERS["AWS::StepFunctions::StateMachine"]
    machine["create"] = _created_if_it_may_log(machine["create"])
    machine["update"] = _then_traced(machine["update"])


def _if_it_may_log(original: Callable[[Record], Any]) -> Callable[[Record], Any]:
    def change(request: Record) -> Any:
        former = stepfunctions._state_machines.get(request.get("stateMachineArn"), {})
        logging = _in_camel_case(request.get("loggingConfiguration") or former.get("loggingConfiguration", OFF))
        if not _may_log(request.get("roleArn") or former.get("roleArn", ""), logging):
            return responses.error_response_json("AccessDeniedException", REFUSAL, 400)
        answer = original({**request, "loggingConfiguration": logging})
        if answer[0] == 200 and ("tracingConfiguration" in request or not former):
            arn = request.get("stateMachineArn") or json.loads(answer[2])["stateMachineArn"]
            stepfunctions._state_machines[arn]["tracingConfiguration"] = request.get("tracingConfiguration", NOT_TRACED)
        return answer

    return change


def _created_if_it_may_log(original: Callable[..., Created]) -> Callable[..., Created]:
    def create(logical_id: str, properties: Record, stack: str) -> Created:
        logging = _in_camel_case(properties.get("LoggingConfiguration", OFF))
        if not _may_log(properties["RoleArn"], logging):
            raise ValueError(f"{REFUSAL} (Service: AWSStepFunctions; Error Code: AccessDeniedException)")
        arn, attributes = original(logical_id, {**properties, "LoggingConfiguration": logging}, stack)
        _trace(arn, properties)
        return arn, attributes

    return create


def _then_traced(original: Callable[..., Created]) -> Callable[..., Created]:
    """An update goes through the API, all but the tracing."""

    def update(physical_id: str, former: Record, properties: Record, *more: Any) -> Created:
        arn, attributes = original(physical_id, former, properties, *more)
        _trace(arn, properties)
        return arn, attributes

    return update


def _trace(arn: str, properties: Record) -> None:
    tracing = _in_camel_case(properties.get("TracingConfiguration", NOT_TRACED))
    stepfunctions._state_machines[arn]["tracingConfiguration"] = tracing


def _may_log(role: str, logging: Record) -> bool:
    return logging.get("level", "OFF") == "OFF" or all(role_allows(role, action, "*") for action in LOG_DELIVERY)


def _in_camel_case(configuration: Record) -> Record:
    """CloudFormation's names, as the API has them."""
    converted: Record = stepfunctions._convert_keys_to_camel(configuration)
    return converted
