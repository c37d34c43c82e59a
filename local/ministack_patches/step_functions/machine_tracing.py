"""A state machine keeps its tracing configuration."""

import json
from collections.abc import Callable
from typing import Any

from ministack.services import stepfunctions
from ministack.services.cloudformation import provisioners

from local.ministack_patches.registry import patch

Record = dict[str, Any]
Created = tuple[str, dict[str, str]]

NOT_TRACED = {"enabled": False}


@patch(
    "Step Functions: a state machine keeps its tracing configuration",
    why='MiniStack drops it. Step Functions Developer Guide, "Trace Step Functions request data in AWS X-Ray".',
)
def install() -> None:
    stepfunctions._create_state_machine = _keep_requested(stepfunctions._create_state_machine)
    stepfunctions._update_state_machine = _keep_requested(stepfunctions._update_state_machine)
    machine = provisioners._RESOURCE_HANDLERS["AWS::StepFunctions::StateMachine"]
    machine["create"] = _keep_property(1, machine["create"])
    machine["update"] = _keep_property(2, machine["update"])


def _keep_requested(original: Callable[[Record], Any]) -> Callable[[Record], Any]:
    def change(request: Record) -> Any:
        former = stepfunctions._state_machines.get(request.get("stateMachineArn"), {})
        answer = original(request)
        if answer[0] == 200 and ("tracingConfiguration" in request or not former):
            arn = request.get("stateMachineArn") or json.loads(answer[2])["stateMachineArn"]
            stepfunctions._state_machines[arn]["tracingConfiguration"] = request.get("tracingConfiguration", NOT_TRACED)
        return answer

    return change


def _keep_property(position: int, original: Callable[..., Created]) -> Callable[..., Created]:
    """`position` is where the handler has the properties in its arguments."""

    def provision(*arguments: Any) -> Created:
        arn, attributes = original(*arguments)
        tracing = arguments[position].get("TracingConfiguration", NOT_TRACED)
        stepfunctions._state_machines[arn]["tracingConfiguration"] = stepfunctions._convert_keys_to_camel(tracing)
        return arn, attributes

    return provision
