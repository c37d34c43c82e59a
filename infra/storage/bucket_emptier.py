"""The bucket emptier: the CDK's own function that empties a bucket before `cdk destroy` deletes it."""

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
    """Gives the bucket emptier a log group of the stack and only the rights that it needs, if the stack has one.

    Without this, Lambda creates a log group that is not encrypted, never expires, and comes back after the stack is
    deleted. The managed policy of the function's role allows that. The CDK's CustomResourceConfig does not cover this
    function.
    """
    provider = cast("Construct | None", stack.node.try_find_child(_PROVIDER))
    if provider is None:
        return
    logs = log_group(provider, "Logs", key=key, settings=settings)
    function, role = (cast("CfnResource", provider.node.find_child(name)) for name in ("Handler", "Role"))
    function.add_property_override("LoggingConfig", {"LogGroup": logs.log_group_name})
    statements = [
        iam.PolicyStatement(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[logs.log_group_arn]),
        # The buckets' own policies allow the rest. A deployment that retains a bucket removes those policies first.
        # After that the function checks the tag of the bucket, and must still be allowed to.
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
