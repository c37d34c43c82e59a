"""The state machine's role. The CDK adds nothing to it: this module has every action that it allows."""

from collections.abc import Iterable

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.messaging.topic import allow_publish
from infra.permissions import allow, state_machines_of_account
from infra.workflow.tasks import SOURCE
from lambdas.rules.failures.ending import DETAIL_TYPES

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
    topics: Iterable[sns.ITopic],
    key: kms.IKey,
) -> iam.Role:
    role = iam.Role(scope, construct_id, assumed_by=state_machines_of_account(scope))
    # Every version: a running execution keeps the versions that its definition names, also after a deployment.
    allow(role, "lambda:InvokeFunction", *(f"{function.function_arn}:*" for function in functions))
    allow_publish(role, topics, key)
    bus = Stack.of(scope).format_arn(service="events", resource="event-bus", resource_name="default")
    # "Using IAM policy conditions in Amazon EventBridge", Amazon EventBridge User Guide.
    completion = {"events:source": SOURCE, "events:detail-type": list(DETAIL_TYPES.values())}
    allow(role, "events:PutEvents", bus, conditions={"StringEquals": completion})
    allow_logs_and_traces(role)
    return role


def sweep_role(
    scope: Construct, construct_id: str, *, functions: Iterable[lambda_.IFunction], workflow: sfn.IStateMachine
) -> iam.Role:
    role = iam.Role(scope, construct_id, assumed_by=state_machines_of_account(scope))
    allow(role, "lambda:InvokeFunction", *(f"{function.function_arn}:*" for function in functions))
    allow(role, "states:StartExecution", workflow.state_machine_arn)
    allow_logs_and_traces(role)
    return role


def allow_logs_and_traces(role: iam.Role) -> None:
    for action in LOG_DELIVERY + TRACING:
        allow(role, action, "*")
