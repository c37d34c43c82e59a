"""Log groups: encrypted, and kept as long as the setting says."""

from aws_cdk import Fn, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.settings import RETENTIONS, Settings

# Where services deliver logs that ask for no room in the one policy that an account has for them, and which a busy
# account may have filled ("Logging in CloudWatch Logs", AWS Step Functions Developer Guide).
VENDED = "/aws/vendedlogs/states/"


def log_group(
    scope: Construct, construct_id: str, *, key: kms.IKey, settings: Settings, name: str | None = None
) -> logs.LogGroup:
    return logs.LogGroup(
        scope,
        construct_id,
        log_group_name=name,
        encryption_key=key,
        retention=RETENTIONS[settings.retention_days],
        removal_policy=settings.removal_policy,
    )


def vended_name(scope: Construct) -> str:
    """Another one each time the stack is created: what was kept of an earlier one is in nobody's way."""
    stack = Stack.of(scope)
    created = Fn.select(2, Fn.split("/", stack.stack_id))
    return f"{VENDED}{stack.stack_name}-{created}"
