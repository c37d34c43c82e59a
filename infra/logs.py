"""Log groups, encrypted and with the retention of the setting."""

from aws_cdk import Fn, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.setting_types import RETENTIONS
from infra.settings import Settings

# Step Functions adds each log group to a resource policy of CloudWatch Logs, whose size is limited. Groups with this
# prefix need no place in it ("Logging in CloudWatch Logs", AWS Step Functions Developer Guide).
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


def vended_name(scope: Construct, suffix: str = "") -> str:
    """A name that differs each time the stack is created, so that a group retained from an earlier stack can stay."""
    stack = Stack.of(scope)
    created = Fn.select(2, Fn.split("/", stack.stack_id))
    return f"{VENDED}{stack.stack_name}-{created}{suffix}"
