"""The one key: whatever of the stack holds data is encrypted with it."""

from typing import Any

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.settings import Settings

# What putting a message into an encrypted topic or queue takes.
USE = ("kms:Decrypt", "kms:GenerateDataKey")


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
        # An alarm publishes by itself ("Key management", Amazon SNS Developer Guide).
        self._open("Alarms", "cloudwatch", USE, self._of_this_account(self._arns("cloudwatch", "alarm")))
        # A rule keeps what it could not deliver by itself ("Key management", Amazon SQS Developer Guide). Which rule it
        # is, EventBridge tells the policy of the queue, but perhaps not that of a key.
        self._open("Rules", "events", USE, self._of_this_account())
        # "Encrypt log data in CloudWatch Logs using AWS Key Management Service", Amazon CloudWatch Logs User Guide.
        logs = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": self._arns("logs", "log-group")}}
        logging = ("kms:Decrypt*", "kms:Describe*", "kms:Encrypt*", "kms:GenerateDataKey*", "kms:ReEncrypt*")
        self._open("Logs", f"logs.{Stack.of(self).region}", logging, logs)

    def _open(self, sid: str, service: str, actions: tuple[str, ...], conditions: dict[str, Any]) -> None:
        self.key.add_to_resource_policy(
            iam.PolicyStatement(
                sid=sid,
                principals=[iam.ServicePrincipal(f"{service}.amazonaws.com")],
                actions=list(actions),
                resources=["*"],  # in the policy of a key it means this key
                conditions=conditions,
            )
        )

    def _of_this_account(self, source: str | None = None) -> dict[str, Any]:
        account = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        return {**account, "ArnLike": {"aws:SourceArn": source}} if source else account

    def _arns(self, service: str, resource: str) -> str:
        return Stack.of(self).format_arn(
            service=service, resource=resource, resource_name="*", arn_format=ArnFormat.COLON_RESOURCE_NAME
        )
