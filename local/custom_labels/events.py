"""What CloudTrail records of a call, as EventBridge delivers it."""

import hashlib
import uuid
from datetime import UTC, datetime
from typing import Any

from local.custom_labels import shapes
from local.custom_labels.caller import Caller
from local.custom_labels.errors import ServiceError

# The calls that change something (CloudTrail's readOnly is false): only those reach a rule that asks for no more.
RECORDED = frozenset(
    {
        "CreateProject",
        "DeleteProject",
        "CreateDataset",
        "DistributeDatasetEntries",
        "UpdateDatasetEntries",
        "DeleteDataset",
    }
)
HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


def build_event(
    caller: Caller,
    operation: str,
    now: float,
    request_id: str,
    *,
    request: Any,
    response: Any = None,
    error: ServiceError | None = None,
) -> dict[str, Any]:
    """The whole EventBridge event; `request` and `response` are in CloudTrail's casing already, or None."""
    time = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "AWS API Call via CloudTrail",
        "source": "aws.rekognition",
        "account": caller.account,
        "time": time,
        "region": caller.region,
        "resources": [],
        "detail": {
            **_describe_call(caller, operation, time),
            **({"errorCode": error.code, "errorMessage": error.message} if error else {}),
            "requestParameters": request,
            "responseElements": response,
            "requestID": request_id,
            **_describe_record(caller),
        },
    }


def describe_request(operation: str, parameters: dict[str, Any], casing: str) -> Any:
    """CloudTrail's requestParameters: its casing of keys, blobs hidden, null when there are none."""
    return _convert(shapes.input_shape(operation), parameters, casing) or None


def describe_response(operation: str, response: dict[str, Any], casing: str) -> Any:
    """CloudTrail's responseElements, likewise."""
    return _convert(shapes.output_shape(operation), response, casing) or None


def _convert(shape: Any, value: Any, casing: str) -> Any:
    if shape.type_name == "structure":
        return {_cased(name, casing): _convert(shape.members[name], member, casing) for name, member in value.items()}
    if shape.type_name == "list":
        return [_convert(shape.member, item, casing) for item in value]
    return HIDDEN if shape.type_name == "blob" else value


def _cased(name: str, casing: str) -> str:
    return name if casing == "pascal" else name[:1].lower() + name[1:]


def _describe_call(caller: Caller, operation: str, time: str) -> dict[str, Any]:
    return {
        "eventVersion": "1.11",
        "userIdentity": _describe_identity(caller, time),
        "eventTime": time,
        "eventSource": "rekognition.amazonaws.com",
        "eventName": operation,
        "awsRegion": caller.region,
        "sourceIPAddress": caller.source_ip,
        "userAgent": caller.user_agent,
    }


def _describe_record(caller: Caller) -> dict[str, Any]:
    return {
        "eventID": str(uuid.uuid4()),
        "readOnly": False,
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": caller.account,
        "eventCategory": "Management",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": f"rekognition.{caller.region}.amazonaws.com",
        },
    }


def _describe_identity(caller: Caller, time: str) -> dict[str, Any]:
    """CloudTrail's userIdentity for a root, a user or an assumed role, which the caller's ARN tells apart."""
    kind, _, name = caller.arn.rpartition(":")[2].partition("/")
    identity = {"arn": caller.arn, "accountId": caller.account, "accessKeyId": caller.access_key_id}
    if kind == "assumed-role":
        role, _, session = name.rpartition("/")
        principal = _principal_id("AROA", role)
        issuer = {
            "type": "Role",
            "principalId": principal,
            "arn": f"arn:aws:iam::{caller.account}:role/{role}",
            "accountId": caller.account,
            "userName": role,
        }
        attributes = {"creationDate": time, "mfaAuthenticated": "false"}
        context = {"sessionIssuer": issuer, "attributes": attributes}
        return {
            "type": "AssumedRole",
            "principalId": f"{principal}:{session}",
            **identity,
            "sessionContext": context,
        }
    if kind == "user":
        user = name.rpartition("/")[2]
        return {"type": "IAMUser", "principalId": _principal_id("AIDA", user), **identity, "userName": user}
    return {"type": "Root", "principalId": caller.account, **identity}


def _principal_id(prefix: str, name: str) -> str:
    return prefix + hashlib.sha256(name.encode()).hexdigest()[:17].upper()
