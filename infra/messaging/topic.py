"""SNS topics that are encrypted and reached over TLS only, and the right to publish to them."""

from collections.abc import Iterable

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.permissions import allow, via_service
from infra.storage.key import SENDING


def encrypted_topic(scope: Construct, construct_id: str, *, about: str, key: kms.IKey) -> sns.Topic:
    """E-mails of the topic, also those that ask to confirm a subscription, come from `STACK about`."""
    name = f"{Stack.of(scope).stack_name} {about}"
    return sns.Topic(scope, construct_id, display_name=name, master_key=key, enforce_ssl=True)


def allow_publish(grantee: iam.IGrantable, topics: Iterable[sns.ITopic], key: kms.IKey) -> None:
    """A publisher to an encrypted topic needs its key, too ("Key management", Amazon SNS Developer Guide)."""
    for topic in topics:
        allow(grantee, "sns:Publish", topic.topic_arn)
    for action in SENDING:
        allow(grantee, action, key.key_arn, conditions=via_service("sns"))
