"""What MiniStack is made to do for us: each repair has a test that fails when a new version has moved its names."""

import json
from typing import Any

import pytest

from infra.workflow.plain_words import NOBODY_NOTIFIED
from local.aws import ACCOUNT, REGION, LocalAws
from local.queues import create_queue
from tests.support.executions import Executions, Subscriber, pair_without_execution
from tests.support.roles import Role, deny_action, find_role_name
from tests.support.topics import create_topic_for, trigger_alarm
from tests.support.workbench import Workbench, images


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    return bench


def test_iam_asks_for_the_very_dataset(bench: Workbench, project: str) -> None:
    training, test = bench.pair(project, images(10))
    may = Role(bench.aws, {"Action": "rekognition:DescribeDataset", "Resource": training}).client("rekognition")
    assert may.describe_dataset(DatasetArn=training)["DatasetDescription"]
    with pytest.raises(may.exceptions.AccessDeniedException):
        may.describe_dataset(DatasetArn=test)


def test_iam_asks_for_both_datasets_of_a_distribution(bench: Workbench, project: str) -> None:
    training, test = bench.pair(project, images(10))
    role = Role(bench.aws, {"Action": "rekognition:DistributeDatasetEntries", "Resource": training})
    may = role.client("rekognition")
    with pytest.raises(may.exceptions.AccessDeniedException):
        may.distribute_dataset_entries(Datasets=[{"Arn": training}, {"Arn": test}])


def test_a_manifest_is_read_with_the_callers_rights(bench: Workbench, project: str) -> None:
    source = bench.put(images(3))
    may = Role(bench.aws, {"Action": "rekognition:CreateDataset", "Resource": project}).client("rekognition")
    with pytest.raises(may.exceptions.InvalidS3ObjectException, match="s3:GetObject"):
        may.create_dataset(ProjectArn=project, DatasetType="TRAIN", DatasetSource=source)


@pytest.mark.usefixtures("events")
def test_a_call_that_iam_refuses_is_recorded_all_the_same(bench: Workbench, project: str) -> None:
    queue, arn = create_queue(bench.aws, "events.amazonaws.com")
    events = bench.aws.client("events")
    pattern = {"source": ["aws.rekognition"], "detail": {"errorCode": [{"exists": True}]}}
    events.put_rule(Name="refused", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="refused", Targets=[{"Id": "queue", "Arn": arn}])
    nobody = Role(bench.aws, {"Action": "s3:ListBucket", "Resource": "*"}).client("rekognition")
    with pytest.raises(nobody.exceptions.AccessDeniedException):
        nobody.create_dataset(ProjectArn=project, DatasetType="TRAIN")
    (message,) = bench.aws.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    detail = json.loads(message["Body"])["detail"]
    assert (detail["eventName"], detail["errorCode"]) == ("CreateDataset", "AccessDenied")
    assert (detail["requestParameters"], detail["responseElements"]) == (None, None)
    assert ":assumed-role/" in detail["userIdentity"]["arn"]


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


def test_a_distribution_that_nobody_could_be_told_of_says_that_it_took_place(
    bench: Workbench, project: str, executions: Executions
) -> None:
    training, test = pair_without_execution(bench, project, executions)
    with deny_action(bench.aws, find_role_name(bench.aws, "WorkflowRole"), "sns:Publish"):
        execution = executions.run({"ProjectArn": project})
    assert execution.states[-2:] == ["Notify in plain words", "Failed"]
    assert execution.cause.startswith("2 of 10 entries (20%) are in the test dataset now")
    assert f"{NOBODY_NOTIFIED} User: " in execution.cause
    assert bench.total(training) + bench.total(test) == 10
    assert bench.total(test) == 2
    assert executions.run({"ProjectArn": project}).output["Outcome"] == "ALREADY_DISTRIBUTED"


def test_an_event_that_its_rule_may_not_deliver_is_kept(bench: Workbench, project: str, executions: Executions) -> None:
    sqs = bench.aws.client("sqs")
    (queue,) = [url for url in sqs.list_queues()["QueueUrls"] if "TriggerUndelivered" in url]
    with deny_action(bench.aws, find_role_name(bench.aws, "StateMachineEventsRole"), "states:StartExecution"):
        dataset = bench.create(project, "TRAIN")
    (message,) = sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    assert dataset in message["Body"]
    assert executions.count_started(given=dataset) == 0


@pytest.mark.parametrize(("account", "told"), [(ACCOUNT, 1), ("210987654321", 0)])
def test_an_alarm_needs_the_policy_of_its_topic(local_aws: LocalAws, account: str, told: int) -> None:
    alarms = f"arn:aws:cloudwatch:{REGION}:{account}:alarm:*"
    topic = create_topic_for(local_aws, "cloudwatch.amazonaws.com", {"ArnLike": {"aws:SourceArn": alarms}})
    subscriber = Subscriber(local_aws, topic)
    trigger_alarm(local_aws, topic)
    assert len(subscriber.receive_all()) == told


@pytest.mark.usefixtures("events")
@pytest.mark.parametrize(
    ("condition", "told"),
    [({}, 1), ({"ArnLike": {"aws:SourceArn": f"arn:aws:events:{REGION}:{ACCOUNT}:rule/*"}}, 0)],
)
def test_a_rule_without_a_role_needs_the_policy_of_its_topic(
    bench: Workbench, project: str, condition: dict[str, Any], told: int
) -> None:
    topic = create_topic_for(bench.aws, "events.amazonaws.com", condition)
    subscriber, events = Subscriber(bench.aws, topic), bench.aws.client("events")
    events.put_rule(Name=topic[-12:], EventPattern=json.dumps({"source": ["aws.rekognition"]}))
    events.put_targets(Rule=topic[-12:], Targets=[{"Id": "topic", "Arn": topic}])
    bench.create(project, "TRAIN")
    assert len(subscriber.receive_all()) == told
