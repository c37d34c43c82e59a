"""A template less one thing of what it allows."""

from collections.abc import Iterator

from tools.docs.grants import Grant, Statement, Template, as_list, grants_of_roles, rules_of_resources


def grants(template: Template) -> list[Grant]:
    """All that it allows anybody."""
    allowed = [rule for rule in rules_of_resources(template) if rule.statement["Effect"] == "Allow"]
    return grants_of_roles(template) + allowed


def of_role(grant: Grant) -> bool:
    return "Principal" not in grant.statement


def without(template: Template, grant: Grant) -> Template:
    """The template less this; with it goes a policy in which nothing is left."""
    policy = template["Resources"][grant.policy]
    (name,) = policy["Properties"].keys() & {"PolicyDocument", "KeyPolicy"}
    document = policy["Properties"][name]
    left = [
        each
        for statement in document["Statement"]
        for each in (_parts(statement, grant) if statement == grant.statement else [statement])
    ]
    if left:
        return _with(template, grant.policy, name, {**document, "Statement": left})
    return _less(template, grant.policy)


def _parts(statement: Statement, grant: Grant) -> Iterator[Statement]:
    """What is left of a statement: the other actions as they were, and this one on other resources."""
    actions = [action for action in as_list(statement["Action"]) if action != grant.action]
    resources = [each for each in as_list(statement["Resource"]) if each != grant.resource]
    if actions:
        yield {**statement, "Action": actions}
    if resources and of_role(grant):
        yield {**statement, "Action": grant.action, "Resource": resources}


def _with(template: Template, policy: str, name: str, value: Template) -> Template:
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
