"""docs/permissions.md, written from the synthesized template."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from infra.asset import ROOT
from tools.docs.grants import Grant, Statement, Template, as_list, grants_of_roles, plain, rules_of_resources
from tools.docs.permissions_reasons import NAMES, TAKES_NO_RESOURCE, WHY

PAGE = ROOT / "docs" / "permissions.md"

_HEAD = """# Permissions

Written by `make docs` from the synthesized template, with every setting at its default. Without
any single thing that is allowed here, something fails:
[tests/deployment/test_least_privilege.py](../tests/deployment/test_least_privilege.py) takes away each in turn.

Of the [settings](settings.md), `projects` puts names in the place of the `*` that stands for a project, `imageBuckets`
adds `s3:GetObject` on those buckets for `start_distribution`, `createTrail` lets CloudTrail into a bucket of its own,
and `permissionsBoundary` limits every role. `removalPolicy=retain` leaves out what empties the bucket.
"""

_ROLES = """
## What roles may do

| role of | action | resource | condition | why |
|---|---|---|---|---|
"""

_RESOURCES = """
## Who is let in by a resource's own policy, and who is not

| resource | who | action | condition | why |
|---|---|---|---|---|
"""

_TRUST = """
## Who may assume the roles

| role of | by | condition |
|---|---|---|
"""

_PEOPLE = """
## What people need

The stack makes no role for people. What is encrypted with the key is read by whoever may use the key, too.

| to | actions |
|---|---|
| start an execution by hand | `states:StartExecution` on the state machine |
| look at the records | `dynamodb:Query` on the table, `kms:Decrypt` on the key |
| open the page of a report | `s3:GetObject` on objects in the bucket of reports, `kms:Decrypt` on the key |
| read the events that a queue keeps | `sqs:ReceiveMessage` on the queue, `kms:Decrypt` on the key |
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
    """The key of WHY that says it: of those that fit, the one that says most. LookupError where nobody has said."""
    action = f"{grant.action} via {grant.via}" if grant.via else grant.action
    conditions = [key for each in grant.statement.get("Condition", {}).values() for key in each]
    resource = _named(grant.resource)
    differing = [resource, _of(grant), *re.findall(r"`\w+`", resource), grant.statement.get("Sid", ""), *conditions]
    keys = [action, *(f"{action} {each}".replace("`", "") for each in differing)]
    found = [key for key in keys if key in WHY]
    if not found:
        raise LookupError(f"Nobody has said why; it may be said by one of {keys}.")
    return found[-1]


def _row_of_role(grant: Grant) -> str:
    resource, because = _named(grant.resource), WHY[why(grant)]
    if resource == "*":
        title = TAKES_NO_RESOURCE[grant.action.partition(":")[0]]
        resource, because = "`*`", f"{because} It takes no resource (Service Authorization Reference, *{title}*)."
    return _row(_of(grant), f"`{grant.action}`", resource, _conditions(grant.statement), because)


def _row_of_resource(rule: Grant) -> str:
    return _row(_of(rule), _who(rule), f"`{rule.action}`", _conditions(rule.statement), WHY[why(rule)])


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |\n"


def _of(grant: Grant) -> str:
    return NAMES[plain(grant.owner)]


def _who(grant: Grant) -> str:
    principal = grant.statement["Principal"]
    if grant.statement["Effect"] == "Deny":
        return "**refused:** everybody"
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
    "ArnLike": "is like",
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
    (r"(.*)/\*", r"objects in \1"),
    (r"(.*):\*", r"every version of \1"),
]


def _named(value: Any) -> str:
    """A value of the template as people would say it."""
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
