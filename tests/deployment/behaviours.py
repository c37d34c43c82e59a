"""What the deployed stack does from end to end, each a function that raises AssertionError when it does not.

For a stack of a test's own, beside the one of all tests: what it tells is heard at each of its ends.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from aws_cdk import RemovalPolicy
from botocore.exceptions import ClientError, WaiterError

from infra.metrics import NAMESPACE
from infra.settings import Settings
from infra.workflow.tasks import SOURCE
from lambdas.rules.metrics import OUTCOMES
from local.queues import create_queue
from tests.support.executions import Execution, Executions, read_records, wait_until
from tests.support.notices import read_notice
from tests.support.roles import deny_action
from tests.support.stacks import NAME_PREFIX, Stack
from tests.support.telemetry import read_log_lines, read_points
from tests.support.workbench import Workbench, images
from tools.docs.grants import Template, plain
from tools.docs.template import synthesize

FUNCTIONS = ("ResolveDatasets", "ClaimPair", "StartDistribution", "CheckDistribution", "ReportOutcome")

AT_ONCE = dict.fromkeys(("creation_seconds", "update_seconds", "distribution_seconds"), 0.0)
A_MINUTE = 60.0
EMPTYING = "CustomS3AutoDeleteObjectsCustomResourceProvider"


class Deployment:
    """The template, deployed, and queues that hear what it tells."""

    def __init__(self, bench: Workbench, executions: Executions, template: Template) -> None:
        self.aws, self.bench, self.executions, self.template = bench.aws, bench, executions, template
        self._stack = Stack(self.aws, **template["Resources"])
        self._ids = {plain(name): name for name in template["Resources"]}
        self._refs: dict[str, str] = {}
        self.notified = self._hear_topic("NotificationsTopic")
        self.chat = self._hear_topic("ChatTopic")
        self.alarmed = self._hear_topic("OperationsTopic")
        self.completed, arn = create_queue(self.aws, "events.amazonaws.com")
        events, self._rule = self.aws.client("events"), f"completed-{uuid.uuid4().hex[:12]}"
        events.put_rule(Name=self._rule, EventPattern=json.dumps({"source": [SOURCE]}))
        events.put_targets(Rule=self._rule, Targets=[{"Id": "queue", "Arn": arn}])

    def update(self, template: Template) -> None:
        """CloudFormation takes no update that changes nothing."""
        if template != self.template:
            self._stack.update(**template["Resources"])
        self.template = template

    def delete(self) -> None:
        events = self.aws.client("events")
        events.remove_targets(Rule=self._rule, Ids=["queue"])
        events.delete_rule(Name=self._rule)
        self._stack.delete()

    def ref(self, name: str) -> str:
        """The physical id of what has this logical id, without the hash."""
        if name not in self._refs:
            self._refs[name] = self._stack.ref(self._ids[name])
        return self._refs[name]

    def prepare(self, *, events: bool = False, follow_waits: bool = False, **settings: float) -> None:
        """How the Custom Labels service behaves: at once, and without events, where nothing else is said."""
        self.aws.configure(**{**AT_ONCE, "event_copies": int(events), **settings})
        self.aws.follow_waits(follow_waits)

    def begin(self, given: Any) -> str:
        """The ARN of an execution that was started by hand."""
        return self.executions.begin(given, self.ref("WorkflowStateMachine"))

    def run(self, given: Any) -> Execution:
        return self.executions.wait_until_ended(self.begin(given))

    def project(self, **tags: str) -> str:
        """The ARN of a new project."""
        name = f"project-{uuid.uuid4().hex[:12]}"
        return str(self.bench.rekognition.create_project(ProjectName=name, Tags=tags)["ProjectArn"])

    def records(self, project: str) -> list[dict[str, str]]:
        return read_records(self.aws, self.ref("RecordsItems"), project.split("/")[1])

    def heard(self, queue: str, word: str) -> list[str]:
        """What has come since last asked and has the word in it."""
        sqs, bodies = self.aws.client("sqs"), []
        while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            bodies += [message["Body"] for message in messages]
            entries = [
                {"Id": str(number), "ReceiptHandle": each["ReceiptHandle"]} for number, each in enumerate(messages)
            ]
            sqs.delete_message_batch(QueueUrl=queue, Entries=entries)
        return [body for body in bodies if word in body]

    def logged(self, group: str, word: str) -> bool:
        """Whether a line of the log group has the word in it."""
        return bool(read_log_lines(self.aws, self.ref(group), word))

    def counted(self, outcome: str) -> float:
        """How many of them CloudWatch has."""
        return float(sum(point["Sum"] for point in read_points(self.aws, NAMESPACE, OUTCOMES, Outcome=outcome)))

    def _hear_topic(self, name: str) -> str:
        queue, arn = create_queue(self.aws, "sns.amazonaws.com")
        raw = {"RawMessageDelivery": "true"}
        self.aws.client("sns").subscribe(TopicArn=self.ref(name), Protocol="sqs", Endpoint=arn, Attributes=raw)
        return queue


def distribute_by_event(deployed: Deployment) -> None:
    """Two datasets are created; they are distributed, and whoever should know does, at every end."""
    deployed.prepare(events=True, follow_waits=True)
    counted, traced = deployed.counted("DISTRIBUTED"), len(deployed.aws.traces())
    project = deployed.project()
    _, execution = _create_pair(deployed, project)
    assert execution.output["Outcome"] == "DISTRIBUTED"
    notice = _told_twice(deployed, project)
    assert (notice["Outcome"], notice["Notes"]) == ("DISTRIBUTED", [])
    assert len(deployed.heard(deployed.chat, project.split("/")[1])) == 1
    assert [record["Outcome"] for record in deployed.records(project)] == ["DISTRIBUTED"]
    assert deployed.counted("DISTRIBUTED") == counted + 1
    _assert_shown(deployed, execution)
    _assert_traced(deployed, execution, deployed.aws.traces()[traced:])
    assert all(deployed.logged(f"Functions{name}Logs", execution.arn) for name in FUNCTIONS)
    wait_until(lambda: deployed.logged("WorkflowLogs", execution.arn))


def _create_pair(deployed: Deployment, project: str) -> list[Execution]:
    """The executions that the two events have started, the second once the first has stood aside."""
    ended = []
    for kind, lines in (("TRAIN", images(10)), ("TEST", None)):
        dataset = deployed.bench.create(project, kind, lines)
        assert deployed.heard(deployed.ref("TriggerUndeliveredQueue"), dataset) == []
        ended.append(deployed.executions.wait_until_ended_for(dataset))
        assert ended[-1].status == "SUCCEEDED", ended[-1]
    return ended


def _told_twice(deployed: Deployment, word: str) -> dict[str, Any]:
    """The notice, of which the completion event has the same."""
    notices = [read_notice(body) for body in deployed.heard(deployed.notified, word)]
    events = [json.loads(body)["detail"] for body in deployed.heard(deployed.completed, word)]
    assert len(notices) == 1
    assert events == notices
    return notices[0]


def _assert_shown(deployed: Deployment, execution: Execution) -> None:
    """The page of the report is in its bucket, with the way that the execution took."""
    key = execution.output["ReportLink"].partition("prefix=")[2]
    found = deployed.aws.client("s3").get_object(Bucket=deployed.ref("ReportsBucket"), Key=key)
    assert "<b>Check distribution</b>" in found["Body"].read().decode()


def _assert_traced(deployed: Deployment, execution: Execution, traces: list[str]) -> None:
    assert execution.arn in traces
    for name in FUNCTIONS:
        assert any(f":{deployed.ref(f'Functions{name}')}:" in f"{trace}:" for trace in traces)


def tell_of_a_failure(deployed: Deployment) -> None:
    """Somebody starts one by hand, for a project that is not there."""
    name = f"project-{uuid.uuid4().hex[:12]}"
    execution = deployed.run({"ProjectName": name})
    assert (execution.status, execution.error) == ("FAILED", "ProjectNotFound")
    notice = _told_twice(deployed, name)
    assert (notice["Outcome"], notice["Error"], notice["Notes"]) == ("FAILED", "ProjectNotFound", [])
    assert notice["ProjectName"] == name
    assert len(deployed.heard(deployed.chat, name)) == 1


def rehearse(deployed: Deployment) -> None:
    """A dry run counts labels."""
    deployed.prepare()
    project = deployed.project()
    deployed.bench.pair(project, images(10))
    execution = deployed.run({"ProjectArn": project, "DryRun": True})
    assert execution.status == "SUCCEEDED", execution
    assert [label["Training"] for label in execution.output["DryRun"]["Labels"]] == [10]


def heed_a_tag(deployed: Deployment) -> None:
    """What is tagged so is left alone."""
    deployed.prepare(events=True)
    project = deployed.project(**{"auto-distribute": "false"})
    assert [execution.output["Outcome"] for execution in _create_pair(deployed, project)] == ["SKIPPED"] * 2


def _begin_to_wait(deployed: Deployment) -> tuple[str, str]:
    """A project whose training dataset is being updated, and the execution that has claimed its pair."""
    deployed.prepare(update_seconds=A_MINUTE)
    project = deployed.project()
    training, _ = deployed.bench.pair(project)
    deployed.bench.update(training, *images(10))
    owner = deployed.begin({"ProjectArn": project})
    deployed.executions.wait_until_claimed(lambda: next(iter(deployed.records(project)), {}), owner)
    return project, owner


def tell_of_an_abort(deployed: Deployment) -> None:
    """Somebody stops an execution, which cannot say so itself."""
    _, owner = _begin_to_wait(deployed)
    deployed.executions.abort(owner)
    assert deployed.executions.wait_until_ended(owner).status == "ABORTED"
    assert len(deployed.heard(deployed.notified, owner)) == 1


def take_over(deployed: Deployment) -> None:
    """The owner of a pair was stopped: the next execution keeps its record and distributes."""
    project, owner = _begin_to_wait(deployed)
    deployed.executions.abort(owner)
    deployed.bench.finish()
    successor = deployed.begin({"ProjectArn": project})
    execution = deployed.executions.wait_until_ended(successor)
    assert execution.status == "SUCCEEDED", execution
    assert (execution.output["Outcome"], execution.takeovers) == ("DISTRIBUTED", 1)
    records = [(record["Execution"], record["Outcome"]) for record in deployed.records(project)]
    assert records == [(successor, "DISTRIBUTED"), (owner, "FAILED")]


def keep_an_event(deployed: Deployment) -> None:
    """Step Functions takes no event: it is in the queue."""
    deployed.prepare(events=True)
    with deny_action(deployed.aws, deployed.ref("WorkflowStateMachineEventsRole"), "states:StartExecution"):
        dataset = deployed.bench.create(deployed.project(), "TRAIN")
    assert len(deployed.heard(deployed.ref("TriggerUndeliveredQueue"), dataset)) == 1


def keep_an_end(deployed: Deployment) -> None:
    """SNS takes no word of an execution that was stopped: its end is in the queue."""
    _, owner = _begin_to_wait(deployed)
    with deny_action(deployed.aws, deployed.ref("WatchRole"), "sns:Publish"):
        deployed.executions.abort(owner)
        deployed.executions.wait_until_ended(owner)
    assert len(deployed.heard(deployed.ref("WatchUndeliveredQueue"), owner)) == 1


def raise_an_alarm(deployed: Deployment) -> None:
    """It goes off, and is over."""
    cloudwatch, name = deployed.aws.client("cloudwatch"), deployed.ref("AlarmsFailed")
    for state in ("ALARM", "OK"):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")
    told = deployed.heard(deployed.alarmed, name)
    assert [json.loads(each)["NewStateValue"] for each in told] == ["ALARM", "OK"]


def deploy_and_destroy(deployed: Deployment) -> None:
    """The template becomes a stack from nothing, and nothing of it stays, although its bucket was not empty."""
    group = named(deployed.template, f"{EMPTYING}Logs")
    stack, bucket = _create(deployed, **{group: {**deployed.template["Resources"][group], "DeletionPolicy": "Retain"}})
    written_to = stack.ref(group)
    with _going(deployed, stack, bucket):
        stack.delete()
    written = " ".join(read_log_lines(deployed.aws, written_to))
    deployed.aws.client("logs").delete_log_group(logGroupName=written_to)
    assert written, "it has written no log"
    assert "Could not set new object deny policy" not in written


def keep_from_now_on(deployed: Deployment) -> None:
    """Where the next deployment is to keep the bucket, who empties it goes, and what is in there stays."""
    keeping = synthesize(Settings(stack_name=NAME, removal_policy=RemovalPolicy.RETAIN))["Resources"]
    stack, bucket = _create(deployed)
    only_bucket = {
        name: resource if plain(name) == "ReportsBucket" else {**resource, "DeletionPolicy": "Delete"}
        for name, resource in keeping.items()
    }
    with _going(deployed, stack, bucket):
        stack.update(**only_bucket)
        stack.delete()
    deployed.aws.client("s3").get_object(Bucket=bucket, Key="k")


def named(template: Template, name: str) -> str:
    """The logical id, without the hash behind it."""
    return next(str(logical_id) for logical_id in template["Resources"] if plain(logical_id) == name)


def _create(deployed: Deployment, **instead: Any) -> tuple[Stack, str]:
    """A stack of the template, but for these resources, and its bucket, with something in it."""
    try:
        stack = Stack(deployed.aws, **{**deployed.template["Resources"], **instead})
    except WaiterError as error:
        raise AssertionError("it could not be created") from error
    bucket = stack.ref(named(deployed.template, "ReportsBucket"))
    deployed.aws.client("s3").put_object(Bucket=bucket, Key="k", Body=b"x")
    return stack, bucket


@contextmanager
def _going(deployed: Deployment, stack: Stack, bucket: str) -> Iterator[None]:
    """What could not be deleted is deleted all the same, for the tests that follow."""
    try:
        yield
    except WaiterError as error:
        s3 = deployed.aws.client("s3")
        with suppress(ClientError):
            s3.delete_bucket_policy(Bucket=bucket)
        s3.delete_object(Bucket=bucket, Key="k")
        stack.delete(retain=[named(deployed.template, "ReportsBucketAutoDeleteObjectsCustomResource")])
        raise AssertionError("it could not be destroyed") from error


PROMISES = (
    distribute_by_event,
    tell_of_a_failure,
    rehearse,
    heed_a_tag,
    take_over,
    tell_of_an_abort,
    keep_an_event,
    keep_an_end,
    raise_an_alarm,
    deploy_and_destroy,
    keep_from_now_on,
)
