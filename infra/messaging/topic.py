"""SNS topics that are encrypted and reached over TLS only, and the right to publish to them."""

from collections.abc import Iterable

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.permissions import allow, rules_of_account, via_service
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


def publishing_role(scope: Construct, topic: sns.ITopic, key: kms.IKey) -> iam.IRole:
    """A role for a rule. The CDK must not add to it, because it would allow any use of the key.

    A policy of the topic instead would allow the rules of every account: EventBridge supports no conditions there
    ("Using resource-based policies for Amazon EventBridge", Amazon EventBridge User Guide).
    """
    role = iam.Role(scope, "Role", assumed_by=rules_of_account(scope))
    allow_publish(role, [topic], key)
    return role.without_policy_updates()
