"""What the state machine may do: all of it stands here, and CDK adds nothing."""

from collections.abc import Iterable

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.metrics import NAMESPACE
from infra.permissions import allow, through
from infra.topic import allow_publish

# "Logging in CloudWatch Logs" and "Trace Step Functions request data in AWS X-Ray", AWS Step Functions Developer Guide.
# IAM knows no resource for them (Service Authorization Reference).
LOG_DELIVERY = [
    f"logs:{action}"
    for action in (
        "CreateLogDelivery",
        "DeleteLogDelivery",
        "DescribeLogGroups",
        "DescribeResourcePolicies",
        "GetLogDelivery",
        "ListLogDeliveries",
        "PutResourcePolicy",
        "UpdateLogDelivery",
    )
]
TRACING = [
    f"xray:{action}" for action in ("GetSamplingRules", "GetSamplingTargets", "PutTelemetryRecords", "PutTraceSegments")
]


def workflow_role(
    scope: Construct,
    construct_id: str,
    *,
    functions: Iterable[lambda_.IFunction],
    table: dynamodb.ITable,
    topic: sns.ITopic,
    key: kms.IKey,
) -> iam.Role:
    role = iam.Role(scope, construct_id, assumed_by=_state_machines(Stack.of(scope)))
    # Every version: an execution goes on with those that its definition names, whatever has been deployed since.
    allow(role, "lambda:InvokeFunction", *(f"{function.function_arn}:*" for function in functions))
    for action in ("GetItem", "PutItem", "UpdateItem"):
        allow(role, f"dynamodb:{action}", table.table_arn)
    allow(role, "kms:Decrypt", key.key_arn, conditions=through("dynamodb"))
    allow_publish(role, topic, key)
    bus = Stack.of(scope).format_arn(service="events", resource="event-bus", resource_name="default")
    allow(role, "events:PutEvents", bus)
    # PutMetricData takes no resource (Service Authorization Reference, "Amazon CloudWatch").
    counted = {"StringEquals": {"cloudwatch:namespace": NAMESPACE}}
    allow(role, "cloudwatch:PutMetricData", "*", conditions=counted)
    for action in LOG_DELIVERY + TRACING:
        allow(role, action, "*")
    return role


def _state_machines(stack: Stack) -> iam.ServicePrincipal:
    """Of this account and Region ("Creating an IAM role for your state machine", Step Functions Developer Guide)."""
    machines = stack.format_arn(
        service="states", resource="stateMachine", resource_name="*", arn_format=ArnFormat.COLON_RESOURCE_NAME
    )
    conditions = {"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": machines}}
    return iam.ServicePrincipal("states.amazonaws.com", conditions=conditions)
