"""CloudFormation gives topics, tables and log groups the key of their template; MiniStack drops it, or asks nobody.

A log group gets a key only if the key's policy lets CloudWatch Logs use it for this log group (CloudWatch Logs User
Guide, "Encrypt log data in CloudWatch Logs using AWS Key Management Service").
"""

from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch_logs, dynamodb, sns
from ministack.services.cloudformation import provisioners

from local.ministack_patches.iam.keys import lets_in

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


def install() -> None:
    """Keep the keys, and ask for those of log groups."""
    handlers = provisioners._RESOURCE_HANDLERS
    for kind, keep in (("SNS::Topic", _of_topic), ("DynamoDB::Table", _of_table), ("DynamoDB::GlobalTable", _of_table)):
        for step in ("create", "update"):
            handlers[f"AWS::{kind}"][step] = _then(keep, handlers[f"AWS::{kind}"][step])
    cloudwatch_logs._create_log_group = _if_the_key_lets_logs_in(cloudwatch_logs._create_log_group)
    for step in ("create", "update"):
        handlers["AWS::Logs::LogGroup"][step] = _created_if_the_key_lets_logs_in(handlers["AWS::Logs::LogGroup"][step])


def _then(keep: Callable[[str, Properties], None], original: Callable[..., Created]) -> Callable[..., Created]:
    def provision(*arguments: Any) -> Created:
        name, attributes = original(*arguments)
        keep(name, _properties(arguments))
        return name, attributes

    return provision


def _properties(arguments: tuple[Any, ...]) -> Properties:
    """A handler that creates has them second, one that updates third, behind the former ones."""
    found: Properties = [given for given in arguments if isinstance(given, dict)][-1]
    return found


def _of_topic(arn: str, properties: Properties) -> None:
    attributes = sns._topics[arn]["attributes"]
    attributes.pop("KmsMasterKeyId", None)
    if properties.get("KmsMasterKeyId"):
        attributes["KmsMasterKeyId"] = properties["KmsMasterKeyId"]


def _of_table(name: str, properties: Properties) -> None:
    """A global table has the key of each Region with its replica."""
    here = [each for each in properties.get("Replicas", []) if each.get("Region") == responses.get_region()]
    given = {**properties.get("SSESpecification", {}), **(here[0].get("SSESpecification", {}) if here else {})}
    if given.get("SSEEnabled"):
        given = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": given.get("KMSMasterKeyId")}
        dynamodb._tables[name]["SSEDescription"] = dynamodb._sse_description_from_spec(given)
    else:
        dynamodb._tables[name]["SSEDescription"] = None


def _refusal(group: str, key: str | None) -> str:
    """Why the log group may not have the key; nothing if it may."""
    region, account = responses.get_region(), responses.get_account_id()
    arn = f"arn:aws:logs:{region}:{account}:log-group:{group}"
    context, source = {"aws:logs:arn": arn}, {"sourcearn": arn, "sourceaccount": account}
    if not key or lets_in(key, f"logs.{region}.amazonaws.com", TO_KEEP_LOGS, context, **source):
        return ""
    return f"The specified KMS key does not exist or is not allowed to be used with LogGroup '{arn}'"


def _if_the_key_lets_logs_in(original: Callable[[Properties], Any]) -> Callable[[Properties], Any]:
    def create_log_group(request: Properties) -> Any:
        refusal = _refusal(request.get("logGroupName", ""), request.get("kmsKeyId"))
        if refusal:
            return responses.error_response_json("InvalidParameterException", refusal, 400)
        return original(request)

    return create_log_group


def _created_if_the_key_lets_logs_in(original: Callable[..., Created]) -> Callable[..., Created]:
    """Where the template has no name, the group gets its name first and its key then."""

    def provision(*arguments: Any) -> Created:
        earlier = list(cloudwatch_logs._log_groups)
        name, attributes = original(*arguments)
        refusal = _refusal(name, _properties(arguments).get("KmsKeyId"))
        if refusal:
            cloudwatch_logs._log_groups[name]["kmsKeyId"] = None
            if name not in earlier:
                del cloudwatch_logs._log_groups[name]
            raise ValueError(f"InvalidParameterException: {refusal}")
        return name, attributes

    return provision
