"""Allow a role one action. docs/permissions.md lists each action that is allowed, and the reason."""

from typing import Any

from aws_cdk import Aws
from aws_cdk import aws_iam as iam


def allow(grantee: iam.IGrantable, action: str, *resources: str, conditions: dict[str, Any] | None = None) -> None:
    grantee.grant_principal.add_to_principal_policy(
        iam.PolicyStatement(actions=[action], resources=list(resources), conditions=conditions)
    )


def via_service(service: str) -> dict[str, Any]:
    """The condition that only this service may use the key on behalf of the role."""
    return {"StringEquals": {"kms:ViaService": f"{service}.{Aws.REGION}.amazonaws.com"}}
