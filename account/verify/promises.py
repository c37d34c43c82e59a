"""What the deployed workflow promises, each tried on the account."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from account.verify.deployment import LONG, SHORT, BrokenPromise, Deployment, NotTried, require
from account.verify.lab import PREFIX, Pair
from account.verify.manifest import images
from account.verify.states import CASES, find_following

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
    name = f"{PREFIX}{deployed.lab.run}-none"  # the deployment covers such names
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
    arn = _abort(deployed)
    require(deployed.received("Notices", arn.rsplit(":", 1)[1]), "Nobody was notified of the aborted execution.")
    deployed.stack.client("stepfunctions").redrive_execution(executionArn=arn)
    execution = deployed.ended(arn)
    require(_outcome(execution) == "DISTRIBUTED", f"The redriven execution came to {_ending(execution)}.")


def send_alarm(deployed: Deployment) -> None:
    """The alarm topic receives an alarm when it goes off and when it is over."""
    name = deployed.resource("AWS::CloudWatch::Alarm", "AlarmsFailed")
    cloudwatch = deployed.stack.client("cloudwatch")
    set_state = partial(cloudwatch.set_alarm_state, AlarmName=name, StateReason="make verify tries it")
    try:
        for state in ("ALARM", "OK"):
            set_state(StateValue=state)
            require(_received_state(deployed, name, state), f"The topic received no {state} of the alarm {name}.")
    finally:
        set_state(StateValue="OK")


def keep_undelivered_event(deployed: Deployment) -> None:
    """An event that cannot start an execution is in the dead-letter queue."""
    role = deployed.resource("AWS::IAM::Role", "WorkflowStateMachineEventsRole")
    with _denied(deployed, role, "states:StartExecution"):
        dataset = deployed.lab.begin(_project(deployed), "TEST")
        require(_kept(deployed, "Trigger"), f"No dead-letter queue has the event of the dataset {dataset}.")


def keep_undelivered_ending(deployed: Deployment) -> None:
    """The ending of an aborted execution that nobody can be notified of is in the dead-letter queue."""
    with _denied(deployed, deployed.resource("AWS::IAM::Role", "FunctionsNotifyEndingRole"), "sns:Publish"):
        arn = _abort(deployed)
        require(_kept(deployed, "Watch"), f"No dead-letter queue has the ending of the execution {arn}.")


def run_saved_queries(deployed: Deployment) -> None:
    """CloudWatch runs each saved query of the stack."""
    logs = deployed.stack.client("logs")
    saved = logs.describe_query_definitions(queryDefinitionNamePrefix=f"{deployed.stack.name}/")["queryDefinitions"]
    require(saved, "The stack has no saved query.")
    now = int(datetime.now(UTC).timestamp())
    for each in saved:
        span = {"startTime": now - HOUR, "endTime": now}
        try:
            begun = logs.start_query(logGroupNames=each["logGroupNames"], queryString=each["queryString"], **span)
        except ClientError as error:
            raise BrokenPromise(f"{each['name']}: {error}") from error
        status = deployed.lab.wait_until(partial(_end_of_query, logs, begun["queryId"]), SHORT)
        require(status == "Complete", f"{each['name']} is {status or 'still running'}.")


def run_each_state_alone(deployed: Deployment) -> None:
    """Each state of the deployed definition leads to the states that can follow it, as TestState runs it."""
    states, machine = deployed.stack.client("stepfunctions"), deployed.stack.outputs["StateMachineArn"]
    definition = states.describe_state_machine(stateMachineArn=machine)["definition"]
    untried = json.loads(definition)["States"].keys() - {case.state for case in CASES}
    require(not untried, f"No case runs {', '.join(sorted(untried))}.")
    for case in CASES:
        found = find_following(states.test_state(definition=definition, **case.request))
        require(found == case.following, f"{case.state} leads to {found} instead of {case.following}.")


def give_up_at_the_deadline(deployed: Deployment) -> None:
    """A pair that is not ready before the deadline fails, and people are notified. The deadline is a second."""
    project, pair = _pair(deployed)
    deployed.lab.update(pair.train, *images(deployed.lab.bucket, 100, "dog", "pet"))
    execution = deployed.run({"ProjectArn": project})
    if _outcome(execution) == "DISTRIBUTED":
        raise NotTried("The pair was ready before the workflow looked again.")
    require(execution.get("error") == "CreationTimedOut", f"The execution came to {_ending(execution)}.")
    _require_sent(deployed, project, "FAILED")


PROMISES: tuple[Promise, ...] = (
    notify_of_failure,
    answer_dry_run,
    distribute_by_person,
    send_alarm,
    distribute_by_event,
    leave_excluded_project,
    notify_of_abort_and_go_on,
    keep_undelivered_event,
    keep_undelivered_ending,
    run_saved_queries,
    run_each_state_alone,
)
WITH_SHORT_DEADLINE: tuple[Promise, ...] = (give_up_at_the_deadline,)


def _abort(deployed: Deployment) -> str:
    """Stop an execution that owns a claim and waits for its training dataset. Returns its ARN."""
    project, pair = _pair(deployed)
    deployed.lab.update(pair.train, *images(deployed.lab.bucket, 100, "dog", "pet"))
    arn = deployed.begin({"ProjectArn": project})
    require(deployed.lab.wait_until(lambda: deployed.records(project), LONG), "The execution claimed no pair.")
    deployed.stack.client("stepfunctions").stop_execution(executionArn=arn)
    status = deployed.ended(arn)["status"]
    require(status == "ABORTED", f"The execution was {status} before it could be stopped.")
    return arn


def _kept(deployed: Deployment, prefix: str) -> int:
    """How many events the dead-letter queue keeps, as soon as there are some."""
    queue = deployed.resource("AWS::SQS::Queue", f"{prefix}Undelivered")
    attribute, sqs = "ApproximateNumberOfMessages", deployed.stack.client("sqs")

    def count() -> int:
        found = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=[attribute])
        return int(found["Attributes"][attribute])

    return deployed.lab.wait_until(count, LONG)


def _end_of_query(logs: Any, query: str) -> str:
    """The status of a query that has ended, or an empty text."""
    status = str(logs.get_query_results(queryId=query)["status"])
    return "" if status in ("Scheduled", "Running") else status


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
