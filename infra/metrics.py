"""Our metrics in CloudWatch; every one has the dimension `service`, which is the stack's name."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from lambdas.rules.metrics import EXECUTION_AGE

NAMESPACE = "DatasetDistribution"


def execution_age(service: str) -> cloudwatch.Metric:
    """Each look says how old its execution is, in seconds. They are at most half an hour apart."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name=EXECUTION_AGE,
        dimensions_map={"service": service},
        period=Duration.hours(1),
        statistic="Maximum",
    )
