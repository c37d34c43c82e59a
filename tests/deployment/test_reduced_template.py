"""A template without a grant is less that one, and nothing else."""

import json
from collections import Counter
from typing import Any

import pytest

from infra.settings import Settings
from tests.deployment.reduced_template import grants, without
from tools.docs.grants import Grant, Statement, Template, grants_of_roles, rules_of_resources
from tools.docs.template import synthesize

OTHER = {"Action": "a", "Resource": "x", "Condition": "other"}


def of(*statements: Statement) -> Template:
    """A template with a policy of these."""
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
def test_what_is_left_of_a_policy(statement: Statement, action: str, resource: Any, left: list[Statement]) -> None:
    grant = Grant("Owner", "Policy", statement, action, resource)
    assert without(of(OTHER, statement, OTHER), grant) == of(OTHER, *left, OTHER)


def test_a_policy_with_nothing_left_goes_and_nobody_waits_for_it() -> None:
    statement = {"Action": "a", "Resource": "x"}
    template: Template = {"Resources": {**of(statement)["Resources"], "Function": {"DependsOn": ["Policy", "Role"]}}}
    less = without(template, Grant("Owner", "Policy", statement, "a", "x"))
    assert less == {"Resources": {"Function": {"DependsOn": ["Role"]}}}


def test_of_all_that_the_template_says_one_thing_goes() -> None:
    template: Template = synthesize(Settings())
    for grant in grants(template):
        assert said(without(template, grant)) + Counter([alone(grant)]) == said(template)


def said(template: Template) -> Counter[str]:
    """What it allows and what it refuses, each by itself."""
    return Counter(map(alone, grants_of_roles(template) + rules_of_resources(template)))


def alone(rule: Grant) -> str:
    return json.dumps([rule.owner, {**rule.statement, "Action": rule.action, "Resource": rule.resource}])
