"""AWS JSON 1.1: a request becomes a call of an operation, and its result becomes an HTTP response."""

import json
import uuid
from typing import Any

from local.custom_labels.errors import ServiceError
from local.custom_labels.operations.call import Caller
from local.custom_labels.service import CustomLabels, require_operation
from local.custom_labels.validation import read_json

TARGET_PREFIX = "RekognitionService."
CONTENT_TYPE = "application/x-amz-json-1.1"

HttpResponse = tuple[int, dict[str, str], bytes]


def handle(service: CustomLabels, target: str, body: bytes, caller: Caller) -> HttpResponse:
    """The HTTP status, headers and body for a request; `target` is its X-Amz-Target."""
    request_id = str(uuid.uuid4())
    try:
        operation = _read_operation(target)
        response = service.perform(operation, _read_body(body), caller, request_id)
    except ServiceError as error:
        return _build_response(error.http_status, request_id, _describe_error(error))
    if not response and service.settings.empty_output == "nothing":
        return 200, _build_headers(request_id), b""
    return _build_response(200, request_id, response)


def _read_operation(target: str) -> str:
    if not target.startswith(TARGET_PREFIX):
        message = f"X-Amz-Target is {TARGET_PREFIX} and the name of an operation, not '{target[:100]}'."
        raise ServiceError("UnknownOperationException", message)
    operation = target.removeprefix(TARGET_PREFIX)
    require_operation(operation)
    return operation


def _read_body(body: bytes) -> dict[str, Any]:
    try:
        given = read_json(body or b"{}")
    except (ValueError, RecursionError) as error:
        raise ServiceError("SerializationException", f"The body is not a JSON object: {error}.") from error
    if not isinstance(given, dict):
        raise ServiceError("SerializationException", f"The body is not a JSON object but a {type(given).__name__}.")
    return given


def _describe_error(error: ServiceError) -> dict[str, Any]:
    if not error.message:
        return {"__type": error.code}
    return {
        "__type": error.code,
        "Code": error.code,
        "Logref": str(uuid.uuid4()),
        "Message": error.message,
    }


def _build_response(status: int, request_id: str, content: dict[str, Any]) -> HttpResponse:
    return status, _build_headers(request_id), json.dumps(content).encode()


def _build_headers(request_id: str) -> dict[str, str]:
    return {"Content-Type": CONTENT_TYPE, "x-amzn-requestid": request_id}
