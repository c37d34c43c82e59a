"""Shorten the deadlines of the workflow. A deadline of a day takes nearly two hundred identical polls."""

from collections.abc import Iterator
from contextlib import contextmanager

from local.aws import LocalAws

DEADLINE = 3600  # seconds


@contextmanager
def shorten_deadlines(aws: LocalAws, stack: dict[str, str], seconds: int = DEADLINE) -> Iterator[None]:
    """Set both deadlines of the deployed workflow, and restore the definition afterwards."""
    stepfunctions, arn = aws.client("stepfunctions"), stack["StateMachineArn"]
    deployed = stepfunctions.describe_state_machine(stateMachineArn=arn)["definition"]
    short = deployed.replace('"DeadlineSeconds":86400', f'"DeadlineSeconds":{seconds}')
    assert short != deployed
    stepfunctions.update_state_machine(stateMachineArn=arn, definition=short)
    try:
        yield
    finally:
        stepfunctions.update_state_machine(stateMachineArn=arn, definition=deployed)
