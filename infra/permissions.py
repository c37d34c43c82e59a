"""Allow a role one action. docs/permissions.md lists each action that is allowed, and the reason."""

from typing import Any

from aws_cdk import ArnFormat, Aws, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_scheduler as scheduler
from constructs import Construct


def allow(grantee: iam.IGrantable, action: str, *resources: str, conditions: dict[str, Any] | None = None) -> None:
    grantee.grant_principal.add_to_principal_policy(
        iam.PolicyStatement(actions=[action], resources=list(resources), conditions=conditions)
    )


def via_service(service: str) -> dict[str, Any]:
    """The condition that only this service may use the key on behalf of the role."""
    return {"StringEquals": {"kms:ViaService": f"{service}.{Aws.REGION}.amazonaws.com"}}


def state_machines_of_account(scope: Construct) -> iam.ServicePrincipal:
    """Step Functions, for the state machines of this account and Region.

    "Creating an IAM role for your state machine", AWS Step Functions Developer Guide.
    """
    return _acting_for(scope, "states", "stateMachine", ArnFormat.COLON_RESOURCE_NAME)


def rules_of_account(scope: Construct) -> iam.ServicePrincipal:
    """EventBridge, for the rules of this account and Region. A rule names its role, so the role cannot name the rule.

    "Cross-service confused deputy prevention in Amazon EventBridge", Amazon EventBridge User Guide.
    """
    return _acting_for(scope, "events", "rule", ArnFormat.SLASH_RESOURCE_NAME)


def schedules_of_group(group: scheduler.CfnScheduleGroup) -> iam.ServicePrincipal:
    """EventBridge Scheduler, for the schedules of this group. A condition can name no schedule.

    "Confused deputy prevention in EventBridge Scheduler", EventBridge Scheduler User Guide.
    """
    source = {"aws:SourceAccount": Stack.of(group).account, "aws:SourceArn": group.attr_arn}
    return iam.ServicePrincipal("scheduler.amazonaws.com", conditions={"StringEquals": source})


def functions_of_account(scope: Construct) -> iam.ServicePrincipal:
    """Lambda, for the functions of this account.

    "Working with AWS managed policies in the execution role", AWS Lambda Developer Guide.
    """
    account = {"StringEquals": {"aws:SourceAccount": Stack.of(scope).account}}
    return iam.ServicePrincipal("lambda.amazonaws.com", conditions=account)


def _acting_for(scope: Construct, service: str, resource: str, arn_format: ArnFormat) -> iam.ServicePrincipal:
    stack = Stack.of(scope)
    arns = stack.format_arn(service=service, resource=resource, resource_name="*", arn_format=arn_format)
    conditions = {"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": arns}}
    return iam.ServicePrincipal(f"{service}.amazonaws.com", conditions=conditions)
