"""A state machine logs only if its role may, and has the settings of its template."""

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from local.aws import ACCOUNT, LocalAws
from local.ministack_patches.step_functions.machine_logging import LOG_DELIVERY, REFUSAL
from tests.support.roles import Role
from tests.support.stacks import Stack
from tests.support.unique import unique

DEFINITION = json.dumps({"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}})
DESTINATION = f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:executions:*"
LOGGING = {
    "level": "ALL",
    "includeExecutionData": False,
    "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": DESTINATION}}],
}


@pytest.mark.parametrize("lacking", LOG_DELIVERY)
def test_logging_needs_each_of_the_actions(local_aws: LocalAws, lacking: str) -> None:
    stepfunctions = local_aws.client("stepfunctions")
    role = Role(local_aws, {"Action": [action for action in LOG_DELIVERY if action != lacking]}).arn
    asked = {"name": unique("machine"), "definition": DEFINITION, "roleArn": role}
    with pytest.raises(ClientError, match=re.escape(REFUSAL)) as refused:
        stepfunctions.create_state_machine(**asked, loggingConfiguration=LOGGING)
    assert refused.value.response["Error"]["Code"] == "AccessDeniedException"
    arn = stepfunctions.create_state_machine(**asked)["stateMachineArn"]
    with pytest.raises(ClientError, match=re.escape(REFUSAL)):
        stepfunctions.update_state_machine(stateMachineArn=arn, loggingConfiguration=LOGGING)
    with pytest.raises(WaiterError):
        Stack(local_aws, Machine=machine(role))


def machine(role: str, *, traced: bool = True) -> dict[str, Any]:
    properties = {
        "RoleArn": role,
        "DefinitionString": DEFINITION,
        "LoggingConfiguration": {
            "Level": "ALL",
            "IncludeExecutionData": False,
            "Destinations": [{"CloudWatchLogsLogGroup": {"LogGroupArn": DESTINATION}}],
        },
        "TracingConfiguration": {"Enabled": traced},
    }
    return {"Type": "AWS::StepFunctions::StateMachine", "Properties": properties}


def test_a_state_machine_has_the_settings_of_its_template(local_aws: LocalAws) -> None:
    stack = Stack(local_aws, Machine=machine(Role(local_aws, {"Action": LOG_DELIVERY}).arn))
    stepfunctions = local_aws.client("stepfunctions")
    found = stepfunctions.describe_state_machine(stateMachineArn=stack.ref("Machine"))
    assert (found["loggingConfiguration"], found["tracingConfiguration"]) == (LOGGING, {"enabled": True})
    stack.update(Machine=machine(found["roleArn"], traced=False))
    found = stepfunctions.describe_state_machine(stateMachineArn=stack.ref("Machine"))
    assert (found["loggingConfiguration"], found["tracingConfiguration"]) == (LOGGING, {"enabled": False})
