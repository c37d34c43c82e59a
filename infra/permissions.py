"""Let a role do one thing. docs/permissions.md has all of them, and why."""

from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_iam as iam


def allow(grantee: iam.IGrantable, action: str, *resources: str, conditions: dict[str, Any] | None = None) -> None:
    grantee.grant_principal.add_to_principal_policy(
        iam.PolicyStatement(actions=[action], resources=list(resources), conditions=conditions)
    )


def via_service(service: str) -> dict[str, Any]:
    """The key is used by the service, on the role's behalf, and not by the role itself."""
    return {"StringEquals": {"kms:ViaService": f"{service}.{Aws.REGION}.amazonaws.com"}}
