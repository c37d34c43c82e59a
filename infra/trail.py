"""A CloudTrail trail, where the account and Region has none: without one no CreateDataset event arrives."""

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.settings import Settings


class Trail(Construct):
    """Management events that write, of this Region, into a bucket of its own."""

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.Key, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        destroyed = settings.removal_policy == RemovalPolicy.DESTROY
        bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            # CloudTrail writes a file once: a version that is not current is one that somebody deleted or wrote over.
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=Duration.days(settings.retention_days), noncurrent_version_expiration=Duration.days(30)
                )
            ],
            removal_policy=settings.removal_policy,
            auto_delete_objects=destroyed,
        )
        cloudtrail.Trail(
            self,
            "Trail",
            bucket=bucket,
            encryption_key=key,
            is_multi_region_trail=False,
            include_global_service_events=False,
            management_events=cloudtrail.ReadWriteType.WRITE_ONLY,
        )
