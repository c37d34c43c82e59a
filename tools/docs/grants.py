"""The grants of a template: each single action that a policy of a role or of a resource allows."""

import re
from dataclasses import dataclass
from typing import Any, NamedTuple

Template = dict[str, Any]
Statement = dict[str, Any]


class _Place(NamedTuple):
    """The properties of a resource that have its policy and the owner of the policy."""

    policy: str
    holder: str


_OF_ROLES = _Place("PolicyDocument", "Roles")
_OF_RESOURCES = {
    "AWS::KMS::Key": _Place("KeyPolicy", ""),
    "AWS::S3::BucketPolicy": _Place("PolicyDocument", "Bucket"),
    "AWS::SNS::TopicPolicy": _Place("PolicyDocument", "Topics"),
    "AWS::SQS::QueuePolicy": _Place("PolicyDocument", "Queues"),
}
_OF_FUNCTION = "AWS::Lambda::Permission"
"""Each is one statement of the policy of a function."""


@dataclass(frozen=True)
class Grant:
    """One action on one resource, which the policy of a role or of that resource allows.

    `owner` is the logical id of the role or resource, `policy` that of the resource which contains the policy.
    """

    owner: str
    policy: str
    statement: Statement
    action: str
    resource: Any

    @property
    def via(self) -> str:
        """The only service that may use the key, such as `sns`; empty without such a condition."""
        service = self.statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService")
        return str(service["Fn::Join"][1][0]).rstrip(".") if service else ""


def grants_of_roles(template: Template) -> list[Grant]:
    """The grants of policies of roles."""
    return [
        Grant(owner["Ref"], name, statement, action, on)
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::IAM::Policy"
        for owner in resource["Properties"][_OF_ROLES.holder]
        for statement in _statements(resource)
        for action in as_list(statement["Action"])
        for on in as_list(statement["Resource"])
    ]


def rules_of_resources(template: Template) -> list[Grant]:
    """The grants and denials of policies of resources."""
    return [
        Grant(_owner(name, resource), name, statement, action, statement["Resource"])
        for name, resource in template["Resources"].items()
        if resource["Type"] in (*_OF_RESOURCES, _OF_FUNCTION)
        for statement in _statements(resource)
        for action in as_list(statement["Action"])
    ]


def plain(logical_id: str) -> str:
    """The logical id without the hash at its end. That of a version has a second hash, of what it contains."""
    return re.sub(r"[0-9A-F]{8}([0-9a-f]{32})?$", "", logical_id)


def as_list(value: Any) -> list[Any]:
    """The value itself if it is a list, else a list of it. IAM accepts both."""
    return value if isinstance(value, list) else [value]


def _statements(resource: Template) -> list[Statement]:
    if resource["Type"] == _OF_FUNCTION:
        return [_permission(resource["Properties"])]
    statements: list[Statement] = resource["Properties"][_place(resource).policy]["Statement"]
    return statements


def _permission(properties: Template) -> Statement:
    """The statement that Lambda adds to the function's policy."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": properties["Principal"]},
        "Action": properties["Action"],
        "Resource": properties["FunctionName"],
        "Condition": {"ArnLike": {"aws:SourceArn": properties["SourceArn"]}},
    }


def _place(resource: Template) -> _Place:
    return _OF_RESOURCES.get(resource["Type"], _OF_ROLES)


def _owner(name: str, resource: Template) -> str:
    if resource["Type"] == _OF_FUNCTION:
        return str(resource["Properties"]["FunctionName"]["Ref"])
    place = _place(resource)
    if not place.holder:
        return name
    (owner,) = as_list(resource["Properties"][place.holder])
    return str(owner["Ref"])
