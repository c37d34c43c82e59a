"""What runs, runs on as it started: an execution under its definition, a published version with its code."""

import json
from collections.abc import Callable
from typing import Any

from local.aws import LocalAws
from tests.support.machines import SUCCEED, Machine, task
from tests.support.stacks import Stack

RETAIN = {"DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain"}
OTHER = {"QueryLanguage": "JSONata", "StartAt": "New", "States": {"New": {"Type": "Succeed", "Output": "new"}}}


def told(machine: Machine, arn: str) -> Any:
    return json.loads(machine.wait_until_ended(arn)["output"])


def asking(token_queue: str) -> dict[str, Any]:
    message = {"QueueUrl": token_queue, "MessageBody": "{% $states.context.Task.Token %}"}
    return {"Ask": task("sqs:sendMessage.waitForTaskToken", message, Next="Old"), "Old": {"Type": "Succeed"}}


def test_an_execution_goes_on_under_the_definition_it_started_with(
    local_aws: LocalAws, token_queue: str, receive_token: Callable[[], str]
) -> None:
    machine = Machine(local_aws, asking(token_queue))
    arn, token = machine.begin(), receive_token()
    machine.update(OTHER)
    machine.stepfunctions.send_task_success(taskToken=token, output='"old"')
    assert told(machine, arn) == "old"
    assert told(machine, machine.run()) == "new"


def test_a_redriven_one_too(local_aws: LocalAws, token_queue: str, receive_token: Callable[[], str]) -> None:
    machine = Machine(local_aws, asking(token_queue))
    arn, _ = machine.begin(), receive_token()
    machine.abort(arn)
    machine.update(OTHER)
    machine.redrive(arn)
    machine.stepfunctions.send_task_success(taskToken=receive_token(), output='"old"')
    assert told(machine, arn) == "old"


def function(said: str) -> dict[str, Any]:
    code = f"def handler(event, context):\n    return [{said!r}, context.function_version]\n"
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


def test_a_version_that_its_stack_let_go_of_runs_the_code_it_was_published_with(local_aws: LocalAws) -> None:
    functions = local_aws.client("lambda")
    stack = Stack(local_aws, Role=role(), Function=function("old"), First=version())
    old = stack.ref("First")
    stack.update(Role=role(), Function=function("new"), Second=version())

    def said(arn: str) -> Any:
        return json.loads(functions.invoke(FunctionName=arn)["Payload"].read())

    assert said(old) == ["old", "1"]
    assert said(stack.ref("Second")) == ["new", "2"]
    assert said(stack.ref("Function")) == ["new", "$LATEST"]


def test_a_state_machine_calls_the_very_version(local_aws: LocalAws) -> None:
    stack = Stack(local_aws, Role=role(), Function=function("old"), First=version())
    old = stack.ref("First")
    stack.update(Role=role(), Function=function("new"), Second=version())
    output = "{% $states.result.Payload %}"
    call = task("lambda:invoke", {"FunctionName": old, "Payload": {}}, Output=output, Next="Done")
    machine = Machine(local_aws, {"Call": call, **SUCCEED})
    assert machine.describe(machine.run())["error"] == "Lambda.AWSLambdaException"
    machine.role.allow({"Action": "lambda:InvokeFunction", "Resource": old})
    assert told(machine, machine.run()) == ["old", "1"]
