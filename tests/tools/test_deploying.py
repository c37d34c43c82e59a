"""The policy in docs/deploying.md with which CloudFormation can deploy the stack."""

import json
from typing import Any

import pytest

from infra.asset import ROOT
from infra.settings import Settings
from tools.docs.template import EVERY_OPTION, synthesize

PAGE = ROOT / "docs" / "deploying.md"
PREFIXES = {"StepFunctions": "states"}  # others are the name of the service in the type, in small letters
OF_DEPLOYMENTS = {"ssm"}  # of the bootstrap, not of a resource


@pytest.fixture(scope="module")
def statements() -> list[dict[str, Any]]:
    policy = PAGE.read_text().partition("<!-- the policy for CloudFormation -->\n```json\n")[2].partition("```")[0]
    found: list[dict[str, Any]] = json.loads(policy)["Statement"]
    return found


def actions(statement: dict[str, Any]) -> list[str]:
    given = statement["Action"]
    return given if isinstance(given, list) else [given]


def test_policy_covers_each_service_of_the_stack_and_no_other(statements: list[dict[str, Any]]) -> None:
    types = {resource["Type"] for resource in synthesize(EVERY_OPTION)["Resources"].values()}
    services = {name.split("::")[1] for name in types if name.startswith("AWS::")}
    allowed = {action.partition(":")[0] for statement in statements for action in actions(statement)}
    assert allowed - OF_DEPLOYMENTS == {PREFIXES.get(service, service.lower()) for service in services}


def test_roles_are_created_inside_the_boundary_only(statements: list[dict[str, Any]]) -> None:
    widening = {"iam:CreateRole", "iam:PutRolePolicy", "iam:AttachRolePolicy", "iam:PutRolePermissionsBoundary"}
    for statement in statements:
        if widening & set(actions(statement)) or "iam:*" in actions(statement):
            assert "iam:PermissionsBoundary" in statement["Condition"]["StringEquals"]


def test_every_role_is_passed_to_a_service_of_the_policy(statements: list[dict[str, Any]]) -> None:
    (passing,) = [statement for statement in statements if "iam:PassRole" in actions(statement)]
    roles = [each for each in synthesize(Settings())["Resources"].values() if each["Type"] == "AWS::IAM::Role"]
    trusted = {
        statement["Principal"]["Service"]
        for role in roles
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    }
    assert trusted == set(passing["Condition"]["StringEquals"]["iam:PassedToService"])
