"""Deadlines of an hour: in a day, nearly two hundred polls are one like the other."""

from collections.abc import Iterator
from contextlib import contextmanager

from local.aws import LocalAws

DEADLINE = 3600  # seconds


@contextmanager
def shorten_deadlines(aws: LocalAws, stack: dict[str, str]) -> Iterator[None]:
    """The deployed workflow with both deadlines so short, and as it was afterwards."""
    stepfunctions, arn = aws.client("stepfunctions"), stack["StateMachineArn"]
    deployed = stepfunctions.describe_state_machine(stateMachineArn=arn)["definition"]
    short = deployed.replace('"DeadlineSeconds":86400', f'"DeadlineSeconds":{DEADLINE}')
    assert short != deployed
    stepfunctions.update_state_machine(stateMachineArn=arn, definition=short)
    yield
    stepfunctions.update_state_machine(stateMachineArn=arn, definition=deployed)
