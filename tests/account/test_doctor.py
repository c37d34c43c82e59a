"""`make doctor` on the deployed stack: it names what a test has broken, and what it may not look at."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from botocore.exceptions import ClientError

from account.deployed_stack import DeployedStack
from account.doctor.examination import CHECKS, examine
from account.doctor.finding import State
from account.session import Account
from local.aws import ROOT, LocalAws
from local.cdk import STACK
from local.trail import NAME as TRAIL
from tests.support.executions import Executions
from tests.support.queues import create_queue
from tests.support.roles import Role
from tests.support.workbench import Workbench, images

# For each check. docs/operations.md names them. GetCallerIdentity needs no permission. MiniStack lets everybody call
# lambda:GetAccountSettings. Without the permissions of CloudFormation the doctor ends.
NEEDED_FOR = {
    "trail": ("cloudtrail:DescribeTrails", "cloudtrail:GetEventSelectors", "cloudtrail:GetTrailStatus"),
    "rules": ("events:DescribeRule", "cloudwatch:GetMetricStatistics"),
    "subscriptions": ("sns:ListSubscriptionsByTopic",),
    "dead-letter queues": ("sqs:GetQueueAttributes",),
    "alarms": ("cloudwatch:DescribeAlarms",),
    "key": ("kms:DescribeKey",),
    "quotas": ("rekognition:DescribeProjects",),
    "executions": ("states:DescribeExecution", "states:ListExecutions"),
    "sweep": ("scheduler:GetSchedule", "states:DescribeExecution", "states:ListExecutions"),
}
NEEDED = (
    *(action for actions in NEEDED_FOR.values() for action in actions),
    *("cloudformation:DescribeStacks", "cloudformation:ListStackResources", "lambda:GetAccountSettings"),
)


@pytest.fixture
def subscribed(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[None]:
    """A queue is subscribed to the topics for outcomes and for alarms."""
    sns, (_, queue) = local_aws.client("sns"), create_queue(local_aws, "sns.amazonaws.com")
    made = [
        sns.subscribe(TopicArn=stack[topic], Protocol="sqs", Endpoint=queue, ReturnSubscriptionArn=True)
        for topic in ("TopicArn", "AlarmTopicArn")
    ]
    yield
    for each in made:
        sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])


def findings(state: State) -> list[str]:
    """The lines in this state."""
    return [f"{name}: {each.text}" for name, each in examine(DeployedStack(Account(), STACK)) if each.state == state]


def run(aws: LocalAws, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "account", "doctor", *arguments],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **aws.environment, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.usefixtures("subscribed")
def test_a_sound_stack_has_nothing_wrong(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions, stack: dict[str, str]
) -> None:
    bench.aws.configure(creation_seconds=0, distribution_seconds=0)
    dataset = bench.create(project, "TRAIN", images(10))
    executions.wait_until_ended_for(dataset)
    executions.wait_until_ended(executions.begin({}, stack["SweepStateMachineArn"]))
    done = run(local_aws)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "Nothing is wrong."), done.stdout + done.stderr
    assert "The rule for new datasets is enabled. Events that it has passed on in 14 days: " in done.stdout
    assert "What the last executions came to: " in done.stdout
    assert "The schedule is enabled: rate(1 day)." in done.stdout
    assert "Projects: 1. Executions started: 0." in done.stdout


@pytest.mark.parametrize(
    ("arguments", "environment", "sentence"),
    [
        (["--stack", "Nope"], {}, "There is no stack Nope in account 123456789012, Region us-east-1."),
        ([], {"AWS_REGION": "", "AWS_DEFAULT_REGION": ""}, "The shell names no Region."),
        ([], {"AWS_PROFILE": "nobody"}, "The shell's AWS configuration is not usable:"),
        ([], {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}, "The shell's credentials reach no account:"),
    ],
)
def test_one_sentence_says_why_the_account_cannot_be_asked(
    local_aws: LocalAws, arguments: list[str], environment: dict[str, str], sentence: str
) -> None:
    no_instance = {"AWS_EC2_METADATA_DISABLED": "true"}
    done = run(local_aws, *arguments, **environment, **no_instance)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(sentence)
    assert len(done.stderr.splitlines()) == 1


Break = Callable[[LocalAws, DeployedStack], AbstractContextManager[None]]


@contextmanager
def stopped_trail(aws: LocalAws, _stack: DeployedStack) -> Iterator[None]:
    aws.client("cloudtrail").stop_logging(Name=TRAIL)
    yield
    aws.client("cloudtrail").start_logging(Name=TRAIL)


@contextmanager
def trail_of_reads(aws: LocalAws, _stack: DeployedStack) -> Iterator[None]:
    for kind in ("ReadOnly", "All"):
        selector = {"ReadWriteType": kind, "IncludeManagementEvents": True}
        aws.client("cloudtrail").put_event_selectors(TrailName=TRAIL, EventSelectors=[selector])
        if kind == "ReadOnly":
            yield


def disabled_rule(construct: str) -> Break:
    @contextmanager
    def broken(aws: LocalAws, stack: DeployedStack) -> Iterator[None]:
        (rule,) = stack.resources("AWS::Events::Rule", construct)
        aws.client("events").disable_rule(Name=rule.physical_id)
        yield
        aws.client("events").enable_rule(Name=rule.physical_id)

    return broken


def event_in_queue(construct: str) -> Break:
    @contextmanager
    def broken(aws: LocalAws, stack: DeployedStack) -> Iterator[None]:
        (queue,) = stack.resources("AWS::SQS::Queue", construct)
        aws.client("sqs").send_message(QueueUrl=queue.physical_id, MessageBody="{}")
        yield
        aws.client("sqs").purge_queue(QueueUrl=queue.physical_id)

    return broken


@contextmanager
def disabled_schedule(aws: LocalAws, stack: DeployedStack) -> Iterator[None]:
    scheduler = aws.client("scheduler")
    (schedule,), (group,) = (stack.resources(f"AWS::Scheduler::{kind}") for kind in ("Schedule", "ScheduleGroup"))
    found = scheduler.get_schedule(Name=schedule.physical_id, GroupName=group.physical_id)
    members = ("Name", "GroupName", "ScheduleExpression", "FlexibleTimeWindow", "Target")
    for state in ("DISABLED", "ENABLED"):
        scheduler.update_schedule(**{name: found[name] for name in members}, State=state)
        if state == "DISABLED":
            yield


@contextmanager
def alarm_on(aws: LocalAws, stack: DeployedStack) -> Iterator[None]:
    (alarm,) = stack.resources("AWS::CloudWatch::Alarm", "AlarmsFailed")
    for state in ("ALARM", "OK"):
        aws.client("cloudwatch").set_alarm_state(AlarmName=alarm.physical_id, StateValue=state, StateReason="a test")
        if state == "ALARM":
            yield


@contextmanager
def silent_alarm(aws: LocalAws, stack: DeployedStack) -> Iterator[None]:
    (alarm,) = stack.resources("AWS::CloudWatch::Alarm", "AlarmsFailed")
    aws.client("cloudwatch").disable_alarm_actions(AlarmNames=[alarm.physical_id])
    yield
    aws.client("cloudwatch").enable_alarm_actions(AlarmNames=[alarm.physical_id])


@contextmanager
def disabled_key(aws: LocalAws, stack: DeployedStack) -> Iterator[None]:
    (key,) = stack.resources("AWS::KMS::Key")
    aws.client("kms").disable_key(KeyId=key.physical_id)
    yield
    aws.client("kms").enable_key(KeyId=key.physical_id)


@pytest.mark.usefixtures("subscribed", "shell")
def test_the_exit_status_says_that_something_is_wrong(local_aws: LocalAws) -> None:
    with disabled_rule("Watch")(local_aws, DeployedStack(Account(), STACK)):
        done = run(local_aws)
    assert done.returncode == 1
    assert re.fullmatch(r"1 wrong of \d+ findings\.", done.stdout.splitlines()[-1]), done.stdout


@pytest.mark.usefixtures("stack", "shell")
def test_a_topic_without_a_subscriber_is_named(local_aws: LocalAws, stack: dict[str, str]) -> None:
    sns = local_aws.client("sns")
    for each in sns.list_subscriptions_by_topic(TopicArn=stack["AlarmTopicArn"])["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])
    assert [each for each in findings(State.WRONG) if each.startswith("subscriptions: Nobody receives alarms.")]


@pytest.mark.usefixtures("subscribed", "shell")
@pytest.mark.parametrize(
    ("broken", "line"),
    [
        (stopped_trail, "trail: The trail management-events is stopped:"),
        (trail_of_reads, "trail: The trail management-events does not log write management events:"),
        (disabled_rule("Trigger"), "rules: The rule for new datasets is disabled:"),
        (disabled_rule("Watch"), "rules: The rule for executions that end unnoticed is disabled:"),
        (event_in_queue("Trigger"), "dead-letter queues: Events in the dead-letter queue Trigger"),
        (event_in_queue("Watch"), "dead-letter queues: Events in the dead-letter queue Watch"),
        (event_in_queue("Schedule"), "dead-letter queues: Events in the dead-letter queue Schedule"),
        (disabled_schedule, "sweep: The schedule is disabled: no sweep starts by itself."),
        (alarm_on, "alarms: The alarm DatasetDistribution-AlarmsFailed"),
        (silent_alarm, "alarms: The alarm DatasetDistribution-AlarmsFailed"),
        (disabled_key, "key: The key "),
    ],
)
def test_what_is_broken_is_the_one_thing_wrong(local_aws: LocalAws, broken: Break, line: str) -> None:
    with broken(local_aws, DeployedStack(Account(), STACK)):
        (found,) = findings(State.WRONG)
    assert found.startswith(line)


@pytest.mark.usefixtures("subscribed", "shell")
def test_an_address_that_has_not_confirmed_is_named(local_aws: LocalAws, stack: dict[str, str]) -> None:
    sns, unreachable = local_aws.client("sns"), "https://127.0.0.1:9/pager"
    made = sns.subscribe(TopicArn=stack["TopicArn"], Protocol="https", Endpoint=unreachable, ReturnSubscriptionArn=True)
    (found,) = findings(State.WRONG)
    sns.unsubscribe(SubscriptionArn=made["SubscriptionArn"])
    assert found.startswith(f"subscriptions: Not confirmed for outcomes: {unreachable}.")


@pytest.fixture(scope="module")
def role(local_aws: LocalAws) -> Role:
    return Role(local_aws, {"Action": list(NEEDED)})


@pytest.fixture
def shell_of_role(role: Role, shell: pytest.MonkeyPatch) -> Role:
    """The environment of this process is that of a shell with the credentials of the role."""
    for name, value in role.credentials().items():
        shell.setenv(name, value)
    return role


@pytest.mark.usefixtures("subscribed", "shell_of_role")
def test_the_documented_permissions_suffice() -> None:
    assert findings(State.UNKNOWN) == []


def test_the_permissions_are_documented() -> None:
    page = (ROOT / "docs" / "operations.md").read_text()
    assert [action for action in NEEDED if f'"{action}"' not in page] == []


@pytest.mark.usefixtures("subscribed")
@pytest.mark.parametrize(
    ("action", "name"), [(action, name) for name, actions in NEEDED_FOR.items() for action in actions]
)
def test_each_permission_is_needed(
    shell_of_role: Role, executions: Executions, stack: dict[str, str], action: str, name: str
) -> None:
    if name in ("executions", "sweep"):  # one of each must have ended
        executions.run({})
        executions.wait_until_ended(executions.begin({"DryRun": True}, stack["SweepStateMachineArn"]))
    shell_of_role.allow({"Action": [each for each in NEEDED if each != action]})
    with pytest.raises(ClientError, match=action):
        list(CHECKS[name](DeployedStack(Account(), STACK)))
    shell_of_role.allow({"Action": list(NEEDED)})


def test_what_may_not_be_looked_at_is_said(shell_of_role: Role) -> None:
    shell_of_role.allow({"Action": [each for each in NEEDED if each != "kms:DescribeKey"]})
    (found,) = findings(State.UNKNOWN)
    assert found.startswith("key: Could not be looked at: ")
    assert "kms:DescribeKey" in found
    shell_of_role.allow({"Action": list(NEEDED)})
