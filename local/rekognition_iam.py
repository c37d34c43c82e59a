"""IAM for Rekognition's calls: the resources that a call needs, who the caller is, and how a call is refused.

MiniStack checks the first resource of a call. Of a call with several, refuse_further_resources checks the others.
"""

import json
from collections.abc import Callable
from typing import Any

from ministack.core import iam_actions, iam_evaluator, responses, router
from ministack.services import s3

from local.custom_labels.operations.call import AccessDenied, Caller, ObjectForbidden, ObjectUnreadable
from local.custom_labels.service import CustomLabels
from local.ministack_patches.iam.permissions import allows

SERVICE = "rekognition"

Response = tuple[int, dict[str, str], bytes]


def install(recorder: CustomLabels) -> None:
    """Let MiniStack find the resource of a call, and record a refused CreateDataset with the service."""
    iam_actions.extract_resource_arn = _find_resource(iam_actions.extract_resource_arn)
    iam_actions.access_denied_response = _record_refusals(iam_actions.access_denied_response, recorder)


def refuse_further_resources(headers: dict[str, str], body: bytes, caller: Caller) -> Response | None:
    """The AccessDeniedException if IAM refuses one of the resources after the first; None if it allows all of them."""
    action = f"{SERVICE}:{headers.get('x-amz-target', '').rpartition('.')[2]}"
    for arn in _resource_arns(body)[1:]:
        try:
            caller.authorize(action, arn)
        except AccessDenied:
            refusal: Response = iam_actions.access_denied_response(
                SERVICE, action, caller.arn, "", headers=headers, resource_arn=arn
            )
            return refusal
    return None


def read_caller(headers: dict[str, str]) -> Caller:
    """The caller of the current request."""
    access_key_id = router.extract_access_key_id(headers, {})

    def authorize(action: str, resource_arn: str) -> None:
        if not _is_allowed(access_key_id, action, resource_arn):
            arn = iam_evaluator.caller_arn()
            raise AccessDenied(f"User: {arn} is not authorized to perform: {action} on resource: {resource_arn}")

    def read_object(bucket: str, key: str, version: str | None) -> bytes:
        if not _is_allowed(access_key_id, "s3:GetObject", f"arn:aws:s3:::{bucket}/{key}"):
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


def _is_allowed(access_key_id: str, action: str, resource_arn: str) -> bool:
    principal = iam_evaluator.resolve_principal(access_key_id, responses.get_account_id())
    return not isinstance(principal, iam_evaluator.AuthError) and allows(principal, action, resource_arn)


def _resource_arns(body: bytes) -> list[str]:
    """The resources that IAM checks for a request (Service Authorization Reference); an empty list means `*`."""
    try:
        parameters = json.loads(body or b"{}")
        named = [parameters.get(key) for key in ("DatasetArn", "ProjectArn", "ResourceArn")]
        named += [dataset.get("Arn") for dataset in parameters.get("Datasets", [])]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return []  # the service answers that this is not a request
    return [arn for arn in named if isinstance(arn, str)]


def _find_resource(original: Callable[..., str]) -> Callable[..., str]:
    def extract_resource_arn(service: str, *args: Any, **kwargs: Any) -> str:
        if service != SERVICE:
            return original(service, *args, **kwargs)
        return next(iter(_resource_arns(args[3])), "*")

    return extract_resource_arn


def _record_refusals(original: Callable[..., Response], recorder: CustomLabels) -> Callable[..., Response]:
    """CloudTrail records a call that IAM refuses. This does so for CreateDataset, whose events a rule may match."""

    def access_denied_response(service: str, action: str, *args: Any, **kwargs: Any) -> Response:
        response = original(service, action, *args, **kwargs)
        if service != SERVICE:
            return response
        _, headers, body = response
        if action == f"{SERVICE}:CreateDataset":
            caller = read_caller(kwargs.get("headers") or {})
            recorder.record_denial("CreateDataset", caller, str(json.loads(body).get("message", "")))
        return 400, headers, body

    return access_denied_response
