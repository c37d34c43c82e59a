"""The table of records: who owns a pair and, later, what came of it."""

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.settings import Settings


class Records(Construct):
    """One item a pair. A pair is its test dataset: whoever deletes and creates that one anew has another pair.

    With the project's name first, a query by project is the project's history.
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
