"""CDK's own function, which empties a bucket before it is deleted: its log group, and no more rights than it needs."""

from collections.abc import Iterable
from typing import cast

from aws_cdk import CfnResource, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.logs import log_group
from infra.settings import Settings

_PROVIDER = "Custom::S3AutoDeleteObjectsCustomResourceProvider"


def confine_bucket_emptier(stack: Stack, *, buckets: Iterable[s3.IBucket], key: kms.IKey, settings: Settings) -> None:
    """Nothing where no bucket is emptied.

    Left alone, Lambda makes its log group, without encryption and forever, and makes it again after the stack is gone:
    the managed policy of its role lets it. CDK's CustomResourceConfig does not know this function.
    """
    provider = cast("Construct | None", stack.node.try_find_child(_PROVIDER))
    if provider is None:
        return
    logs = log_group(provider, "Logs", key=key, settings=settings)
    function, role = (cast("CfnResource", provider.node.find_child(name)) for name in ("Handler", "Role"))
    function.add_property_override("LoggingConfig", {"LogGroup": logs.log_group_name})
    statements = [
        iam.PolicyStatement(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[logs.log_group_arn]),
        # The rest the policies of the buckets let it. A deployment that is to keep a bucket takes that away, and then
        # has it look whether the bucket is still one to empty.
        iam.PolicyStatement(actions=["s3:GetBucketTagging"], resources=[bucket.bucket_arn for bucket in buckets]),
    ]
    policy = iam.CfnPolicy(
        provider,
        "Policy",
        policy_name="Emptying",
        policy_document=iam.PolicyDocument(statements=statements),
        roles=[role.ref],
    )
    function.add_resource_dependency(policy)
    role.add_property_deletion_override("ManagedPolicyArns")
