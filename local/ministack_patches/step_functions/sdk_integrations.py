"""A task of an AWS SDK integration calls the API as the SDK does: over HTTP, signed by the execution's role."""

import json
import os
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from functools import cache
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import HTTPClientError
from botocore.httpsession import URLLib3Session
from ministack import app as ministack
from ministack.core import responses
from ministack.services import stepfunctions, sts

from local.ministack_patches.iam import service_roles
from local.ministack_patches.registry import patch

Response = tuple[int, dict[str, str], bytes]

_service: ContextVar[str] = ContextVar("service that the running task calls", default="")


@patch(
    "Step Functions: an AWS SDK integration of a JSON API calls it over HTTP with the execution's role, and its error "
    "is named ServiceName.ErrorName, always with the suffix Exception",
    why="MiniStack calls the service without a role, drops the suffix and the end of the cause, and writes whole "
    'seconds with a fraction. Step Functions Developer Guide, "Learning to use AWS service SDK integrations in Step '
    'Functions"; AWS SDK for Java 2, AwsServiceException.getMessage; Java, DateTimeFormatter.ISO_INSTANT.',
)
def install() -> None:
    stepfunctions._dispatch_aws_sdk_json = _remember_service(stepfunctions._dispatch_aws_sdk_json)
    stepfunctions._sdk_json_value = _write_instants(stepfunctions._sdk_json_value)
    ministack.call_service_handler_sync = _call_over_http(ministack.call_service_handler_sync)


def _remember_service(original: Callable[..., Any]) -> Callable[..., Any]:
    def dispatch(info: dict[str, str], service: str, action: str, arguments: Any) -> Any:
        outer = _service.set(service)
        try:
            return original(info, service, action, arguments)
        finally:
            _service.reset(outer)

    return dispatch


def _call_over_http(original: Callable[..., Response]) -> Callable[..., Response]:
    def call(handler: Any, method: str, path: str, headers: dict[str, str], body: bytes, *more: Any) -> Response:
        service = _service.get()
        if not service:
            return original(handler, method, path, headers, body, *more)
        request = AWSRequest(
            method,
            os.environ["AWS_ENDPOINT_URL"] + path,
            headers={"x-amz-target": headers["x-amz-target"], "content-type": headers["content-type"]},
            data=body,
        )
        scope = headers["host"].partition(".")[0]  # MiniStack's own headers name the service and the Region
        SigV4Auth(_credentials(service_roles.execution_role().arn), scope, responses.get_region()).add_auth(request)
        try:
            answer = _connections().send(request.prepare())
        except HTTPClientError as error:
            raise stepfunctions._ExecutionError(f"{_prefix(service)}.SdkClientException", str(error)) from error
        if answer.status_code >= 400:
            raise stepfunctions._ExecutionError(*_failure(service, scope, answer))
        return answer.status_code, dict(answer.headers), answer.content

    return call


@cache
def _connections() -> URLLib3Session:
    return URLLib3Session(verify=os.environ.get("AWS_CA_BUNDLE", True))


@cache
def _credentials(role: str) -> Credentials:
    """The credentials of a session of the role. The rights are those that the role has at the time of a call."""
    key, name, session = f"ASIA{uuid.uuid4().hex[:16].upper()}", role.rpartition("/")[2], uuid.uuid4().hex
    credentials = Credentials(key, uuid.uuid4().hex, uuid.uuid4().hex)
    arn = f"arn:aws:sts::{role.split(':')[4]}:assumed-role/{name}/{session}"
    secrets = {"SecretAccessKey": credentials.secret_key, "SessionToken": credentials.token}
    sts.register_session(key, {"Arn": arn, "UserId": f"{name}:{session}", **secrets})
    return credentials


def _failure(service: str, scope: str, answer: Any) -> tuple[str, str]:
    """The error and its cause. An error that the API's model does not have is an error of the service as a whole."""
    try:
        content = json.loads(answer.content)
    except ValueError:  # for example a 503 without a body
        content = {}
    code = str(content.get("__type", "")).rpartition("#")[2]
    known = {shape.error_code for shape in responses._service_model(scope).error_shapes}
    name = code if code in known else _prefix(service)
    request_id = answer.headers.get("x-amzn-requestid", "null")
    about = f"(Service: {_prefix(service)}, Status Code: {answer.status_code}, Request ID: {request_id})"
    message = content.get("message", content.get("Message"))
    error = f"{_prefix(service)}.{name.removesuffix('Exception')}Exception"
    return error, f"{message} {about} (SDK Attempt Count: 1)"


def _prefix(service: str) -> str:
    """The service's name in errors."""
    return str(stepfunctions._AWS_SDK_ERROR_PREFIX.get(service, service.capitalize()))


def _write_instants(original: Callable[..., Any]) -> Callable[..., Any]:
    def sdk_value(value: Any, shape: Any) -> Any:
        written = original(value, shape)
        return written.replace(".000Z", "Z") if shape.type_name == "timestamp" and written != value else written

    return sdk_value
