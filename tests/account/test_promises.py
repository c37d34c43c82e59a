"""The kit finds each promise kept by the deployed stack, and finds out a defect that a test has planted."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest

from account.deployed_stack import DeployedStack
from account.session import Account
from account.verify import promises
from account.verify.deployment import BrokenPromise, Deployment, NotTried
from account.verify.lab import Lab
from account.verify.promises import PROMISES, Promise
from local.aws import LocalAws
from local.cdk import STACK
from tests.account.conftest import HurriedClock
from tests.support.deadlines import shorten_deadlines
from tests.support.roles import deny_action

pytestmark = pytest.mark.usefixtures("stack")
Defect = Callable[[Deployment, LocalAws], AbstractContextManager[None]]


@pytest.fixture
def deployed(
    account: Account, lab_of_account: Lab, local_aws: LocalAws, equipped: dict[str, str]
) -> Iterator[Deployment]:
    """The stack of all tests. The events that a promise leaves in its dead-letter queues are deleted."""
    lab_of_account.clock = HurriedClock(local_aws)
    stack = DeployedStack(account, STACK)
    yield Deployment(stack, lab_of_account, equipped)
    for queue in stack.resources("AWS::SQS::Queue"):
        local_aws.client("sqs").purge_queue(QueueUrl=queue.physical_id)


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_the_deployed_stack_keeps_the_promise(deployed: Deployment, promise: Promise) -> None:
    promise(deployed)


def test_a_pair_that_is_not_ready_fails_at_the_deadline(
    deployed: Deployment, local_aws: LocalAws, stack: dict[str, str]
) -> None:
    """`make verify` deploys the stack with a deadline of a second. This test changes the definition instead."""
    local_aws.follow_waits(True)
    local_aws.configure(update_seconds=10**6)
    with shorten_deadlines(local_aws, stack, seconds=1):
        promises.give_up_at_the_deadline(deployed)


def test_a_pair_that_is_ready_at_once_shows_no_deadline(deployed: Deployment, local_aws: LocalAws) -> None:
    local_aws.configure(update_seconds=0, distribution_seconds=0)
    with pytest.raises(NotTried, match="ready before"):
        promises.give_up_at_the_deadline(deployed)


def denied(role: str, action: str) -> Defect:
    return lambda deployed, aws: deny_action(aws, deployed.resource("AWS::IAM::Role", role), action)


@contextmanager
def closed_topic(deployed: Deployment, aws: LocalAws) -> Iterator[None]:
    """The policy of the alarm topic lets nobody publish."""
    sns, topic = aws.client("sns"), deployed.stack.outputs["AlarmTopicArn"]
    policy = sns.get_topic_attributes(TopicArn=topic)["Attributes"]["Policy"]
    deny = {"Effect": "Deny", "Principal": "*", "Action": "sns:Publish", "Resource": topic}
    nobody = json.dumps({"Version": "2012-10-17", "Statement": [deny]})
    sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=nobody)
    try:
        yield
    finally:
        sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)


@contextmanager
def lost_events(_deployed: Deployment, aws: LocalAws) -> Iterator[None]:
    aws.configure(event_copies=0)
    try:
        yield
    finally:
        aws.configure(event_copies=1)


@contextmanager
def misled_state(deployed: Deployment, aws: LocalAws) -> Iterator[None]:
    """The deployed definition takes every outcome for a failure."""
    machine, states = deployed.stack.outputs["StateMachineArn"], aws.client("stepfunctions")
    definition = states.describe_state_machine(stateMachineArn=machine)["definition"]
    wrong = definition.replace("$ending.Outcome = 'DISTRIBUTED'", "$ending.Outcome = 'DISTRIBUTE'")
    states.update_state_machine(stateMachineArn=machine, definition=wrong)
    try:
        yield
    finally:
        states.update_state_machine(stateMachineArn=machine, definition=definition)


@pytest.mark.parametrize(
    ("defect", "promise", "seen"),
    [
        (
            denied("FunctionsReportOutcome", "s3:PutObject"),
            promises.distribute_by_event,
            "The outcome has no link to its page",
        ),
        (
            denied("FunctionsNotifyEndingRole", "sns:Publish"),
            promises.notify_of_abort_and_go_on,
            "Nobody was notified of the aborted",
        ),
        (denied("WorkflowRole", "sns:Publish"), promises.notify_of_failure, "Chat received 0 messages"),
        (closed_topic, promises.send_alarm, "The topic received no ALARM"),
        (lost_events, promises.distribute_by_event, "The creation of the training dataset started no execution."),
        (misled_state, promises.run_each_state_alone, "Success or failure? leads to Failed instead of Distributed."),
    ],
)
def test_a_planted_defect_is_found_out(
    deployed: Deployment,
    local_aws: LocalAws,
    defect: Defect,
    promise: Promise,
    seen: str,
) -> None:
    with defect(deployed, local_aws), pytest.raises(BrokenPromise, match=re.escape(seen)):
        promise(deployed)
