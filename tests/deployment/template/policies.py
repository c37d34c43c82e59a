"""Policies of resources in the template."""

from typing import Any

from aws_cdk.assertions import Template

ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def allowed(template: Template, kind: str) -> list[tuple[Any, Any, Any]]:
    """The principal, action and condition of each statement that policies of this type allow."""
    policies = template.find_resources(kind).values()
    statements = [s for policy in policies for s in policy["Properties"]["PolicyDocument"]["Statement"]]
    return [(s["Principal"], s["Action"], s.get("Condition")) for s in statements if s["Effect"] == "Allow"]
