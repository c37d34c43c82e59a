"""What CloudTrail records of a call, and when EventBridge delivers it."""

import hashlib
import uuid
from bisect import insort
from collections.abc import Callable
from datetime import UTC, datetime
from operator import itemgetter
from threading import Lock
from typing import Any

from local.custom_labels.clock import Clock
from local.custom_labels.errors import ServiceError
from local.custom_labels.operations.call import Caller
from local.custom_labels.settings import Settings
from local.custom_labels.validation import input_shape, output_shape

# Operations that change projects or datasets: CloudTrail's readOnly is false. A rule receives no others unless it asks
# for them. Tags are left out.
RECORDED_OPERATIONS = frozenset(
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
    """The EventBridge event of a call; `describe_request` and `describe_response` build `request` and `response`."""
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
    """CloudTrail's requestParameters: keys in its casing, blobs hidden; None for no parameters, or if absent."""
    return None if casing == "absent" else _convert_members(input_shape(operation), parameters, casing) or None


def describe_response(operation: str, response: dict[str, Any], casing: str) -> Any:
    """CloudTrail's responseElements, in the same form."""
    return _convert_members(output_shape(operation), response, casing) or None


def _convert_members(shape: Any, value: Any, casing: str) -> Any:
    if shape.type_name == "structure":
        return {
            _convert_case(name, casing): _convert_members(shape.members[name], member, casing)
            for name, member in value.items()
        }
    if shape.type_name == "list":
        return [_convert_members(shape.member, item, casing) for item in value]
    return HIDDEN if shape.type_name == "blob" else value


def _convert_case(name: str, casing: str) -> str:
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
    """CloudTrail's userIdentity for a root, a user or an assumed role, as the caller's ARN says."""
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


Event = dict[str, Any]


class Delivery:
    """Events until they are delivered. Several threads can call it; the thread that takes an event delivers it."""

    def __init__(self, clock: Clock, put_event: Callable[[Event], None]) -> None:
        self._clock = clock
        self._put_event = put_event
        self._lock = Lock()  # not held while an event is put
        self._pending: list[tuple[float, Event]] = []
        """Each copy with the time at which it is due, in epoch seconds, earliest first."""

    def put(self, event: Event, settings: Settings) -> None:
        """Deliver an event without a delay at once, and keep any other event until it is due."""
        due = self._clock.now() + settings.event_delay_seconds
        for _ in range(settings.event_copies):
            if settings.event_delay_seconds:
                self._keep(due, event)
            else:
                self._put_event(event)

    def deliver_due(self) -> None:
        while event := self._take_due():
            self._put_event(event)

    def forget(self) -> None:
        """Drop the events that are not delivered yet."""
        with self._lock:
            self._pending.clear()

    def _keep(self, due: float, event: Event) -> None:
        with self._lock:
            insort(self._pending, (due, event), key=itemgetter(0))

    def _take_due(self) -> Event | None:
        with self._lock:
            if self._pending and self._pending[0][0] <= self._clock.now():
                return self._pending.pop(0)[1]
            return None
