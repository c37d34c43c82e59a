"""Log groups: encrypted, and kept as long as the setting says."""

from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.settings import RETENTIONS, Settings


def log_group(scope: Construct, construct_id: str, *, key: kms.IKey, settings: Settings) -> logs.LogGroup:
    return logs.LogGroup(
        scope,
        construct_id,
        encryption_key=key,
        retention=RETENTIONS[settings.retention_days],
        removal_policy=settings.removal_policy,
    )
