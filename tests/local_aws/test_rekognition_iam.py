"""IAM checks and CloudTrail records the calls of Rekognition."""

import json

import pytest

from tests.support.queues import create_queue
from tests.support.roles import Role
from tests.support.workbench import Workbench, images


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    return bench


def test_a_call_needs_the_right_to_its_dataset(bench: Workbench, project: str) -> None:
    training, test = bench.pair(project, images(10))
    client = Role(bench.aws, {"Action": "rekognition:DescribeDataset", "Resource": training}).client("rekognition")
    assert client.describe_dataset(DatasetArn=training)["DatasetDescription"]
    with pytest.raises(client.exceptions.AccessDeniedException):
        client.describe_dataset(DatasetArn=test)


def test_a_distribution_needs_the_right_to_both_datasets(bench: Workbench, project: str) -> None:
    training, test = bench.pair(project, images(10))
    role = Role(bench.aws, {"Action": "rekognition:DistributeDatasetEntries", "Resource": training})
    client = role.client("rekognition")
    with pytest.raises(client.exceptions.AccessDeniedException):
        client.distribute_dataset_entries(Datasets=[{"Arn": training}, {"Arn": test}])


def test_the_service_reads_a_manifest_with_the_callers_rights(bench: Workbench, project: str) -> None:
    source = bench.put(images(3))
    client = Role(bench.aws, {"Action": "rekognition:CreateDataset", "Resource": project}).client("rekognition")
    with pytest.raises(client.exceptions.InvalidS3ObjectException, match="s3:GetObject"):
        client.create_dataset(ProjectArn=project, DatasetType="TRAIN", DatasetSource=source)


@pytest.mark.usefixtures("events")
def test_cloudtrail_records_a_call_that_iam_refuses(bench: Workbench, project: str) -> None:
    queue, arn = create_queue(bench.aws, "events.amazonaws.com")
    events = bench.aws.client("events")
    pattern = {"source": ["aws.rekognition"], "detail": {"errorCode": [{"exists": True}]}}
    events.put_rule(Name="refused", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="refused", Targets=[{"Id": "queue", "Arn": arn}])
    client = Role(bench.aws, {"Action": "s3:ListBucket", "Resource": "*"}).client("rekognition")
    with pytest.raises(client.exceptions.AccessDeniedException):
        client.create_dataset(ProjectArn=project, DatasetType="TRAIN")
    (message,) = bench.aws.client("sqs").receive_message(QueueUrl=queue, WaitTimeSeconds=20)["Messages"]
    detail = json.loads(message["Body"])["detail"]
    assert (detail["eventName"], detail["errorCode"]) == ("CreateDataset", "AccessDenied")
    assert (detail["requestParameters"], detail["responseElements"]) == (None, None)
    assert ":assumed-role/" in detail["userIdentity"]["arn"]
