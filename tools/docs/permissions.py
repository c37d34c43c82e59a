"""Writes docs/permissions.md from the synthesized template."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.asset import ROOT
from tools.docs.grants import Grant, Statement, Template, as_list, grants_of_roles, plain, rules_of_resources
from tools.docs.permissions_reasons import NAMES, TAKES_NO_RESOURCE, WHY

PAGE = ROOT / "docs" / "permissions.md"

_HEAD = """# Permissions

Written by `make docs` from the synthesized template with default settings. The stack needs each permission on this
page: [a test](../tests/deployment/permissions/test_least_privilege.py) removes each one in turn and checks that
something fails.

[Settings](settings.md) change the permissions:

- `projects` puts names in place of the `*` that stands for a project.
- `imageBuckets` adds `s3:GetObject` on these buckets for `start_distribution`.
- `imageKeys` adds `kms:Decrypt` on these keys for `start_distribution`, through S3 only.
- `createTrail` allows CloudTrail to write to a bucket of its own.
- `sweepHours=0` removes the schedule of the sweep with its role and its queue.
- `permissionsBoundary` limits every role.
- `removalPolicy=retain` removes the bucket emptier: the CDK's function that empties the bucket.

A text in parentheses, such as `WatchEndings`, is a part of the resource's name in the AWS console.
"""

_ROLES = """
## Permissions of roles

| role of | action | resource | condition | reason |
|---|---|---|---|---|
"""

_RESOURCES = """
## Policies of resources

| resource | principal | action | condition | reason |
|---|---|---|---|---|
"""

_TRUST = """
## Principals that may assume the roles

| role of | principal | condition |
|---|---|---|
"""

_PEOPLE = """
## Permissions for people

The stack creates no role for people. Encrypted data needs a permission on the key, too.

| task | permissions |
|---|---|
| start an execution | `states:StartExecution` on the state machine |
| start a sweep | `states:StartExecution` on the state machine of the sweep |
| read the records | `dynamodb:Query` on the table, `kms:Decrypt` on the key |
| open the page of a report | `s3:GetObject` on objects in the bucket of reports, `kms:Decrypt` on the key |
| read the events in a dead-letter queue | `sqs:ReceiveMessage` on the queue, `kms:Decrypt` on the key |
"""


def render(template: Template) -> str:
    """The page."""
    of_roles = sorted(grants_of_roles(template), key=lambda grant: list(NAMES).index(plain(grant.owner)))
    return "".join(
        [
            *(_HEAD, _ROLES, *map(_row_of_role, of_roles)),
            *(_RESOURCES, *map(_row_of_resource, rules_of_resources(template))),
            *(_TRUST, *_trust(template), _PEOPLE),
        ]
    )


def why(grant: Grant) -> str:
    """The most specific key of WHY that fits the grant. Raises LookupError if there is none."""
    action = f"{grant.action} via {grant.via}" if grant.via else grant.action
    conditions = [key for each in grant.statement.get("Condition", {}).values() for key in each]
    resource = _named(grant.resource)
    differing = [resource, _of(grant), *re.findall(r"`\w+`", resource), grant.statement.get("Sid", ""), *conditions]
    keys = [action, *(f"{action} {each}".replace("`", "") for each in differing)]
    found = [key for key in keys if key in WHY]
    if not found:
        raise LookupError(f"WHY has no reason for {grant.action}. Add one with one of the keys {keys}.")
    return found[-1]


def _row_of_role(grant: Grant) -> str:
    resource, because = _named(grant.resource), WHY[why(grant)]
    if resource == "*":
        title = TAKES_NO_RESOURCE[grant.action.partition(":")[0]]
        resource, because = (
            "`*`",
            f"{because} The action takes no resource (Service Authorization Reference, *{title}*).",
        )
    return _row(_of(grant), f"`{grant.action}`", resource, _conditions(grant.statement), because)


def _row_of_resource(rule: Grant) -> str:
    return _row(_of(rule), _principal(rule), f"`{rule.action}`", _conditions(rule.statement), WHY[why(rule)])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _of(grant: Grant) -> str:
    return NAMES[plain(grant.owner)]


def _principal(grant: Grant) -> str:
    principal = grant.statement["Principal"]
    if grant.statement["Effect"] == "Deny":
        return "**denied:** everybody"
    if "Service" in principal:
        return f"`{_named(principal['Service'])}`"
    who = _named(principal["AWS"])
    return "this account" if who.endswith(":root") else who


def _conditions(statement: Statement) -> str:
    stated: Mapping[str, Mapping[str, Any]] = statement.get("Condition", {})
    return "; ".join(
        f"`{key}` {_COMPARED[operator]} {_value(value)}"
        for operator, each in stated.items()
        for key, value in each.items()
    )


_COMPARED = {
    "ArnEquals": "is",
    "ArnLike": "matches",
    "Bool": "is",
    "NumericLessThan": "is less than",
    "StringEquals": "is",
}


def _value(value: Any) -> str:
    named = _named(value)
    return named if named.startswith("the ") or named == "this account" else f"`{named}`"


_FORMS = [
    (r"arn:[^:]*:rekognition:.*:project/(.*)", r"`project/\1`"),
    (r"arn:[^:]*:events:.*:event-bus/default", "the account's default event bus"),
    (r"arn:[^:]*:states:.*:execution:(.*):\*", r"executions of \1"),
    (r"arn:[^:]*:cloudwatch:.*:alarm:.*-\*", "the alarms of this stack"),
    (r"arn:[^:]*:logs:.*:log-group:/aws/vendedlogs/.*-\*", "that of its state machine"),
    (r"arn:[^:]*:logs:.*:log-group:.*-\*", "the log groups of this stack"),
    (r"arn:[^:]*:sqs:.*:\*", "the queues of this account"),
    (r"arn:[^:]*:states:.*:stateMachine:\*", "the state machines of this account"),
    (r"arn:[^:]*:events:.*:rule/\*", "the rules of this account"),
    (r"(.*)/\*", r"objects in \1"),
    (r"(.*):\*", r"every version of \1"),
]


def _named(value: Any) -> str:
    """A value of the template in words."""
    if isinstance(value, list):
        return " or ".join(map(_named, value))
    text = _text(value)
    for form, words in _FORMS:
        if re.fullmatch(form, text):
            return re.sub(form, words, text)
    return text


def _text(value: Any) -> str:
    match value:
        case {"Fn::Join": [separator, parts]}:
            return str(separator).join(map(_text, parts))
        case {"Ref": "AWS::AccountId"}:
            return "this account"
        case {"Ref": "AWS::Region"}:
            return "REGION"
        case {"Ref": "AWS::Partition"}:
            return "aws"
        case {"Ref": name} | {"Fn::GetAtt": [name, *_]}:
            return NAMES[plain(name)]
    return str(value)


def _trust(template: Template) -> Iterator[str]:
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role":
            for statement in as_list(resource["Properties"]["AssumeRolePolicyDocument"]["Statement"]):
                yield _row(NAMES[plain(name)], f"`{statement['Principal']['Service']}`", _conditions(statement))
