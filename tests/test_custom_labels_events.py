"""The CloudTrail events that calls leave on the default bus."""

import json
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from local.aws import ACCOUNT, REGION, LocalAws
from tests.custom_labels import Workbench, images, refusal


class Trail:
    """What a rule for Custom Labels calls sends to a queue."""

    def __init__(self, aws: LocalAws) -> None:
        self._sqs, self._events = aws.client("sqs"), aws.client("events")
        self._name = f"trail-{uuid.uuid4().hex[:8]}"

    def __enter__(self) -> "Trail":
        self._queue = self._sqs.create_queue(QueueName=self._name)["QueueUrl"]
        attributes = self._sqs.get_queue_attributes(QueueUrl=self._queue, AttributeNames=["QueueArn"])["Attributes"]
        pattern = {"source": ["aws.rekognition"], "detail-type": ["AWS API Call via CloudTrail"]}
        self._events.put_rule(Name=self._name, EventPattern=json.dumps(pattern))
        self._events.put_targets(Rule=self._name, Targets=[{"Id": "queue", "Arn": attributes["QueueArn"]}])
        return self

    def __exit__(self, *_: object) -> None:
        self._events.remove_targets(Rule=self._name, Ids=["queue"])
        self._events.delete_rule(Name=self._name)
        self._sqs.delete_queue(QueueUrl=self._queue)

    def take(self, count: int) -> list[dict[str, Any]]:
        """The next events, in the order of their calls; a failure when they do not come."""
        events: list[dict[str, Any]] = []
        while len(events) < count:
            batch = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10, WaitTimeSeconds=5)
            assert batch.get("Messages"), f"{len(events)} of {count} events came"
            for message in batch["Messages"]:
                events.append(json.loads(message["Body"]))
                self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return events


@pytest.fixture
def trail(local_aws: LocalAws) -> Iterator[Trail]:
    with Trail(local_aws) as trail:
        yield trail


def test_create_dataset_is_recorded_as_a_call_not_as_a_completion(bench: Workbench, project: str, trail: Trail) -> None:
    source = bench.put(images(2))
    response = bench.rekognition.create_dataset(
        ProjectArn=project, DatasetType="TRAIN", DatasetSource=source, Tags={"auto-split": "true"}
    )
    [event] = trail.take(1)
    assert (event["source"], event["detail-type"]) == ("aws.rekognition", "AWS API Call via CloudTrail")
    assert (event["account"], event["region"]) == (ACCOUNT, REGION)
    detail = event["detail"]
    assert detail["eventSource"] == "rekognition.amazonaws.com"
    assert (detail["eventName"], detail["readOnly"]) == ("CreateDataset", False)
    assert detail["requestParameters"] == {
        "projectArn": project,
        "datasetType": "TRAIN",
        "datasetSource": {"groundTruthManifest": {"s3Object": {"bucket": bench.bucket, "name": "test.manifest"}}},
        "tags": {"auto-split": "true"},
    }
    assert detail["responseElements"] == {"datasetArn": response["DatasetArn"]}
    assert "errorCode" not in detail
    assert "Boto3" in detail["userAgent"]


def test_an_empty_dataset_and_a_copy_differ_in_their_source(bench: Workbench, project: str, trail: Trail) -> None:
    train = bench.create(project, "TRAIN")
    copy = {"DatasetSource": {"DatasetArn": train}}
    bench.rekognition.create_dataset(ProjectArn=project, DatasetType="TEST", **copy)
    empty, copied = (event["detail"]["requestParameters"] for event in trail.take(2))
    assert "datasetSource" not in empty
    assert copied["datasetSource"] == {"datasetArn": train}


def test_a_failed_call_is_recorded_with_its_error(bench: Workbench, project: str, trail: Trail) -> None:
    bench.begin(project, "TRAIN")
    code = refusal(bench.rekognition.create_dataset, ProjectArn=project, DatasetType="TRAIN")
    _, failed = (event["detail"] for event in trail.take(2))
    assert failed["errorCode"] == code == "ResourceAlreadyExistsException"
    assert failed["errorMessage"]
    assert failed["responseElements"] is None
    assert failed["requestParameters"]["projectArn"] == project


def test_parameters_that_are_not_the_models_are_recorded_as_null(bench: Workbench, project: str, trail: Trail) -> None:
    assert refusal(bench.rekognition.create_dataset, ProjectArn=project, DatasetType="x") == "ValidationException"
    [event] = trail.take(1)
    assert event["detail"]["errorCode"] == "ValidationException"
    assert event["detail"]["requestParameters"] is None


def test_every_changing_call_is_recorded_and_no_reading_one(bench: Workbench, trail: Trail) -> None:
    project = bench.rekognition.create_project(ProjectName="recorded")["ProjectArn"]
    train, test = bench.pair(project, images(10))
    bench.entries(train)
    bench.describe(train)
    bench.distribute(train, test)
    bench.finish()
    bench.update(train, *images(1))
    bench.finish()
    bench.rekognition.delete_dataset(DatasetArn=train)
    bench.rekognition.delete_dataset(DatasetArn=test)
    bench.finish()
    bench.rekognition.delete_project(ProjectArn=project)
    details = [event["detail"] for event in trail.take(8)]
    assert [detail["eventName"] for detail in details] == [
        "CreateProject",
        "CreateDataset",
        "CreateDataset",
        "DistributeDatasetEntries",
        "UpdateDatasetEntries",
        "DeleteDataset",
        "DeleteDataset",
        "DeleteProject",
    ]
    distributed, updated = details[3], details[4]
    assert distributed["requestParameters"] == {"datasets": [{"arn": train}, {"arn": test}]}
    assert distributed["responseElements"] is None
    assert updated["requestParameters"]["changes"] == {"groundTruth": "HIDDEN_DUE_TO_SECURITY_REASONS"}
    assert details[7]["responseElements"] == {"status": "DELETING"}


def test_the_casing_of_keys_is_a_setting(bench: Workbench, project: str, trail: Trail) -> None:
    bench.aws.configure(request_key_casing="pascal", response_key_casing="pascal")
    arn = bench.begin(project, "TRAIN")
    [event] = trail.take(1)
    assert event["detail"]["requestParameters"]["ProjectArn"] == project
    assert event["detail"]["responseElements"] == {"DatasetArn": arn}


def test_a_call_that_iam_refuses_is_recorded_with_nulls(bench: Workbench, project: str, trail: Trail) -> None:
    nobody = client_of_a_user_who_may_do_nothing(bench)
    assert refusal(nobody.create_dataset, ProjectArn=project, DatasetType="TRAIN") == "AccessDeniedException"
    [event] = trail.take(1)
    detail = event["detail"]
    assert detail["errorCode"] == "AccessDenied"
    assert detail["requestParameters"] is None
    assert detail["responseElements"] is None
    assert (detail["userIdentity"]["type"], detail["userIdentity"]["userName"]) == ("IAMUser", "nobody")


def client_of_a_user_who_may_do_nothing(bench: Workbench) -> Any:
    iam = bench.aws.client("iam")
    iam.create_user(UserName="nobody")
    key = iam.create_access_key(UserName="nobody")["AccessKey"]
    return bench.aws.client(
        "rekognition", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    )
