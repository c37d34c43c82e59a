"""The table of records: who owns a pair and, later, what came of it."""

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct


class Records(Construct):
    """One item a pair. A pair is its test dataset: whoever deletes and creates that one anew has another pair.

    With the project's name first, a query by project is the project's history.
    """

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.table = dynamodb.TableV2(
            self,
            "Table",
            partition_key=dynamodb.Attribute(name="ProjectName", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="TestDatasetArn", type=dynamodb.AttributeType.STRING),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            removal_policy=RemovalPolicy.DESTROY,
        )
