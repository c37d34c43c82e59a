"""What the deployed workflow promises, each tried on the account."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from account.verify.deployment import LONG, Deployment, require
from account.verify.lab import Pair
from account.verify.manifest import images

Promise = Callable[[Deployment], None]
NAMESPACE = "DatasetDistribution"
HOUR = 3600
UNTIL_IAM_KNOWS = 20.0  # seconds


def distribute_by_event(deployed: Deployment) -> None:
    """The creation of two datasets starts a distribution, and its outcome reaches every end."""
    project = _project(deployed)
    lines = images(deployed.lab.bucket, 10, "cat", "pet")
    train = deployed.lab.create(project, "TRAIN", lines)
    require(deployed.started_for(train), "The creation of the training dataset started no execution.")
    test = deployed.lab.create(project, "TEST")
    execution = deployed.started_for(test)
    require(execution, "The creation of the test dataset started no execution.")
    require(_outcome(execution) == "DISTRIBUTED", f"The execution came to {_ending(execution)}.")
    _require_sent(deployed, project, "DISTRIBUTED")
    records = deployed.records(project)
    require([each["Outcome"] for each in records] == ["DISTRIBUTED"], f"The records are {records}.")
    _require_page(deployed, json.loads(execution["output"]))
    require(deployed.lab.wait_until(lambda: _count(deployed), LONG), "CloudWatch counted no outcome.")


def notify_of_failure(deployed: Deployment) -> None:
    """A failure by a person's execution is notified with its error."""
    name = f"none-{deployed.lab.run}"
    execution = deployed.run({"ProjectName": name})
    require(execution.get("error") == "ProjectNotFound", f"The execution came to {_ending(execution)}.")
    _require_sent(deployed, f"p/{name}/p", "FAILED")


def answer_dry_run(deployed: Deployment) -> None:
    """A dry run says what would happen, and changes nothing."""
    project, pair = _pair(deployed)
    execution = deployed.run({"ProjectArn": project, "DryRun": True})
    require(_outcome(execution) == "DRY_RUN", f"The execution came to {_ending(execution)}.")
    stats = deployed.lab.describe(pair.test)["DatasetStats"]
    require(stats["TotalEntries"] == 0, f"The test dataset has {stats['TotalEntries']} entries after a dry run.")


def distribute_by_person(deployed: Deployment) -> None:
    """An execution that a person starts distributes a pair, also one that events leave alone."""
    project, _ = _pair(deployed)
    execution = deployed.run({"ProjectArn": project})
    require(_outcome(execution) == "DISTRIBUTED", f"The execution came to {_ending(execution)}.")


def leave_excluded_project(deployed: Deployment) -> None:
    """Events do not distribute a project with the tag `auto-distribute=false`."""
    execution = deployed.started_for(deployed.lab.create(deployed.lab.project(), "TRAIN"))
    require(_outcome(execution) == "SKIPPED", f"The execution came to {_ending(execution)}.")


def notify_of_abort_and_go_on(deployed: Deployment) -> None:
    """People are notified of an aborted execution. Redriven, it goes on and distributes."""
    project, pair = _pair(deployed)
    deployed.lab.update(pair.train, *images(deployed.lab.bucket, 100, "dog", "pet"))
    arn = deployed.begin({"ProjectArn": project})
    require(deployed.lab.wait_until(lambda: deployed.records(project), LONG), "The execution claimed no pair.")
    states = deployed.stack.client("stepfunctions")
    states.stop_execution(executionArn=arn)
    status = deployed.ended(arn)["status"]
    require(status == "ABORTED", f"The execution was {status} before it could be stopped.")
    require(deployed.received("Notices", arn.rsplit(":", 1)[1]), "Nobody was notified of the aborted execution.")
    states.redrive_execution(executionArn=arn)
    execution = deployed.ended(arn)
    require(_outcome(execution) == "DISTRIBUTED", f"The redriven execution came to {_ending(execution)}.")


def send_alarm(deployed: Deployment) -> None:
    """The alarm topic receives an alarm when it goes off and when it is over."""
    name = deployed.resource("AWS::CloudWatch::Alarm", "AlarmsFailed")
    for state in ("ALARM", "OK"):
        deployed.stack.client("cloudwatch").set_alarm_state(
            AlarmName=name, StateValue=state, StateReason="make verify tries it"
        )
        require(_received_state(deployed, name, state), f"The topic received no {state} of the alarm {name}.")


def keep_undelivered_event(deployed: Deployment) -> None:
    """An event that cannot start an execution is in the dead-letter queue."""
    role = deployed.resource("AWS::IAM::Role", "WorkflowStateMachineEventsRole")
    with _denied(deployed, role, "states:StartExecution"):
        dataset = deployed.lab.begin(_project(deployed), "TEST")
        queue = deployed.resource("AWS::SQS::Queue", "TriggerUndelivered")
        attributes = {"QueueUrl": queue, "AttributeNames": ["ApproximateNumberOfMessages"]}
        sqs = deployed.stack.client("sqs")
        found = deployed.lab.wait_until(
            lambda: int(sqs.get_queue_attributes(**attributes)["Attributes"]["ApproximateNumberOfMessages"]), LONG
        )
        require(found, f"The queue {queue} has no event of the dataset {dataset}.")


PROMISES: tuple[Promise, ...] = (
    notify_of_failure,
    answer_dry_run,
    distribute_by_person,
    send_alarm,
    distribute_by_event,
    leave_excluded_project,
    notify_of_abort_and_go_on,
    keep_undelivered_event,
)


def _project(deployed: Deployment) -> str:
    """The ARN of a new project that events may distribute."""
    project = deployed.lab.project()
    deployed.lab.rekognition.untag_resource(ResourceArn=project, TagKeys=["auto-distribute"])
    return project


def _pair(deployed: Deployment) -> tuple[str, Pair]:
    """A project that events leave alone, with a pair."""
    project = deployed.lab.project()
    lines = images(deployed.lab.bucket, 10, "cat", "pet")
    return project, Pair(deployed.lab.create(project, "TRAIN", lines), deployed.lab.create(project, "TEST"))


def _outcome(execution: dict[str, Any]) -> str | None:
    return json.loads(execution["output"])["Outcome"] if execution.get("status") == "SUCCEEDED" else None


def _ending(execution: dict[str, Any]) -> str:
    ending = _outcome(execution) or execution.get("error") or execution.get("status", "nothing")
    return f"{ending}: {execution['cause']}" if execution.get("cause") else str(ending)


def _require_sent(deployed: Deployment, project: str, outcome: str) -> None:
    """One notification with the outcome, the same as a completion event, and one chat message."""
    name = project.split("/")[1]
    for box in ("Notices", "Chat", "Completed"):
        messages = deployed.received(box, name)
        require(len(messages) == 1, f"{box} received {len(messages)} messages about {name}.")
        require(outcome in messages[0], f"{box} received no {outcome}: {messages[0][:200]}")


def _require_page(deployed: Deployment, output: dict[str, Any]) -> None:
    require(output.get("ReportLink"), f"The outcome has no link to its page; its notes are {output.get('Notes')}.")
    key = output["ReportLink"].partition("prefix=")[2]
    found = deployed.stack.client("s3").list_objects_v2(Bucket=deployed.stack.outputs["ReportsBucket"], Prefix=key)
    require(key and found["KeyCount"] == 1, f"The bucket of reports has no page {key!r}.")


def _received_state(deployed: Deployment, alarm: str, state: str) -> bool:
    """Whether the alarm topic received this state of the alarm."""

    def found() -> bool:
        return any(json.loads(body)["NewStateValue"] == state for body in deployed.boxes["Alarms"].with_word(alarm))

    return deployed.lab.wait_until(found, LONG)


def _count(deployed: Deployment) -> float:
    """The outcomes of the deployment that CloudWatch has counted."""
    cloudwatch, now = deployed.stack.client("cloudwatch"), datetime.now(UTC)
    service = [{"Name": "service", "Value": deployed.stack.name}]
    found = cloudwatch.list_metrics(Namespace=NAMESPACE, MetricName="Outcomes", Dimensions=service)["Metrics"]
    span = {"StartTime": now - timedelta(hours=1), "EndTime": now + timedelta(hours=1), "Period": HOUR}
    points = (cloudwatch.get_metric_statistics(**each, **span, Statistics=["Sum"])["Datapoints"] for each in found)
    return float(sum(point["Sum"] for each in points for point in each))


@contextmanager
def _denied(deployed: Deployment, role: str, action: str) -> Iterator[None]:
    """Deny a role of the deployment this action while the block runs."""
    iam, policy = deployed.stack.client("iam"), "denied-by-make-verify"
    statement = {"Effect": "Deny", "Action": action, "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    iam.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=document)
    try:
        deployed.lab.clock.wait(UNTIL_IAM_KNOWS)
        yield
    finally:
        iam.delete_role_policy(RoleName=role, PolicyName=policy)
