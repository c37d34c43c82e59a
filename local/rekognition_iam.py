"""The Custom Labels service goes into MiniStack, and MiniStack is patched.

MiniStack's private names are here, in faults/injection.py and in ministack_patches/, and nowhere else. It is pinned
exactly; their tests say which patch breaks when the pin moves.
"""

import asyncio
import contextvars
import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from ministack import app as ministack
from ministack.core import iam_actions, iam_evaluator, responses, router
from ministack.services import eventbridge, s3

from local.custom_labels.call import AccessDenied, Caller, ObjectForbidden, ObjectUnreadable
from local.custom_labels.service import CustomLabels
from local.custom_labels.wire import handle
from local.ministack_patches.iam.permissions import allows
from local.ministack_patches.order import install_patches

SERVICE = "rekognition"
TARGET_PREFIX = "RekognitionService"

Response = tuple[int, dict[str, str], bytes]
Handler = Callable[[str, str, dict[str, str], bytes, dict[str, Any]], Awaitable[Response]]


def install(service: CustomLabels) -> Any:
    """Put the service into MiniStack, install the patches, and return MiniStack's ASGI application."""
    router.SERVICE_PATTERNS[SERVICE] = {
        "target_prefixes": [TARGET_PREFIX],
        "host_patterns": [rf"{SERVICE}\."],
        "credential_scope": SERVICE,
    }
    iam_actions.SERVICE_TO_IAM_NAMESPACE[SERVICE] = SERVICE
    iam_actions.extract_resource_arn = _naming_datasets(iam_actions.extract_resource_arn)
    iam_actions.access_denied_response = _recording_denials(iam_actions.access_denied_response, service)
    ministack.SERVICE_HANDLERS[SERVICE] = _handler(service)
    install_patches()
    return ministack.app


def put_event(event: dict[str, Any]) -> None:
    """Put an event of an AWS service on the default bus of the account and Region it names, whoever's request this is.

    PutEvents would give it another id and another time.
    """
    contextvars.copy_context().run(_dispatch, event)


def _dispatch(event: dict[str, Any]) -> None:
    record = {
        "EventId": event["id"],
        "Source": event["source"],
        "DetailType": event["detail-type"],
        "Detail": json.dumps(event["detail"]),
        "EventBusName": "default",
        "Time": int(datetime.fromisoformat(event["time"]).timestamp()),
        "Resources": event["resources"],
        "Account": event["account"],
        "Region": event["region"],
    }
    iam_evaluator.pin_request_origin("127.0.0.1", secure_transport=True)  # services reach one another over TLS
    with responses.request_scope(event["account"], event["region"]):
        eventbridge._dispatch_event(record)
        eventbridge._archive_event(record)


def _handler(service: CustomLabels) -> Handler:
    async def handle_request(
        _method: str, _path: str, headers: dict[str, str], body: bytes, _query: dict[str, Any]
    ) -> Response:
        caller = _caller(headers)
        for arn in _resource_arns(body)[1:]:
            try:
                caller.authorize(f"{SERVICE}:{_operation(headers)}", arn)
            except AccessDenied:
                return _access_denied(headers, caller, arn)
        return await asyncio.to_thread(handle, service, headers.get("x-amz-target", ""), body, caller)

    return handle_request


def _operation(headers: dict[str, str]) -> str:
    return headers.get("x-amz-target", "").rpartition(".")[2]


def _access_denied(headers: dict[str, str], caller: Caller, arn: str) -> Response:
    response: Response = iam_actions.access_denied_response(
        SERVICE, f"{SERVICE}:{_operation(headers)}", caller.arn, "", headers=headers, resource_arn=arn
    )
    return response


def _resource_arns(body: bytes) -> list[str]:
    """The ARNs on which IAM authorises a request (Service Authorization Reference); none means `*`."""
    try:
        parameters = json.loads(body or b"{}")
        named = [parameters.get(key) for key in ("DatasetArn", "ProjectArn", "ResourceArn")]
        named += [dataset.get("Arn") for dataset in parameters.get("Datasets", [])]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return []  # not a request: the service says so
    return [arn for arn in named if isinstance(arn, str)]


def _naming_datasets(original: Callable[..., str]) -> Callable[..., str]:
    def extract_resource_arn(service: str, *args: Any, **kwargs: Any) -> str:
        if service != SERVICE:
            return original(service, *args, **kwargs)
        body = kwargs["body"] if "body" in kwargs else args[3]
        return next(iter(_resource_arns(body)), "*")

    return extract_resource_arn


def _recording_denials(original: Callable[..., Response], recorder: CustomLabels) -> Callable[..., Response]:
    """A call that IAM refuses never reaches the service, but CloudTrail records it all the same."""

    def access_denied_response(service: str, action: str, *args: Any, **kwargs: Any) -> Response:
        response = original(service, action, *args, **kwargs)
        if service != SERVICE:
            return response
        _, headers, body = response
        if action == f"{SERVICE}:CreateDataset":
            caller = _caller(kwargs.get("headers") or {})
            recorder.record_denial("CreateDataset", caller, str(json.loads(body).get("message", "")))
        return 400, headers, body

    return access_denied_response


def _caller(headers: dict[str, str]) -> Caller:
    access_key_id = router.extract_access_key_id(headers, {})

    def authorize(action: str, resource_arn: str) -> None:
        if not _allows(access_key_id, action, resource_arn):
            arn = iam_evaluator.caller_arn()
            raise AccessDenied(f"User: {arn} is not authorized to perform: {action} on resource: {resource_arn}")

    def read_object(bucket: str, key: str, version: str | None) -> bytes:
        if not _allows(access_key_id, "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}"):
            raise ObjectForbidden(f"the caller may not s3:GetObject s3://{bucket}/{key}")
        data = s3._get_object_data(bucket, key, version_id=version)
        if data is None:
            raise ObjectUnreadable(f"there is no object s3://{bucket}/{key}")
        return bytes(data)

    return Caller(
        account=responses.get_account_id(),
        region=responses.get_region(),
        arn=iam_evaluator.caller_arn(),
        access_key_id=access_key_id,
        source_ip="127.0.0.1",
        user_agent=headers.get("user-agent", ""),
        authorize=authorize,
        read_object=read_object,
    )


def _allows(access_key_id: str, action: str, resource_arn: str) -> bool:
    principal = iam_evaluator.resolve_principal(access_key_id, responses.get_account_id())
    return not isinstance(principal, iam_evaluator.AuthError) and allows(principal, action, resource_arn)
