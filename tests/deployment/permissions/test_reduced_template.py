"""Removing a grant from a template removes nothing else."""

import json
from collections import Counter
from typing import Any

import pytest

from infra.settings import Settings
from tests.deployment.permissions.reduced_template import grants, remove_grant
from tools.docs.grants import Grant, Statement, Template, grants_of_roles, rules_of_resources
from tools.docs.template import synthesize

OTHER = {"Action": "a", "Resource": "x", "Condition": "other"}


def of(*statements: Statement) -> Template:
    """A template with one policy of these statements."""
    return {"Resources": {"Policy": {"Properties": {"PolicyDocument": {"Statement": list(statements)}}}}}


@pytest.mark.parametrize(
    ("statement", "action", "resource", "left"),
    [
        ({"Action": "a", "Resource": "x"}, "a", "x", []),
        ({"Action": ["a", "b"], "Resource": "x"}, "a", "x", [{"Action": ["b"], "Resource": "x"}]),
        ({"Action": "a", "Resource": ["x", "y"]}, "a", "x", [{"Action": "a", "Resource": ["y"]}]),
        (
            {"Action": ["a", "b"], "Resource": ["x", "y"], "Condition": "c"},
            "a",
            "x",
            [
                {"Action": ["b"], "Resource": ["x", "y"], "Condition": "c"},
                {"Action": "a", "Resource": ["y"], "Condition": "c"},
            ],
        ),
        (
            {"Action": ["a", "b"], "Resource": ["x", "y"], "Principal": "p"},
            "a",
            ["x", "y"],
            [{"Action": ["b"], "Resource": ["x", "y"], "Principal": "p"}],
        ),
        ({"Action": "a", "Resource": ["x", "y"], "Principal": "p"}, "a", ["x", "y"], []),
    ],
)
def test_policy_keeps_its_other_grants(statement: Statement, action: str, resource: Any, left: list[Statement]) -> None:
    grant = Grant("Owner", "Policy", statement, action, resource)
    assert remove_grant(of(OTHER, statement, OTHER), grant) == of(OTHER, *left, OTHER)


def test_empty_policy_is_removed_with_the_dependencies_on_it() -> None:
    statement = {"Action": "a", "Resource": "x"}
    template: Template = {"Resources": {**of(statement)["Resources"], "Function": {"DependsOn": ["Policy", "Role"]}}}
    less = remove_grant(template, Grant("Owner", "Policy", statement, "a", "x"))
    assert less == {"Resources": {"Function": {"DependsOn": ["Role"]}}}


def test_removing_any_grant_of_the_stack_removes_only_it() -> None:
    template: Template = synthesize(Settings())
    for grant in grants(template):
        assert rules(remove_grant(template, grant)) + Counter([rule_of(grant)]) == rules(template)


def rules(template: Template) -> Counter[str]:
    """Every single permission and denial in the template."""
    return Counter(map(rule_of, grants_of_roles(template) + rules_of_resources(template)))


def rule_of(rule: Grant) -> str:
    return json.dumps([rule.owner, {**rule.statement, "Action": rule.action, "Resource": rule.resource}])
