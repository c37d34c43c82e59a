"""docs/permissions.md has every grant of the template and a reason for each."""

import json
from typing import Any

import pytest

from infra.settings import Settings
from tools.docs.grants import Grant, Template, grants_of_roles, rules_of_resources
from tools.docs.permissions import render, why
from tools.docs.permissions_reasons import NAMES, WHY
from tools.docs.template import synthesize


@pytest.fixture(scope="module")
def template() -> Template:
    return synthesize(Settings())


@pytest.fixture(scope="module")
def rules(template: Template) -> list[Grant]:
    return grants_of_roles(template) + rules_of_resources(template)


def test_every_reason_belongs_to_a_grant(rules: list[Grant]) -> None:
    assert {why(rule) for rule in rules} == set(WHY)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_belongs_to_a_resource(template: Template, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delitem(NAMES, name)
    with pytest.raises((KeyError, ValueError), match=f"'{name}'"):
        render(template)


def test_no_other_resource_has_a_policy(template: Template, rules: list[Grant]) -> None:
    """A policy elsewhere would be neither on the page nor tested."""
    known = {rule.policy for rule in rules}
    roles = {name: each for name, each in template["Resources"].items() if each["Type"] == "AWS::IAM::Role"}
    others = {name: each for name, each in template["Resources"].items() if name not in known | roles.keys()}
    assert [name for name, each in others.items() if "Permission" in each["Type"] or has_policy(each)] == []
    inline = {name for name, role in roles.items() if role["Properties"].keys() & {"Policies", "ManagedPolicyArns"}}
    assert inline == set()


def has_policy(resource: dict[str, Any]) -> bool:
    return '"Statement"' in json.dumps(resource)
