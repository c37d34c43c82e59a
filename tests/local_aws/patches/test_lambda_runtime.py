"""A function on the local AWS has what it has on AWS: its asset, the SDK, and a runtime client."""

import io
import json
import zipfile
from typing import Any

import pytest

from local.aws import ACCOUNT, ROOT, LocalAws
from tests.support.unique import unique

CODE = """
import importlib.util, os, sys

class Refused(Exception):
    pass

def handler(event, context):
    if "raise" in event:
        raise Refused(event["raise"])
    return {
        "found": {name: importlib.util.find_spec(name) is not None for name in event["find"]},
        "environment": sorted(os.environ),
        "home": os.path.expanduser("~"),
        "client": sys.modules["runtime_client"].__file__,
        "arn": context.invoked_function_arn,
        "left": context.get_remaining_time_in_millis(),
    }
"""
TRUST = {
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}]
}


def invoke(
    aws: LocalAws, event: dict[str, Any], *, variables: dict[str, str] | None = None, **files: str
) -> tuple[str | None, Any]:
    """Invoke a new function; its error, if any, and its payload."""
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        for name, content in {"code_": CODE, **files}.items():
            zipped.writestr(f"{name}.py", content)
    name = unique("function")
    aws.client("iam").create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    functions = aws.client("lambda")
    functions.create_function(
        FunctionName=name,
        Runtime="python3.14",
        Role=f"arn:aws:iam::{ACCOUNT}:role/{name}",
        Handler="code_.handler",
        Code={"ZipFile": archive.getvalue()},
        Environment={"Variables": {"OWN": "1", **(variables or {})}},
        Timeout=30,
    )
    answer = functions.invoke(FunctionName=name, Payload=json.dumps(event))
    payload = json.loads(answer["Payload"].read())
    functions.delete_function(FunctionName=name)
    return answer.get("FunctionError"), payload


def test_a_function_finds_the_sdk_and_no_other_package(local_aws: LocalAws) -> None:
    error, payload = invoke(
        local_aws, {"find": ["boto3", "code_", "aws_lambda_powertools", "aws_cdk", "local", "rich"]}
    )
    assert error is None
    assert [name for name, found in payload["found"].items() if found] == ["boto3", "code_"]


def test_a_function_sees_no_variables_of_the_server(local_aws: LocalAws) -> None:
    _, payload = invoke(local_aws, {"find": []})
    assert {"OWN", "AWS_SESSION_TOKEN", "AWS_LAMBDA_FUNCTION_NAME", "_HANDLER"} <= set(payload["environment"])
    assert {"LOG_LEVEL", "GATEWAY_PORT", "AUTH"} & set(payload["environment"]) == set()


def test_function_sees_its_own_variable_with_the_servers_value(local_aws: LocalAws) -> None:
    """The server has the same level of logs."""
    _, payload = invoke(local_aws, {"find": []}, variables={"LOG_LEVEL": "WARNING"})
    assert "LOG_LEVEL" in payload["environment"]


def test_home_of_a_function_is_not_the_home_of_the_user(local_aws: LocalAws) -> None:
    """botocore reads ~/.aws/models."""
    _, payload = invoke(local_aws, {"find": []})
    assert payload["home"] == str(local_aws.folder)


def test_errors_of_functions_keep_their_names(local_aws: LocalAws) -> None:
    error, payload = invoke(local_aws, {"raise": "no"})
    assert error == "Unhandled"
    assert (payload["errorType"], payload["errorMessage"]) == ("Refused", "no")


@pytest.mark.parametrize("event", [{"find": []}, {"raise": "no"}])
def test_the_replacement_of_the_native_client_does_the_same(local_aws: LocalAws, event: dict[str, Any]) -> None:
    """A module in the asset comes before a module of the runtime."""
    replacement = (ROOT / "local" / "ministack_patches" / "lambda_functions" / "runtime_client.py").read_text()
    error, payload = invoke(local_aws, event, runtime_client=replacement)
    if "raise" in event:
        assert (error, payload["errorType"]) == ("Unhandled", "Refused")
    else:
        assert error is None, payload
        assert payload["client"].endswith("runtime_client.py")
        assert payload["arn"].startswith("arn:aws:lambda:")
        assert 0 < payload["left"] <= 30_000


NODE_CODE = """
const { S3 } = require("@aws-sdk/client-s3");

exports.handler = async (event) => {
  return (await new S3({}).listObjectsV2({ Bucket: event.bucket })).Contents.map((object) => object.Key);
};
"""


def test_a_node_function_finds_the_sdk_and_has_its_role(local_aws: LocalAws) -> None:
    """CDK's custom resources have such functions."""
    iam, functions, s3 = (local_aws.client(service) for service in ("iam", "lambda", "s3"))
    name, archive = unique("function"), io.BytesIO()
    s3.create_bucket(Bucket=name)
    s3.put_object(Bucket=name, Key="k", Body=b"x")
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("index.js", NODE_CODE)
    iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    role, code = f"arn:aws:iam::{ACCOUNT}:role/{name}", {"ZipFile": archive.getvalue()}
    functions.create_function(
        FunctionName=name, Runtime="nodejs24.x", Role=role, Handler="index.handler", Code=code, Timeout=30
    )
    refused = functions.invoke(FunctionName=name, Payload=json.dumps({"bucket": name}))
    assert "not authorized to perform: s3:ListBucket" in refused["Payload"].read().decode()
    statement = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": f"arn:aws:s3:::{name}"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=document)
    answer = functions.invoke(FunctionName=name, Payload=json.dumps({"bucket": name}))
    assert json.loads(answer["Payload"].read()) == ["k"]
