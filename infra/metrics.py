"""Our metrics in CloudWatch; every one has the dimension `service`, which is the stack's name."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

NAMESPACE = "DatasetDistribution"
OUTCOMES = "Outcomes"  # by Outcome and Error
RESOLVED = "DatasetsResolved"  # by Action, at each look at the pair


def execution_age(service: str) -> cloudwatch.Metric:
    """Each look says how old its execution is, in seconds. They are at most an hour apart."""
    return cloudwatch.Metric(
        namespace=NAMESPACE,
        metric_name="ExecutionAge",
        dimensions_map={"service": service},
        period=Duration.hours(1),
        statistic="Maximum",
    )
