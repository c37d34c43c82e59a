"""End-to-end promises of a deployed stack. Each is a function that raises AssertionError if the promise is broken.

They need a stack of their own, so that a queue at each end receives everything that this stack sends.
"""

import json
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from aws_cdk import RemovalPolicy
from botocore.exceptions import ClientError, WaiterError

from infra.functions import OF_WORKFLOW, construct_id_of
from infra.metrics import NAMESPACE
from infra.settings import Settings
from infra.workflow.tasks import SOURCE
from lambdas.rules.metrics import OUTCOMES
from tests.support.executions import Execution, Executions, read_records, wait_until
from tests.support.notices import read_notice
from tests.support.queues import create_queue, take_all
from tests.support.roles import deny_action
from tests.support.stacks import NAME_PREFIX, Stack
from tests.support.telemetry import read_log_lines, read_points
from tests.support.workbench import Workbench, images
from tools.docs.grants import Template, plain
from tools.docs.template import synthesize

AT_ONCE = dict.fromkeys(("creation_seconds", "update_seconds", "distribution_seconds"), 0.0)
ONE_MINUTE = 60.0
BUCKET_EMPTIER = "CustomS3AutoDeleteObjectsCustomResourceProvider"


class Deployment:
    """The deployed template, and queues that receive its messages and events."""

    def __init__(self, bench: Workbench, executions: Executions, template: Template) -> None:
        self.aws, self.bench, self.executions, self.template = bench.aws, bench, executions, template
        self._stack = Stack(self.aws, **template["Resources"])
        self._ids = {plain(name): name for name in template["Resources"]}
        self._refs: dict[str, str] = {}
        self.notified = self._subscribe_queue("NotificationsTopic")
        self.chat = self._subscribe_queue("ChatTopic")
        self.alarmed = self._subscribe_queue("OperationsTopic")
        self.completed, arn = create_queue(self.aws, "events.amazonaws.com")
        events, self._rule = self.aws.client("events"), f"completed-{uuid.uuid4().hex[:12]}"
        events.put_rule(Name=self._rule, EventPattern=json.dumps({"source": [SOURCE]}))
        events.put_targets(Rule=self._rule, Targets=[{"Id": "queue", "Arn": arn}])

    def update(self, template: Template) -> None:
        """Deploys another template. CloudFormation refuses an update without a change."""
        if template != self.template:
            self._stack.update(**template["Resources"])
        self.template = template

    def delete(self) -> None:
        events = self.aws.client("events")
        events.remove_targets(Rule=self._rule, Ids=["queue"])
        events.delete_rule(Name=self._rule)
        self._stack.delete()

    def ref(self, name: str) -> str:
        """The physical id of the resource with this logical id, given without its hash."""
        if name not in self._refs:
            self._refs[name] = self._stack.ref(self._ids[name])
        return self._refs[name]

    def prepare(self, *, events: bool = False, follow_waits: bool = False, **settings: float) -> None:
        """Configures the Custom Labels service. By default it finishes at once and sends no events."""
        self.aws.configure(**{**AT_ONCE, "event_copies": int(events), "max_projects": 1000, **settings})
        self.aws.follow_waits(follow_waits)

    def begin(self, given: Any) -> str:
        """Starts an execution as a person does. Returns its ARN."""
        return self.executions.begin(given, self.ref("WorkflowStateMachine"))

    def run(self, given: Any) -> Execution:
        return self.executions.wait_until_ended(self.begin(given))

    def project(self, **tags: str) -> str:
        """Creates a project. Returns its ARN."""
        name = f"project-{uuid.uuid4().hex[:12]}"
        return str(self.bench.rekognition.create_project(ProjectName=name, Tags=tags)["ProjectArn"])

    def records(self, project: str) -> list[dict[str, str]]:
        return read_records(self.aws, self.ref("RecordsItems"), project.split("/")[1])

    def received(self, queue: str, word: str) -> list[str]:
        """The new messages in the queue that contain the word. All new messages are deleted."""
        return [body for body in take_all(self.aws.client("sqs"), queue) if word in body]

    def logged(self, group: str, word: str) -> bool:
        """Whether a line of the log group contains the word."""
        return bool(read_log_lines(self.aws, self.ref(group), word))

    def counted(self, outcome: str) -> float:
        """The number of these outcomes in CloudWatch."""
        return float(sum(point["Sum"] for point in read_points(self.aws, NAMESPACE, OUTCOMES, Outcome=outcome)))

    def _subscribe_queue(self, name: str) -> str:
        queue, arn = create_queue(self.aws, "sns.amazonaws.com")
        raw = {"RawMessageDelivery": "true"}
        self.aws.client("sns").subscribe(TopicArn=self.ref(name), Protocol="sqs", Endpoint=arn, Attributes=raw)
        return queue


def distribute_by_event(deployed: Deployment) -> None:
    """The creation of two datasets starts a distribution, and the outcome reaches every end."""
    deployed.prepare(events=True, follow_waits=True)
    counted, traced = deployed.counted("DISTRIBUTED"), len(deployed.aws.traces())
    project = deployed.project()
    _, execution = _create_pair(deployed, project)
    assert execution.output["Outcome"] == "DISTRIBUTED"
    notice = _read_notice_and_event(deployed, project)
    assert (notice["Outcome"], notice["Notes"]) == ("DISTRIBUTED", [])
    assert len(deployed.received(deployed.chat, project.split("/")[1])) == 1
    assert [record["Outcome"] for record in deployed.records(project)] == ["DISTRIBUTED"]
    assert deployed.counted("DISTRIBUTED") == counted + 1
    _assert_page(deployed, execution)
    assert_traced(deployed, execution, deployed.aws.traces()[traced:], OF_WORKFLOW)
    assert all(deployed.logged(f"Functions{construct_id_of(name)}Logs", execution.arn) for name in OF_WORKFLOW)
    wait_until(lambda: deployed.logged("WorkflowLogs", execution.arn))


def _create_pair(deployed: Deployment, project: str) -> list[Execution]:
    """The executions that the two events have started. The second event comes after the end of the first execution."""
    ended = []
    for kind, lines in (("TRAIN", images(10)), ("TEST", None)):
        dataset = deployed.bench.create(project, kind, lines)
        assert deployed.received(deployed.ref("TriggerUndeliveredQueue"), dataset) == []
        ended.append(deployed.executions.wait_until_ended_for(dataset))
        assert ended[-1].status == "SUCCEEDED", ended[-1]
    return ended


def _read_notice_and_event(deployed: Deployment, word: str) -> dict[str, Any]:
    """The notice. The completion event must have the same content."""
    notices = [read_notice(body) for body in deployed.received(deployed.notified, word)]
    events = [json.loads(body)["detail"] for body in deployed.received(deployed.completed, word)]
    assert len(notices) == 1
    assert events == notices
    return notices[0]


def _assert_page(deployed: Deployment, execution: Execution) -> None:
    """The page of the report is in the bucket and has the timeline of the execution."""
    key = execution.output["ReportLink"].partition("prefix=")[2]
    found = deployed.aws.client("s3").get_object(Bucket=deployed.ref("ReportsBucket"), Key=key)
    assert "<b>Check distribution</b>" in found["Body"].read().decode()


def assert_traced(deployed: Deployment, execution: Execution, traces: list[str], functions: tuple[str, ...]) -> None:
    """The execution and its functions are among the traces."""
    assert execution.arn in traces
    assert all(_is_traced(deployed, name, traces) for name in functions)


def _is_traced(deployed: Deployment, function: str, traces: list[str]) -> bool:
    return any(f":{deployed.ref(f'Functions{construct_id_of(function)}')}:" in f"{trace}:" for trace in traces)


def notify_of_failure(deployed: Deployment) -> None:
    """A person starts an execution for a project that does not exist."""
    name = f"project-{uuid.uuid4().hex[:12]}"
    execution = deployed.run({"ProjectName": name})
    assert (execution.status, execution.error) == ("FAILED", "ProjectNotFound")
    notice = _read_notice_and_event(deployed, name)
    assert (notice["Outcome"], notice["Error"], notice["Notes"]) == ("FAILED", "ProjectNotFound", [])
    assert notice["ProjectName"] == name
    assert len(deployed.received(deployed.chat, name)) == 1


def count_labels_in_dry_run(deployed: Deployment) -> None:
    """A dry run returns the entries of each label."""
    deployed.prepare()
    project = deployed.project()
    deployed.bench.pair(project, images(10))
    execution = deployed.run({"ProjectArn": project, "DryRun": True})
    assert execution.status == "SUCCEEDED", execution
    assert [label["Training"] for label in execution.output["DryRun"]["Labels"]] == [10]


def skip_opted_out_project(deployed: Deployment) -> None:
    """Events do not distribute a project with the tag `auto-distribute=false`."""
    deployed.prepare(events=True)
    project = deployed.project(**{"auto-distribute": "false"})
    assert [execution.output["Outcome"] for execution in _create_pair(deployed, project)] == ["SKIPPED"] * 2


def begin_to_wait(deployed: Deployment) -> tuple[str, str]:
    """Starts an execution that claims a pair and waits for its training dataset. Returns project and execution."""
    deployed.prepare(update_seconds=ONE_MINUTE)
    project = deployed.project()
    training, _ = deployed.bench.pair(project)
    deployed.bench.update(training, *images(10))
    owner = deployed.begin({"ProjectArn": project})
    deployed.executions.wait_until_claimed(lambda: next(iter(deployed.records(project)), {}), owner)
    return project, owner


def notify_of_abort(deployed: Deployment) -> None:
    """People are notified once of an aborted execution, which cannot send a notification itself."""
    _, owner = begin_to_wait(deployed)
    traced = len(deployed.aws.traces())
    deployed.executions.abort(owner)
    assert deployed.executions.wait_until_ended(owner).status == "ABORTED"
    assert len(deployed.received(deployed.notified, owner)) == 1
    assert deployed.logged("FunctionsNotifyEndingLogs", owner)
    assert _is_traced(deployed, "notify_ending", deployed.aws.traces()[traced:])


def take_over_pair(deployed: Deployment) -> None:
    """The next execution takes over the pair of an aborted owner, keeps its record, and distributes."""
    project, owner = begin_to_wait(deployed)
    deployed.executions.abort(owner)
    deployed.bench.finish()
    successor = deployed.begin({"ProjectArn": project})
    execution = deployed.executions.wait_until_ended(successor)
    assert execution.status == "SUCCEEDED", execution
    assert (execution.output["Outcome"], execution.takeovers) == ("DISTRIBUTED", 1)
    records = [(record["Execution"], record["Outcome"]) for record in deployed.records(project)]
    assert records == [(successor, "DISTRIBUTED"), (owner, "FAILED")]


def queue_undelivered_event(deployed: Deployment) -> None:
    """An event that cannot start an execution is in the dead-letter queue."""
    deployed.prepare(events=True)
    with deny_action(deployed.aws, deployed.ref("WorkflowStateMachineEventsRole"), "states:StartExecution"):
        dataset = deployed.bench.create(deployed.project(), "TRAIN")
    assert len(deployed.received(deployed.ref("TriggerUndeliveredQueue"), dataset)) == 1


def queue_failed_ending(deployed: Deployment) -> None:
    """The event of an aborted execution of which the function cannot notify people is in the dead-letter queue."""
    with deny_action(deployed.aws, deployed.ref("FunctionsNotifyEndingRole"), "sns:Publish"):
        _assert_ending_queued(deployed)


def queue_undelivered_ending(deployed: Deployment) -> None:
    """The event of an aborted execution with which the rule cannot invoke the function is in the dead-letter queue."""
    functions, version = deployed.aws.client("lambda"), deployed.ref("FunctionsNotifyEndingCurrentVersion")
    (statement,) = json.loads(functions.get_policy(FunctionName=version)["Policy"])["Statement"]
    functions.remove_permission(FunctionName=version, StatementId=statement["Sid"])
    try:
        _assert_ending_queued(deployed)
    finally:
        functions.add_permission(
            FunctionName=version,
            StatementId=statement["Sid"],
            Action=statement["Action"],
            Principal=statement["Principal"]["Service"],
            SourceArn=statement["Condition"]["ArnLike"]["AWS:SourceArn"],
        )


def _assert_ending_queued(deployed: Deployment) -> None:
    _, owner = begin_to_wait(deployed)
    deployed.executions.abort(owner)
    deployed.executions.wait_until_ended(owner)
    assert len(deployed.received(deployed.ref("WatchUndeliveredQueue"), owner)) == 1


def send_alarm(deployed: Deployment) -> None:
    """The alarm topic receives an alarm when it goes off and when it is over."""
    cloudwatch, name = deployed.aws.client("cloudwatch"), deployed.ref("AlarmsFailed")
    for state in ("ALARM", "OK"):
        cloudwatch.set_alarm_state(AlarmName=name, StateValue=state, StateReason="a test")
    messages = deployed.received(deployed.alarmed, name)
    assert [json.loads(each)["NewStateValue"] for each in messages] == ["ALARM", "OK"]


def deploy_and_destroy(deployed: Deployment) -> None:
    """A new stack can be created and deleted, although its bucket is not empty."""
    group = named(deployed.template, f"{BUCKET_EMPTIER}Logs")
    stack, bucket = _create(deployed, **{group: {**deployed.template["Resources"][group], "DeletionPolicy": "Retain"}})
    log_group = stack.ref(group)
    with _delete_if_failed(deployed, stack, bucket):
        stack.delete()
    lines = " ".join(read_log_lines(deployed.aws, log_group))
    deployed.aws.client("logs").delete_log_group(logGroupName=log_group)
    assert lines, "The bucket emptier has written no log."
    assert "Could not set new object deny policy" not in lines


def retain_bucket(deployed: Deployment) -> None:
    """A deployment that retains the bucket deletes the bucket emptier and keeps the objects."""
    retaining = synthesize(Settings(stack_name=NAME_PREFIX, removal_policy=RemovalPolicy.RETAIN))["Resources"]
    stack, bucket = _create(deployed)
    only_bucket = {
        name: resource if plain(name) == "ReportsBucket" else {**resource, "DeletionPolicy": "Delete"}
        for name, resource in retaining.items()
    }
    with _delete_if_failed(deployed, stack, bucket):
        stack.update(**only_bucket)
        stack.delete()
    deployed.aws.client("s3").get_object(Bucket=bucket, Key="k")


def named(template: Template, name: str) -> str:
    """The logical id with its hash, of a name without it."""
    return next(str(logical_id) for logical_id in template["Resources"] if plain(logical_id) == name)


def _create(deployed: Deployment, **instead: Any) -> tuple[Stack, str]:
    """Creates a stack of the template with some resources replaced. Returns it and its bucket, which has an object."""
    try:
        stack = Stack(deployed.aws, **{**deployed.template["Resources"], **instead})
    except WaiterError as error:
        raise AssertionError("The stack could not be created.") from error
    bucket = stack.ref(named(deployed.template, "ReportsBucket"))
    deployed.aws.client("s3").put_object(Bucket=bucket, Key="k", Body=b"x")
    return stack, bucket


@contextmanager
def _delete_if_failed(deployed: Deployment, stack: Stack, bucket: str) -> Iterator[None]:
    """Deletes the stack if the block could not, because other tests follow. Raises AssertionError then."""
    try:
        yield
    except WaiterError as error:
        s3 = deployed.aws.client("s3")
        with suppress(ClientError):
            s3.delete_bucket_policy(Bucket=bucket)
        s3.delete_object(Bucket=bucket, Key="k")
        stack.delete(retain=[named(deployed.template, "ReportsBucketAutoDeleteObjectsCustomResource")])
        raise AssertionError("The stack could not be deleted.") from error


PROMISES = (
    distribute_by_event,
    notify_of_failure,
    count_labels_in_dry_run,
    skip_opted_out_project,
    take_over_pair,
    notify_of_abort,
    queue_undelivered_event,
    queue_failed_ending,
    queue_undelivered_ending,
    send_alarm,
    deploy_and_destroy,
    retain_bucket,
)
