"""An execution keeps its definition, and a published version of a function keeps its code."""

import json
from collections.abc import Callable
from typing import Any

from local.aws import LocalAws
from tests.support.machines import SUCCEED, Machine, task
from tests.support.stacks import Stack

RETAIN = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
OTHER = {"QueryLanguage": "JSONata", "StartAt": "New", "States": {"New": {"Type": "Succeed", "Output": "new"}}}


def output_of(machine: Machine, arn: str) -> Any:
    return json.loads(machine.wait_until_ended(arn)["output"])


def asking(token_queue: str) -> dict[str, Any]:
    message = {"QueueUrl": token_queue, "MessageBody": "{% $states.context.Task.Token %}"}
    return {"Ask": task("sqs:sendMessage.waitForTaskToken", message, Next="Old"), "Old": {"Type": "Succeed"}}


def test_an_execution_keeps_the_definition_of_its_start(
    local_aws: LocalAws, token_queue: str, receive_token: Callable[[], str]
) -> None:
    machine = Machine(local_aws, asking(token_queue))
    arn, token = machine.begin(), receive_token()
    machine.update(OTHER)
    machine.stepfunctions.send_task_success(taskToken=token, output='"old"')
    assert output_of(machine, arn) == "old"
    assert output_of(machine, machine.run()) == "new"


def test_a_redriven_execution_keeps_the_definition_of_its_start(
    local_aws: LocalAws, token_queue: str, receive_token: Callable[[], str]
) -> None:
    machine = Machine(local_aws, asking(token_queue))
    arn, _ = machine.begin(), receive_token()
    machine.abort(arn)
    machine.update(OTHER)
    machine.redrive(arn)
    machine.stepfunctions.send_task_success(taskToken=receive_token(), output='"old"')
    assert output_of(machine, arn) == "old"


def function(result: str) -> dict[str, Any]:
    code = f"def handler(event, context):\n    return [{result!r}, context.function_version]\n"
    properties = {
        "Runtime": "python3.14",
        "Handler": "index.handler",
        "Code": {"ZipFile": code},
        "Role": {"Fn::GetAtt": ["Role", "Arn"]},
        "Timeout": 30,
    }
    return {"Type": "AWS::Lambda::Function", "Properties": properties}


def version() -> dict[str, Any]:
    properties = {"FunctionName": {"Ref": "Function"}}
    return {"Type": "AWS::Lambda::Version", "Properties": properties, **RETAIN}


def role() -> dict[str, Any]:
    principal = {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    properties = {"AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [principal]}}
    return {"Type": "AWS::IAM::Role", "Properties": properties}


def test_a_version_removed_from_its_stack_runs_its_own_code(local_aws: LocalAws) -> None:
    functions = local_aws.client("lambda")
    stack = Stack(local_aws, Role=role(), Function=function("old"), First=version())
    old = stack.ref("First")
    stack.update(Role=role(), Function=function("new"), Second=version())

    def invoke(arn: str) -> Any:
        return json.loads(functions.invoke(FunctionName=arn)["Payload"].read())

    assert invoke(old) == ["old", "1"]
    assert invoke(stack.ref("Second")) == ["new", "2"]
    assert invoke(stack.ref("Function")) == ["new", "$LATEST"]


def test_a_state_machine_calls_the_named_version(local_aws: LocalAws) -> None:
    stack = Stack(local_aws, Role=role(), Function=function("old"), First=version())
    old = stack.ref("First")
    stack.update(Role=role(), Function=function("new"), Second=version())
    output = "{% $states.result.Payload %}"
    call = task("lambda:invoke", {"FunctionName": old, "Payload": {}}, Output=output, Next="Done")
    machine = Machine(local_aws, {"Call": call, **SUCCEED})
    assert machine.describe(machine.run())["error"] == "Lambda.AWSLambdaException"
    machine.role.allow({"Action": "lambda:InvokeFunction", "Resource": old})
    assert output_of(machine, machine.run()) == ["old", "1"]
