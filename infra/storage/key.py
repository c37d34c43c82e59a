"""The one key: topics, queues, the table, buckets and log groups are encrypted with it."""

from typing import Any

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.logs import VENDED
from infra.settings import Settings

# What putting a message into an encrypted topic or queue takes.
SENDING = ("kms:Decrypt", "kms:GenerateDataKey")


class Key(Construct):
    """IAM says which roles may use the `key`; it is opened to the services that have to use it by themselves."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            description="What the distribution of Custom Labels datasets records, reports, logs and tells",
            enable_key_rotation=True,
            removal_policy=settings.removal_policy,
        )
        # A rule keeps what it could not deliver by itself ("Key management", Amazon SQS Developer Guide). What
        # EventBridge says of itself to a key is not documented; for which queue it is, SQS says. The stack's name is
        # not in that for sure: CloudFormation cuts long names of queues.
        queues = Stack.of(self).format_arn(service="sqs", resource="*")
        allow_service(self.key, "Rules", "events", SENDING, {"ArnLike": {"kms:EncryptionContext:aws:sqs:arn": queues}})
        # "Encrypt log data in CloudWatch Logs using AWS Key Management Service", Amazon CloudWatch Logs User Guide.
        groups = [arns_of_stack(self, "logs", "log-group", folder) for folder in ("", VENDED)]
        logging = ("kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*")
        of_stack = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}
        allow_service(self.key, "Logs", f"logs.{Stack.of(self).region}", logging, of_stack)


def allow_service(key: kms.IKey, sid: str, service: str, actions: tuple[str, ...], conditions: dict[str, Any]) -> None:
    """Let a service use the key by itself."""
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid=sid,
            principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
            actions=list(actions),
            resources=["*"],  # in the policy of a key it means this key
            conditions=conditions,
        )
    )


def arns_of_stack(scope: Construct, service: str, resource: str, folder: str = "") -> str:
    """Of alarms and log groups: their names, as CloudFormation gives them, begin with the stack's."""
    stack = Stack.of(scope)
    return stack.format_arn(
        service=service,
        resource=resource,
        resource_name=f"{folder}{stack.stack_name}-*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
