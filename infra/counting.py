"""Count outcomes: a metric in CloudWatch, by outcome and by error."""

from aws_cdk import Stack
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra.jsonata import jsonata
from infra.messages import Outcome
from infra.metrics import NAMESPACE, OUTCOMES
from infra.records import QUICK
from infra.retries import retry_unless
from infra.steps import note


def count_outcome(scope: Construct, name: str, outcome: Outcome, then: sfn.IChainable) -> tasks.CallAwsService:
    """And go on; should CloudWatch not take it, people are told so with the rest."""
    dimensions = {"service": Stack.of(scope).stack_name, "Outcome": outcome.name, "Error": jsonata(outcome.error)}
    counted = tasks.CallAwsService.jsonata(
        scope,
        name,
        service="cloudwatch",
        action="putMetricData",
        iam_action="cloudwatch:PutMetricData",
        iam_resources=[],  # infra/workflow_role.py grants
        parameters={
            "Namespace": NAMESPACE,
            "MetricData": [
                {
                    "MetricName": OUTCOMES,
                    "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
                    "Unit": "Count",
                    "Value": 1,
                }
            ],
        },
        task_timeout=QUICK,
    )
    retry_unless(counted, [])
    counted.add_catch(then, assign=note("The outcome could not be counted"))
    counted.next(then)
    return counted
