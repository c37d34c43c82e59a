"""The page of permissions says all that the template allows, and why."""

import json
from typing import Any

import pytest

from infra.grants import KINDS, Template, grants_of_roles, rules_of_resources
from infra.permissions_table import NAMES, PAGE, WHY, render, why
from infra.settings import Settings
from tests.definition import synthesize


@pytest.fixture(scope="module")
def template() -> Template:
    return dict(synthesize(Settings()).to_json())


def test_the_page_is_written_from_the_template(template: Template) -> None:
    assert PAGE.read_text() == render(template), "run python -m infra.permissions_table"


def test_every_reason_is_that_of_something(template: Template) -> None:
    assert {why(grant) for grant in [*grants_of_roles(template), *rules_of_resources(template)]} == set(WHY)


def test_every_name_is_on_the_page() -> None:
    assert [name for name in NAMES.values() if name not in PAGE.read_text()] == []


def test_no_other_resource_lets_anybody_do_anything(template: Template) -> None:
    """A policy in a place that nobody looks at would be neither on the page nor tested."""
    others = {name: each for name, each in template["Resources"].items() if each["Type"] not in KINDS}
    assert [name for name, each in others.items() if "Permission" in each["Type"] or has_policy(each)] == []
    roles = [each["Properties"] for each in template["Resources"].values() if each["Type"] == "AWS::IAM::Role"]
    assert [properties for properties in roles if properties.keys() & {"Policies", "ManagedPolicyArns"}] == []


def has_policy(resource: dict[str, Any]) -> bool:
    return '"Statement"' in json.dumps(resource)
