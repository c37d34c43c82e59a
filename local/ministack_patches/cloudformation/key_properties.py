"""CloudFormation gives topics and tables the key of their template."""

from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import dynamodb, sns
from ministack.services.cloudformation import provisioners

from local.ministack_patches.registry import patch

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]


@patch(
    "CloudFormation: topics and tables get the KMS key of their template",
    why="MiniStack drops it. CloudFormation Template Reference, AWS::SNS::Topic, AWS::DynamoDB::Table and "
    "AWS::DynamoDB::GlobalTable.",
)
def install() -> None:
    handlers = provisioners._RESOURCE_HANDLERS
    for kind, set_key in (
        ("AWS::SNS::Topic", _set_topic_key),
        ("AWS::DynamoDB::Table", _set_table_key),
        ("AWS::DynamoDB::GlobalTable", _set_table_key),
    ):
        for step in ("create", "update"):
            handlers[kind][step] = _provision_then(set_key, handlers[kind][step])


def _provision_then(
    set_key: Callable[[str, Properties], None], original: Callable[..., Created]
) -> Callable[..., Created]:
    def provision(*arguments: Any) -> Created:
        name, attributes = original(*arguments)
        set_key(name, find_properties(arguments))
        return name, attributes

    return provision


def find_properties(arguments: tuple[Any, ...]) -> Properties:
    """The properties in the arguments of a handler.

    They are the second argument of a handler that creates, and the third, after the old ones, of one that updates.
    """
    found: Properties = [given for given in arguments if isinstance(given, dict)][-1]
    return found


def _set_topic_key(arn: str, properties: Properties) -> None:
    attributes = sns._topics[arn]["attributes"]
    attributes.pop("KmsMasterKeyId", None)
    if properties.get("KmsMasterKeyId"):
        attributes["KmsMasterKeyId"] = properties["KmsMasterKeyId"]


def _set_table_key(name: str, properties: Properties) -> None:
    """In a global table, the replica of each Region names the key."""
    here = [each for each in properties.get("Replicas", []) if each.get("Region") == responses.get_region()]
    given = {**properties.get("SSESpecification", {}), **(here[0].get("SSESpecification", {}) if here else {})}
    if given.get("SSEEnabled"):
        given = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": given.get("KMSMasterKeyId")}
        dynamodb._tables[name]["SSEDescription"] = dynamodb._sse_description_from_spec(given)
    else:
        dynamodb._tables[name]["SSEDescription"] = None
