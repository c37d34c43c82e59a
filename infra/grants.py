"""What a template lets anybody do: each thing that the policy of a role, or that of a resource, allows by itself."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

Template = dict[str, Any]
Statement = dict[str, Any]


class _Place(NamedTuple):
    """Where a resource of the template has its policy, and who or what that is of."""

    policy: str
    holder: str


_OF_ROLES = _Place("PolicyDocument", "Roles")
_OF_RESOURCES = {
    "AWS::KMS::Key": _Place("KeyPolicy", ""),
    "AWS::S3::BucketPolicy": _Place("PolicyDocument", "Bucket"),
    "AWS::SNS::TopicPolicy": _Place("PolicyDocument", "Topics"),
    "AWS::SQS::QueuePolicy": _Place("PolicyDocument", "Queues"),
}
_ROLE = "AWS::IAM::Role"
_POLICY = "AWS::IAM::Policy"

# Types that let somebody do something, wherever they have it.
KINDS = {_ROLE, _POLICY, *_OF_RESOURCES}


@dataclass(frozen=True)
class Grant:
    """One action: a role's on one resource, or on a resource whose own policy has it, for its principal.

    `owner` and `policy` are logical ids: of the role or the resource, and of what has the policy in it.
    """

    owner: str
    policy: str
    statement: Statement
    action: str
    resource: Any

    @property
    def of_role(self) -> bool:
        return "Principal" not in self.statement

    @property
    def via(self) -> str:
        """The service through which alone a key may be used, such as `sns`."""
        service = self.statement.get("Condition", {}).get("StringEquals", {}).get("kms:ViaService")
        return str(service["Fn::Join"][1][0]).rstrip(".") if service else ""


def grants_of_roles(template: Template) -> list[Grant]:
    """What the policies of roles allow."""
    return [
        Grant(owner["Ref"], name, statement, action, on)
        for name, resource in template["Resources"].items()
        if resource["Type"] == _POLICY
        for owner in resource["Properties"][_OF_ROLES.holder]
        for statement in _statements(resource)
        for action in as_list(statement["Action"])
        for on in as_list(statement["Resource"])
    ]


def grants_of_resources(template: Template) -> list[Grant]:
    """What their own policies allow."""
    return [grant for grant in rules_of_resources(template) if grant.statement["Effect"] == "Allow"]


def rules_of_resources(template: Template) -> list[Grant]:
    """What their own policies allow, and what they refuse."""
    return [
        Grant(_owner(name, resource), name, statement, action, statement["Resource"])
        for name, resource in template["Resources"].items()
        if resource["Type"] in _OF_RESOURCES
        for statement in _statements(resource)
        for action in as_list(statement["Action"])
    ]


def without(template: Template, grant: Grant) -> Template:
    """The template less this; with it goes a policy in which nothing is left."""
    policy = template["Resources"][grant.policy]
    name = _place(policy).policy
    document = policy["Properties"][name]
    left = [
        each
        for statement in document["Statement"]
        for each in (_parts(statement, grant) if statement == grant.statement else [statement])
    ]
    if left:
        return _with(template, grant.policy, name, {**document, "Statement": left})
    return _less(template, grant.policy)


def plain(logical_id: str) -> str:
    """The path of a construct, without the hash behind it."""
    return re.sub(r"[0-9A-F]{8}$", "", logical_id)


def as_list(value: Any) -> list[Any]:
    """IAM takes one for a list of one."""
    return value if isinstance(value, list) else [value]


def _parts(statement: Statement, grant: Grant) -> Iterator[Statement]:
    """What is left of a statement: the other actions as they were, and this one on other resources."""
    actions = [action for action in as_list(statement["Action"]) if action != grant.action]
    resources = [each for each in as_list(statement["Resource"]) if each != grant.resource]
    if actions:
        yield {**statement, "Action": actions}
    if resources and grant.of_role:
        yield {**statement, "Action": grant.action, "Resource": resources}


def _statements(resource: Template) -> list[Statement]:
    statements: list[Statement] = resource["Properties"][_place(resource).policy]["Statement"]
    return statements


def _place(resource: Template) -> _Place:
    return _OF_RESOURCES.get(resource["Type"], _OF_ROLES)


def _owner(name: str, resource: Template) -> str:
    place = _place(resource)
    if not place.holder:
        return name
    (owner,) = as_list(resource["Properties"][place.holder])
    return str(owner["Ref"])


def _with(template: Template, policy: str, name: str, value: Any) -> Template:
    resources = template["Resources"]
    properties = {**resources[policy]["Properties"], name: value}
    return {**template, "Resources": {**resources, policy: {**resources[policy], "Properties": properties}}}


def _less(template: Template, policy: str) -> Template:
    """Nothing waits for it any more, either."""
    kept = {name: resource for name, resource in template["Resources"].items() if name != policy}
    for name, resource in kept.items():
        if policy in as_list(resource.get("DependsOn", [])):
            waits = [other for other in as_list(resource["DependsOn"]) if other != policy]
            kept[name] = {**resource, "DependsOn": waits}
    return {**template, "Resources": kept}
