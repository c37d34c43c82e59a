"""A template without one of its grants."""

from collections.abc import Iterator

from tools.docs.grants import Grant, Statement, Template, as_list, grants_of_roles, rules_of_resources


def grants(template: Template) -> list[Grant]:
    """All grants of roles and resources."""
    allowed = [rule for rule in rules_of_resources(template) if rule.statement["Effect"] == "Allow"]
    return grants_of_roles(template) + allowed


def of_role(grant: Grant) -> bool:
    return "Principal" not in grant.statement


def remove_grant(template: Template, grant: Grant) -> Template:
    """The template without the grant, and without its policy if nothing is left in it."""
    policy = template["Resources"][grant.policy]
    names = policy["Properties"].keys() & {"PolicyDocument", "KeyPolicy"}
    if not names:  # the permission of a function is one statement
        return _remove_policy(template, grant.policy)
    (name,) = names
    document = policy["Properties"][name]
    left = [
        each
        for statement in document["Statement"]
        for each in (_remaining(statement, grant) if statement == grant.statement else [statement])
    ]
    if left:
        return _replace_property(template, grant.policy, name, {**document, "Statement": left})
    return _remove_policy(template, grant.policy)


def _remaining(statement: Statement, grant: Grant) -> Iterator[Statement]:
    """The rest of a statement: its other actions unchanged, and this action on its other resources."""
    actions = [action for action in as_list(statement["Action"]) if action != grant.action]
    resources = [each for each in as_list(statement["Resource"]) if each != grant.resource]
    if actions:
        yield {**statement, "Action": actions}
    if resources and of_role(grant):
        yield {**statement, "Action": grant.action, "Resource": resources}


def _replace_property(template: Template, policy: str, name: str, value: Template) -> Template:
    resources = template["Resources"]
    properties = {**resources[policy]["Properties"], name: value}
    return {**template, "Resources": {**resources, policy: {**resources[policy], "Properties": properties}}}


def _remove_policy(template: Template, policy: str) -> Template:
    """Removes the policy from the dependencies of other resources, too."""
    kept = {name: resource for name, resource in template["Resources"].items() if name != policy}
    for name, resource in kept.items():
        if policy in as_list(resource.get("DependsOn", [])):
            waits = [other for other in as_list(resource["DependsOn"]) if other != policy]
            kept[name] = {**resource, "DependsOn": waits}
    return {**template, "Resources": kept}
