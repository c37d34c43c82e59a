"""The metrics that functions send to CloudWatch. Each has the dimension `service`, which is the stack's name."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from lambdas.rules.metrics import EVENTS_MISSED, EXECUTION_AGE

NAMESPACE = "DatasetDistribution"


def events_missed(service: str) -> cloudwatch.Metric:
    """The executions that a sweep started and an event should have started."""
    return cloudwatch.Metric(
        namespace=NAMESPACE, metric_name=EVENTS_MISSED, dimensions_map={"service": service}, statistic="Sum"
    )


def execution_age(service: str) -> cloudwatch.Metric:
    """The age of the oldest execution, in seconds. An old execution sends it per poll, so at least once an hour."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=EXECUTION_AGE,
        dimensions_map={"service": service},
        period=Duration.hours(1),
        statistic="Maximum",
    )
