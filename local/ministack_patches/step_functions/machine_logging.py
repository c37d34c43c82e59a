"""A state machine logs only if its role may."""

from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

from local.ministack_patches.iam.permissions import role_allows
from local.ministack_patches.registry import patch

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


@patch(
    "Step Functions: a state machine logs only if its role may, and describes its logging with the API's names",
    why="MiniStack does not check the role, and keeps the names that CloudFormation has for the settings. Step "
    'Functions Developer Guide, "Using CloudWatch Logs to log execution history".',
)
def install() -> None:
    stepfunctions._create_state_machine = _check_request(stepfunctions._create_state_machine)
    stepfunctions._update_state_machine = _check_request(stepfunctions._update_state_machine)
    machine = provisioners._RESOURCE_HANDLERS["AWS::StepFunctions::StateMachine"]
    machine["create"] = _check_properties(machine["create"])


def _check_request(original: Callable[[Record], Any]) -> Callable[[Record], Any]:
    def change(request: Record) -> Any:
        former = stepfunctions._state_machines.get(request.get("stateMachineArn"), {})
        logging = _in_camel_case(request.get("loggingConfiguration") or former.get("loggingConfiguration", OFF))
        if not _may_log(request.get("roleArn") or former.get("roleArn", ""), logging):
            return responses.error_response_json("AccessDeniedException", REFUSAL, 400)
        return original({**request, "loggingConfiguration": logging})

    return change


def _check_properties(original: Callable[..., Created]) -> Callable[..., Created]:
    """Only of a creation: MiniStack's CloudFormation updates a state machine through the API."""

    def create(logical_id: str, properties: Record, stack: str) -> Created:
        logging = _in_camel_case(properties.get("LoggingConfiguration", OFF))
        if not _may_log(properties["RoleArn"], logging):
            raise ValueError(f"{REFUSAL} (Service: AWSStepFunctions; Error Code: AccessDeniedException)")
        return original(logical_id, {**properties, "LoggingConfiguration": logging}, stack)

    return create


def _may_log(role: str, logging: Record) -> bool:
    return logging.get("level", "OFF") == "OFF" or all(role_allows(role, action, "*") for action in LOG_DELIVERY)


def _in_camel_case(configuration: Record) -> Record:
    """CloudFormation's names as the API has them."""
    converted: Record = stepfunctions._convert_keys_to_camel(configuration)
    return converted
