"""The bucket of report pages: private, and it empties itself."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_s3 as s3
from constructs import Construct

KEPT = Duration.days(90)


class Reports(Construct):
    """One page a distribution, `PROJECT/EXECUTION.html`. It outlives the stack by as long as a page is kept."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.S3_MANAGED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[s3.LifecycleRule(expiration=KEPT)],
            removal_policy=RemovalPolicy.RETAIN,
        )
