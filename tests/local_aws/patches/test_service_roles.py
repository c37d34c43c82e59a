"""Services need the rights of their role, or the policy of the resource that they use."""

import json
from typing import Any

import pytest

from lambdas.rules.failures.ending import NOBODY_NOTIFIED
from local.aws import ACCOUNT, REGION, LocalAws
from tests.support.executions import Executions, Subscriber, pair_without_execution
from tests.support.machines import SUCCEED, Machine, task
from tests.support.queues import create_queue
from tests.support.roles import allow_policy, deny_action, find_role_name
from tests.support.topics import create_topic_for, trigger_alarm
from tests.support.unique import unique
from tests.support.workbench import Workbench


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    return bench


@pytest.mark.parametrize(("source", "status"), [("mine", "SUCCEEDED"), ("others", "FAILED")])
def test_a_task_puts_events_of_sources_its_role_allows(local_aws: LocalAws, source: str, status: str) -> None:
    entry = {"Source": source, "DetailType": "x", "Detail": {}}
    machine = Machine(local_aws, {"Put": task("events:putEvents", {"Entries": [entry]}, Next="Done"), **SUCCEED})
    condition = {"StringEquals": {"events:source": "mine", "events:detail-type": ["x", "y"]}}
    machine.role.allow({"Action": "events:PutEvents", "Condition": condition})
    ended = machine.describe(machine.run())
    assert ended["status"] == status
    assert ended.get("error") == ("EventBridge.AccessDeniedException" if status == "FAILED" else None)


@pytest.mark.parametrize(("source", "received"), [("rule/*", 1), ("rule/other", 0)])
def test_a_rule_needs_the_policies_of_its_queues(local_aws: LocalAws, source: str, received: int) -> None:
    """The rule has two targets: a queue, and a topic whose policy does not allow the rule."""
    events, sqs, name = local_aws.client("events"), local_aws.client("sqs"), unique("rule")
    queues = [create_queue(local_aws, "events.amazonaws.com") for _ in range(2)]
    for url, arn in queues:
        condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:events:{REGION}:{ACCOUNT}:{source}"}}
        send = {"Principal": {"Service": "events.amazonaws.com"}, "Action": "sqs:SendMessage", "Resource": arn}
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": allow_policy({**send, "Condition": condition})})
    topic = create_topic_for(local_aws, "cloudwatch.amazonaws.com", {})
    events.put_rule(Name=name, EventPattern=json.dumps({"source": [name]}))
    (queue, queue_arn), (dead, dead_arn) = queues
    topic_target = {"Id": "topic", "Arn": topic, "DeadLetterConfig": {"Arn": dead_arn}}
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue_arn}, topic_target])
    events.put_events(Entries=[{"Source": name, "DetailType": "x", "Detail": "{}"}])
    for url in (queue, dead):
        assert len(sqs.receive_message(QueueUrl=url).get("Messages", [])) == received
    events.remove_targets(Rule=name, Ids=["queue", "topic"])


def test_a_function_runs_under_its_role(local_aws: LocalAws, executions: Executions, subscriber: Subscriber) -> None:
    with deny_action(local_aws, find_role_name(local_aws, "ResolveDatasetsRole"), "rekognition:DescribeProjects"):
        execution = executions.run({"ProjectName": "x"})
    assert execution.error == "AccessDeniedException"
    assert "not authorized to perform: rekognition:DescribeProjects" in execution.cause
    assert len(subscriber.receive_all()) == 1


@pytest.mark.parametrize("action", ["lambda:InvokeFunction", "sns:Publish"])
def test_a_state_machine_runs_under_its_role(
    local_aws: LocalAws, executions: Executions, subscriber: Subscriber, action: str
) -> None:
    with deny_action(local_aws, find_role_name(local_aws, "WorkflowRole"), action):
        execution = executions.run({"ProjectName": "x"})
    assert execution.status == "FAILED"
    assert f"not authorized to perform: {action}" in execution.cause
    assert len(subscriber.receive_all()) == 1


def test_a_failed_notification_leaves_the_outcome_in_the_cause(
    bench: Workbench, project: str, executions: Executions
) -> None:
    training, test = pair_without_execution(bench, project, executions)
    with deny_action(bench.aws, find_role_name(bench.aws, "WorkflowRole"), "sns:Publish"):
        execution = executions.run({"ProjectArn": project})
    assert execution.states[-2:] == ["Notify in plain words", "Failed"]
    assert execution.cause.startswith(f"{NOBODY_NOTIFIED} User: ")
    assert "\n\nThe outcome: 2 of 10 entries (20%) are in the test dataset now" in execution.cause
    assert bench.total(training) + bench.total(test) == 10
    assert bench.total(test) == 2
    assert executions.run({"ProjectArn": project}).output["Outcome"] == "ALREADY_DISTRIBUTED"


def test_a_refused_event_goes_to_the_dead_letter_queue(bench: Workbench, project: str, executions: Executions) -> None:
    sqs = bench.aws.client("sqs")
    (queue,) = [url for url in sqs.list_queues()["QueueUrls"] if "TriggerUndelivered" in url]
    with deny_action(bench.aws, find_role_name(bench.aws, "StateMachineEventsRole"), "states:StartExecution"):
        dataset = bench.create(project, "TRAIN")
    (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    assert dataset in message["Body"]
    assert executions.count_started(given=dataset) == 0


@pytest.mark.parametrize(("account", "received"), [(ACCOUNT, 1), ("210987654321", 0)])
def test_an_alarm_needs_the_policy_of_its_topic(local_aws: LocalAws, account: str, received: int) -> None:
    alarms = f"arn:aws:cloudwatch:{REGION}:{account}:alarm:*"
    topic = create_topic_for(local_aws, "cloudwatch.amazonaws.com", {"ArnLike": {"aws:SourceArn": alarms}})
    subscriber = Subscriber(local_aws, topic)
    trigger_alarm(local_aws, topic)
    assert len(subscriber.receive_all()) == received


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize(
    ("condition", "received"),
    [({}, 1), ({"ArnLike": {"aws:SourceArn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/*"}}, 0)],
)
def test_a_rule_without_role_needs_the_policy_of_its_topic(
    bench: Workbench, project: str, condition: dict[str, Any], received: int
) -> None:
    topic = create_topic_for(bench.aws, "events.amazonaws.com", condition)
    subscriber, events = Subscriber(bench.aws, topic), bench.aws.client("events")
    events.put_rule(Name=topic[-12:], EventPattern=json.dumps({"source": ["aws.rekognition"]}))
    events.put_targets(Rule=topic[-12:], Targets=[{"Id": "topic", "Arn": topic}])
    bench.create(project, "TRAIN")
    assert len(subscriber.receive_all()) == received
