"""Is the stack deployed as it should be?"""

from collections.abc import Iterator

from account.deployed_stack import DeployedStack
from account.doctor.finding import Finding, good, note, wrong

COMPLETE = ("CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE")


def check_status(stack: DeployedStack) -> Iterator[Finding]:
    """One finding."""
    yield judge(stack.name, stack.status)


def judge(name: str, status: str) -> Finding:
    """`status` is a StackStatus of CloudFormation."""
    if status in COMPLETE:
        return good(f"The stack {name} is {status}.")
    if status.endswith("_IN_PROGRESS"):
        return note(f"The stack {name} is {status}. Look again when it is done.")
    if status == "UPDATE_ROLLBACK_COMPLETE":
        return wrong(
            f"The last deployment of {name} failed; the one before runs. The stack's events say why. Deploy again."
        )
    return wrong(f"The stack {name} is {status}. The stack's events say why.")
