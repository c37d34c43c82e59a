"""A log group gets a KMS key only if the key's policy allows CloudWatch Logs to use it."""

from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch_logs
from ministack.services.cloudformation import provisioners

from local.ministack_patches.cloudformation.key_properties import find_properties
from local.ministack_patches.iam.keys import policy_allows
from local.ministack_patches.registry import patch

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]

TO_KEEP_LOGS = (
    "kms:Encrypt",
    "kms:Decrypt",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
    "kms:GenerateDataKey",
    "kms:DescribeKey",
)


@patch(
    "CloudWatch Logs: a log group gets a KMS key only if the key's policy allows CloudWatch Logs to use it",
    why="MiniStack does not check it. CloudWatch Logs User Guide, "
    '"Encrypt log data in CloudWatch Logs using AWS Key Management Service".',
)
def install() -> None:
    cloudwatch_logs._create_log_group = _check_request(cloudwatch_logs._create_log_group)
    handlers = provisioners._RESOURCE_HANDLERS["AWS::Logs::LogGroup"]
    for step in ("create", "update"):
        handlers[step] = _check_properties(handlers[step])


def _refusal(group: str, key: str | None) -> str:
    """Why the log group may not have the key; the empty string if it may."""
    region, account = responses.get_region(), responses.get_account_id()
    arn = f"arn:aws:logs:{region}:{account}:log-group:{group}"
    context, source = {"aws:logs:arn": arn}, {"sourcearn": arn, "sourceaccount": account}
    if not key or policy_allows(key, f"logs.{region}.amazonaws.com", TO_KEEP_LOGS, context, **source):
        return ""
    return f"The specified KMS key does not exist or is not allowed to be used with LogGroup '{arn}'"


def _check_request(original: Callable[[Properties], Any]) -> Callable[[Properties], Any]:
    def create_log_group(request: Properties) -> Any:
        refusal = _refusal(request.get("logGroupName", ""), request.get("kmsKeyId"))
        if refusal:
            return responses.error_response_json("InvalidParameterException", refusal, 400)
        return original(request)

    return create_log_group


def _check_properties(original: Callable[..., Created]) -> Callable[..., Created]:
    """The check comes after the creation, because a group without a name in its template gets one there."""

    def provision(*arguments: Any) -> Created:
        earlier = list(cloudwatch_logs._log_groups)
        name, attributes = original(*arguments)
        refusal = _refusal(name, find_properties(arguments).get("KmsKeyId"))
        if refusal:
            cloudwatch_logs._log_groups[name]["kmsKeyId"] = None
            if name not in earlier:
                del cloudwatch_logs._log_groups[name]
            raise ValueError(f"InvalidParameterException: {refusal}")
        return name, attributes

    return provision
