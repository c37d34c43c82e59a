"""The table of records: the owner of a pair and, later, the outcome."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.settings import Settings


class Records(Construct):
    """One item for each pair. The test dataset identifies the pair: a new test dataset makes a new pair.

    The partition key is the project's name, so that a query by project returns the project's history.
    """

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        # TableV2 takes a key only where the stack's Region is known at synth.
        self.table = dynamodb.Table(
            self,
            "Items",
            partition_key=dynamodb.Attribute(name="ProjectName", type=dynamodb.AttributeType.STRING),
            sort_key=dynamodb.Attribute(name="TestDatasetArn", type=dynamodb.AttributeType.STRING),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            billing_mode=dynamodb.BillingMode.PAY_PER_REQUEST,
            encryption=dynamodb.TableEncryption.CUSTOMER_MANAGED,
            encryption_key=key,
            removal_policy=settings.removal_policy,
        )
