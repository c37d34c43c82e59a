"""A CloudTrail trail for an account and Region that has none. Without a trail no CreateDataset event arrives."""

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_cloudtrail as cloudtrail
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.settings import Settings


class Trail(Construct):
    """Logs the write management events of this Region into a bucket of its own.

    The policies of bucket and key allow this trail only ("Amazon S3 bucket policy for CloudTrail", "Configure AWS KMS
    key policies for CloudTrail", AWS CloudTrail User Guide). They contain its ARN, so the trail has a fixed name. The
    CDK's own construct allows nothing on the key, and its bucket allows any trail.
    """

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        name = f"{Stack.of(self).stack_name}-Trail"
        self._trail = Stack.of(self).format_arn(service="cloudtrail", resource="trail", resource_name=name)
        self.bucket = self._bucket(key, settings)
        # No condition on kms:EncryptionContext:aws:cloudtrail:arn: the bucket's default may encrypt a digest.
        key.add_to_resource_policy(self._allow(["kms:DescribeKey", "kms:GenerateDataKey*"], "*"))
        trail = cloudtrail.CfnTrail(
            self,
            "Trail",
            trail_name=name,
            is_logging=True,
            s3_bucket_name=self.bucket.bucket_name,
            kms_key_id=key.key_arn,
            enable_log_file_validation=True,
            is_multi_region_trail=False,
            include_global_service_events=False,
            event_selectors=[
                cloudtrail.CfnTrail.EventSelectorProperty(include_management_events=True, read_write_type="WriteOnly")
            ],
        )
        # Created after the bucket's policy, and deleted before the bucket is emptied.
        trail.node.add_dependency(self.bucket)

    def _bucket(self, key: kms.IKey, settings: Settings) -> s3.Bucket:
        bucket = s3.Bucket(
            self,
            "Bucket",
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=key,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            # The expiration makes a file noncurrent, as a deletion or a replacement does. It is deleted 30 days later.
            versioned=True,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=Duration.days(settings.retention_days), noncurrent_version_expiration=Duration.days(30)
                )
            ],
            removal_policy=settings.removal_policy,
            auto_delete_objects=settings.removal_policy == RemovalPolicy.DESTROY,
        )
        logs = bucket.arn_for_objects(f"AWSLogs/{Stack.of(self).account}/*")
        owned = {"s3:x-amz-acl": "bucket-owner-full-control"}
        bucket.add_to_resource_policy(self._allow(["s3:GetBucketAcl"], bucket.bucket_arn))
        bucket.add_to_resource_policy(self._allow(["s3:PutObject"], logs, **owned))
        return bucket

    def _allow(self, actions: list[str], resource: str, **conditions: str) -> iam.PolicyStatement:
        return iam.PolicyStatement(
            principals=[iam.ServicePrincipal("cloudtrail.amazonaws.com")],
            actions=actions,
            resources=[resource],
            conditions={"StringEquals": {"aws:SourceArn": self._trail, **conditions}},
        )
