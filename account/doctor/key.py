"""Can the stack use its key? Topics, queues, records, reports and logs are encrypted with it."""

from collections.abc import Iterator

from account.deployed_stack import DeployedStack
from account.doctor.finding import Finding, good, wrong

MEND = {"Disabled": "Enable it", "PendingDeletion": "Cancel its deletion, and enable it"}


def check_key(stack: DeployedStack) -> Iterator[Finding]:
    """A finding for each key of the stack; it has one."""
    for key in stack.resources("AWS::KMS::Key"):
        yield judge(key.physical_id, stack.client("kms").describe_key(KeyId=key.physical_id)["KeyMetadata"]["KeyState"])


def judge(key: str, state: str) -> Finding:
    """`state` is a KeyState of KMS."""
    if state == "Enabled":
        return good("The key is enabled.")
    return wrong(f"The key {key} is {state}: executions fail, and nobody is notified. {MEND.get(state, 'Enable it')}.")
