"""The key that encrypts topics, queues, the table, buckets and log groups."""

from typing import Any

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.logs import VENDED
from infra.settings import Settings

# The actions that a sender to an encrypted topic or queue needs.
SENDING = ("kms:Decrypt", "kms:GenerateDataKey")


class Key(Construct):
    """IAM policies say which roles may use the `key`. Its own policy allows the services that use it without a role."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            description="Encrypts the records, reports, logs and notifications of dataset distributions",
            enable_key_rotation=True,
            removal_policy=settings.removal_policy,
        )
        # A rule has no role to send to its dead-letter queue ("Key management", Amazon SQS Developer Guide). The
        # encryption context of SQS names the queue; AWS does not document that (docs/adr/0010). The ARN cannot be
        # limited to the stack's name, because CloudFormation shortens long names of queues.
        queues = Stack.of(self).format_arn(service="sqs", resource="*")
        allow_service(self.key, "Rules", "events", SENDING, {"ArnLike": {"kms:EncryptionContext:aws:sqs:arn": queues}})
        # "Encrypt log data in CloudWatch Logs using AWS Key Management Service", Amazon CloudWatch Logs User Guide.
        groups = [arns_of_stack(self, "logs", "log-group", folder) for folder in ("", VENDED)]
        logging = ("kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*")
        of_stack = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}
        allow_service(self.key, "Logs", f"logs.{Stack.of(self).region}", logging, of_stack)


def allow_service(key: kms.IKey, sid: str, service: str, actions: tuple[str, ...], conditions: dict[str, Any]) -> None:
    """Allows a service to use the key without a role."""
    key.add_to_resource_policy(
        iam.PolicyStatement(
            sid=sid,
            principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
            actions=list(actions),
            resources=["*"],  # in a key's policy: this key
            conditions=conditions,
        )
    )


def arns_of_stack(scope: Construct, service: str, resource: str, folder: str = "") -> str:
    """The ARNs of the stack's alarms or log groups. CloudFormation begins their names with the stack's name."""
    stack = Stack.of(scope)
    return stack.format_arn(
        service=service,
        resource=resource,
        resource_name=f"{folder}{stack.stack_name}-*",
        arn_format=ArnFormat.COLON_RESOURCE_NAME,
    )
