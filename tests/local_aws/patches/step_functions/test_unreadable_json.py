"""JSON that Python cannot read starts no execution, or ends the execution."""

import pytest

from local.aws import LocalAws
from tests.local_aws.patches.step_functions.test_definitions import role
from tests.support.machines import SUCCEED, Machine, task
from tests.support.stacks import Stack

UNREADABLE = {"20,000 deep": "[" * 20_000 + "]" * 20_000, "5,000 digits": "9" * 5_000}
NO_JSON = {"text": "{this is no JSON}", "nothing": ""}


@pytest.mark.parametrize("given", [*UNREADABLE.values(), *NO_JSON.values()], ids=[*UNREADABLE, *NO_JSON])
def test_an_input_that_is_not_valid_starts_no_execution(local_aws: LocalAws, given: str) -> None:
    machine = Machine(local_aws, SUCCEED)
    arn = machine.describe(machine.run())["stateMachineArn"]
    with pytest.raises(machine.stepfunctions.exceptions.InvalidExecutionInput):
        machine.stepfunctions.start_execution(stateMachineArn=arn, input=given)
    assert len(machine.stepfunctions.list_executions(stateMachineArn=arn)["executions"]) == 1


@pytest.mark.parametrize("answer", UNREADABLE.values(), ids=UNREADABLE)
def test_an_answer_that_python_cannot_read_ends_the_execution(local_aws: LocalAws, answer: str) -> None:
    half = len(answer) // 2
    code = f"def handler(event, context):\n    return b'{answer[0]}' * {half} + b'{answer[-1]}' * {half}\n"
    function = {
        "Runtime": "python3.14",
        "Handler": "index.handler",
        "Code": {"ZipFile": code},
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Timeout": 30,
    }
    stack = Stack(local_aws, Role=role(), Function={"Type": "AWS::Lambda::Function", "Properties": function})
    call = task("lambda:invoke", {"FunctionName": stack.ref("Function"), "Payload": {}}, Next="Done")
    machine = Machine(local_aws, {"Call": call, **SUCCEED}, actions=["lambda:InvokeFunction"])
    ended = machine.describe(machine.run())
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Runtime")


def test_a_definition_that_python_cannot_read_is_refused(local_aws: LocalAws) -> None:
    definition = '{"StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}, "TimeoutSeconds": ' + "9" * 5_000 + "}"
    machine = Machine(local_aws, SUCCEED)
    arn = machine.describe(machine.run())["stateMachineArn"]
    with pytest.raises(machine.stepfunctions.exceptions.InvalidDefinition, match="INVALID_JSON_DESCRIPTION"):
        machine.stepfunctions.update_state_machine(stateMachineArn=arn, definition=definition)
    assert machine.describe(machine.run())["status"] == "SUCCEEDED"
