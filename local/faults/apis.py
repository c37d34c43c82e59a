"""The APIs whose HTTP calls can fail, from the models of botocore: those whose requests name the operation."""

import json
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from botocore.loaders import Loader

# The name of each service in IAM and signatures, and its name in botocore.
SERVICES = {name: name for name in ("rekognition", "dynamodb", "sns", "sqs", "events")} | {"states": "stepfunctions"}

# "Common Errors" of the API references. botocore reads a 503 without a body as an error that no model has.
UNMODELLED = {"InternalServerError": 500, "InternalFailure": 500}
UNAVAILABLE = "ServiceUnavailable"
CLIENT_ERROR, FAULT = 400, 500

Answer = tuple[int, str, bytes]


@cache
def model(service: str) -> dict[str, Any]:
    """botocore's model of a service of SERVICES."""
    found: dict[str, Any] = Loader().load_service_model(SERVICES[service], "service-2")
    return found


def input_members(service: str, operation: str) -> set[str]:
    """The names of an operation's parameters."""
    shape = model(service)["operations"][operation].get("input", {}).get("shape")
    return set(model(service)["shapes"][shape]["members"]) if shape else set()


def error_answer(service: str, error: str, message: str) -> Answer:
    """HTTP status, content type and body of an error of the service; `error` is the name of an exception."""
    if error == UNAVAILABLE:
        return 503, "text/plain", b""
    metadata, shape = model(service)["metadata"], model(service)["shapes"].get(error, {})
    code, status = shape.get("error", {}).get("code", error), _status(error, shape)
    if metadata["protocol"] == "query":
        content = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        return status, "text/xml", f"<ErrorResponse><Error>{content}</Error></ErrorResponse>".encode()
    key = next((name for name in shape.get("members", {}) if name.lower() == "message"), "message")
    return (
        status,
        f"application/x-amz-json-{metadata['jsonVersion']}",
        json.dumps({"__type": code, key: message}).encode(),
    )


def _status(error: str, shape: dict[str, Any]) -> int:
    if shape.get("fault"):
        return FAULT
    return int(shape.get("error", {}).get("httpStatusCode", UNMODELLED.get(error, CLIENT_ERROR)))
