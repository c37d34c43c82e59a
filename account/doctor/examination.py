"""Every check, in the order in which the doctor prints it."""

from collections.abc import Callable, Iterator

from botocore.exceptions import BotoCoreError, ClientError

from account.deployed_stack import DeployedStack
from account.doctor.alarms import check_alarms
from account.doctor.executions import check_executions
from account.doctor.finding import Finding, unknown
from account.doctor.key import check_key
from account.doctor.queues import check_queues
from account.doctor.quotas import check_quotas
from account.doctor.rules import check_rules
from account.doctor.status import check_status
from account.doctor.subscriptions import check_subscriptions
from account.doctor.sweep import check_sweep
from account.doctor.trail import check_trail

Check = Callable[[DeployedStack], Iterator[Finding]]

CHECKS: dict[str, Check] = {
    "stack": check_status,
    "trail": check_trail,
    "rules": check_rules,
    "subscriptions": check_subscriptions,
    "dead-letter queues": check_queues,
    "alarms": check_alarms,
    "key": check_key,
    "quotas": check_quotas,
    "executions": check_executions,
    "sweep": check_sweep,
}


def examine(stack: DeployedStack) -> Iterator[tuple[str, Finding]]:
    """Each finding with the name of its check. What cannot be looked at is a finding, too."""
    for name, check in CHECKS.items():
        try:
            for finding in check(stack):
                yield name, finding
        except (ClientError, BotoCoreError) as error:
            yield name, unknown(f"Could not be looked at: {error}")
