"""The CloudTrail events of calls, on the default event bus."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Barrier
from typing import Any

import pytest

from local.aws import ACCOUNT, REGION, LocalAws, LocalAwsError
from local.custom_labels.clock import Clock
from local.custom_labels.events import Event
from local.custom_labels.operations.call import Caller
from local.custom_labels.service import CustomLabels
from local.custom_labels.settings import Settings
from tests.support.queues import create_queue, take
from tests.support.roles import Role
from tests.support.unique import unique
from tests.support.workbench import Workbench, images, refusal

NOTHING = {"Action": "s3:ListBucket"}  # nothing of Rekognition: a role needs a statement

pytestmark = pytest.mark.usefixtures("events")


class Trail:
    """A rule for Custom Labels calls and its queue, of the administrator or of the given credentials."""

    def __init__(self, aws: LocalAws, **credentials: str) -> None:
        self._sqs, self._events = aws.client("sqs", **credentials), aws.client("events", **credentials)
        self._queue, self._queue_arn = create_queue(aws, "events.amazonaws.com", **credentials)
        self._name = unique("trail")

    def __enter__(self) -> "Trail":
        pattern = {"source": ["aws.rekognition"], "detail-type": ["AWS API Call via CloudTrail"]}
        self._events.put_rule(Name=self._name, EventPattern=json.dumps(pattern))
        self._events.put_targets(Rule=self._name, Targets=[{"Id": "queue", "Arn": self._queue_arn}])
        return self

    def __exit__(self, *_: object) -> None:
        self._events.remove_targets(Rule=self._name, Ids=["queue"])
        self._events.delete_rule(Name=self._name)
        self._sqs.delete_queue(QueueUrl=self._queue)

    def take(self, count: int) -> list[dict[str, Any]]:
        """The next events, in the order of their calls. Fails if they do not arrive."""
        events: list[dict[str, Any]] = []
        while len(events) < count:
            taken = take(self._sqs, self._queue, seconds=5)
            assert taken, f"{len(events)} of {count} events arrived"
            events += map(json.loads, taken)
        return events


@pytest.fixture
def trail(local_aws: LocalAws) -> Iterator[Trail]:
    with Trail(local_aws) as trail:
        yield trail


def test_the_event_of_create_dataset_records_the_call(bench: Workbench, project: str, trail: Trail) -> None:
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


def test_parameters_that_violate_the_model_are_recorded_as_null(bench: Workbench, project: str, trail: Trail) -> None:
    assert refusal(bench.rekognition.create_dataset, ProjectArn=project, DatasetType="x") == "ValidationException"
    [event] = trail.take(1)
    assert event["detail"]["errorCode"] == "ValidationException"
    assert event["detail"]["requestParameters"] is None


def test_changing_calls_are_recorded_and_reading_calls_are_not(bench: Workbench, trail: Trail) -> None:
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


def test_a_setting_decides_the_casing_of_keys(bench: Workbench, project: str, trail: Trail) -> None:
    bench.aws.configure(request_key_casing="pascal", response_key_casing="pascal")
    arn = bench.begin(project, "TRAIN")
    [event] = trail.take(1)
    assert event["detail"]["requestParameters"]["ProjectArn"] == project
    assert event["detail"]["responseElements"] == {"DatasetArn": arn}


def test_a_denied_call_is_recorded_with_nulls(bench: Workbench, project: str, trail: Trail) -> None:
    nobody = Role(bench.aws, NOTHING).client("rekognition")
    assert refusal(nobody.create_dataset, ProjectArn=project, DatasetType="TRAIN") == "AccessDeniedException"
    [event] = trail.take(1)
    detail = event["detail"]
    assert detail["errorCode"] == "AccessDenied"
    assert detail["requestParameters"] is None
    assert detail["responseElements"] is None
    assert detail["userIdentity"]["type"] == "AssumedRole"


def test_the_event_of_a_users_call_names_the_user(bench: Workbench, project: str, trail: Trail) -> None:
    iam, name = bench.aws.client("iam"), unique("user")
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    user = bench.aws.client(
        "rekognition", aws_access_key_id=key["AccessKeyId"], aws_secret_access_key=key["SecretAccessKey"]
    )
    assert refusal(user.create_dataset, ProjectArn=project, DatasetType="TRAIN") == "AccessDeniedException"
    [event] = trail.take(1)
    identity = event["detail"]["userIdentity"]
    assert (identity["type"], identity["userName"]) == ("IAMUser", name)


def test_a_lost_event_never_arrives(bench: Workbench, project: str, trail: Trail) -> None:
    bench.aws.configure(event_copies=0)
    bench.begin(project, "TRAIN")
    bench.aws.configure(event_copies=1)
    test = bench.begin(project, "TEST")
    assert created(trail.take(1)) == [test]


def test_both_copies_of_an_event_are_equal(bench: Workbench, project: str, trail: Trail) -> None:
    bench.aws.configure(event_copies=2)
    arn = bench.begin(project, "TRAIN")
    events = trail.take(2)
    first, second = events
    assert created(events) == [arn, arn]
    assert (first["id"], first["detail"]["eventID"]) == (second["id"], second["detail"]["eventID"])
    assert first == second


def test_a_late_event_arrives_after_its_delay(bench: Workbench, project: str, trail: Trail) -> None:
    bench.aws.configure(event_delay_seconds=60)
    train = bench.begin(project, "TRAIN")
    bench.aws.configure(event_delay_seconds=0)
    test = bench.begin(project, "TEST")
    assert created(trail.take(1)) == [test]
    bench.aws.advance(60)
    [late] = trail.take(1)
    assert created([late]) == [train]
    assert late["time"] == late["detail"]["eventTime"]


def test_late_events_come_in_the_order_of_their_times(bench: Workbench, project: str, trail: Trail) -> None:
    bench.aws.configure(event_delay_seconds=120, event_copies=2)
    train = bench.begin(project, "TRAIN")
    bench.aws.configure(event_delay_seconds=60)
    test = bench.begin(project, "TEST")
    bench.aws.advance(120)
    assert created(trail.take(4)) == [test, test, train, train]


def test_a_reset_drops_events_not_delivered_yet(bench: Workbench, trail: Trail) -> None:
    bench.aws.configure(event_delay_seconds=60)
    bench.rekognition.create_project(ProjectName="before")
    bench.aws.reset()
    bench.aws.advance(60)
    bench.rekognition.create_project(ProjectName="after")
    [event] = trail.take(1)
    assert event["detail"]["requestParameters"] == {"projectName": "after"}


@contextmanager
def logging_trail(aws: LocalAws, **credentials: str) -> Iterator[None]:
    """A trail of CloudTrail: only the default account of the local AWS has one."""
    cloudtrail, name = aws.client("cloudtrail", **credentials), unique("trail")
    cloudtrail.create_trail(Name=name, S3BucketName="logs")
    cloudtrail.start_logging(Name=name)
    yield
    cloudtrail.delete_trail(Name=name)


@pytest.mark.parametrize(
    ("credentials", "account", "region"),
    [({"region_name": "eu-west-1"}, ACCOUNT, "eu-west-1"), ({"aws_access_key_id": "1" * 12}, "1" * 12, REGION)],
)
def test_a_late_event_arrives_in_its_account_and_region(
    bench: Workbench, trail: Trail, credentials: dict[str, str], account: str, region: str
) -> None:
    bench.aws.configure(event_delay_seconds=60)
    with Trail(bench.aws, **credentials) as trail_there, logging_trail(bench.aws, **credentials):
        bench.aws.client("rekognition", **credentials).create_project(ProjectName="there")
        bench.rekognition.create_project(ProjectName="here")
        bench.aws.advance(60)
        [there] = trail_there.take(1)
    [here] = trail.take(1)
    assert (there["account"], there["region"]) == (account, region)
    assert (here["account"], here["region"]) == (ACCOUNT, REGION)


def test_a_denied_calls_event_can_be_late_and_doubled(bench: Workbench, project: str, trail: Trail) -> None:
    bench.aws.configure(event_delay_seconds=60, event_copies=2)
    nobody = Role(bench.aws, NOTHING).client("rekognition")
    assert refusal(nobody.create_dataset, ProjectArn=project, DatasetType="TRAIN") == "AccessDeniedException"
    bench.aws.configure(event_delay_seconds=0, event_copies=1)
    bench.begin(project, "TRAIN")
    [prompt] = trail.take(1)
    assert "errorCode" not in prompt["detail"]
    bench.aws.advance(60)
    assert [event["detail"]["errorCode"] for event in trail.take(2)] == ["AccessDenied", "AccessDenied"]


def test_a_later_call_delivers_a_late_event() -> None:
    """Without HTTP: moving the clock of the local AWS would deliver the event."""
    events: list[Event] = []
    clock = Clock()
    service = CustomLabels(clock=clock, settings=Settings(event_delay_seconds=60), put_event=events.append)
    service.perform("CreateProject", {"ProjectName": "p"}, a_caller(), "first")
    service.perform("DescribeProjects", {}, a_caller(), "second")
    assert events == []
    clock.advance(60)
    service.perform("DescribeProjects", {}, a_caller(), "third")
    service.perform("DescribeProjects", {}, a_caller(), "fourth")
    assert [event["detail"]["requestID"] for event in events] == ["first"]


def test_two_callers_deliver_each_copy_once() -> None:
    """Each delivery waits until the other one has begun."""
    events: list[Event] = []
    both = Barrier(2, timeout=20)

    def put_event(event: Event) -> None:
        both.wait()
        events.append(event)

    clock = Clock()
    settings = Settings(event_delay_seconds=60, event_copies=2)
    service = CustomLabels(clock=clock, settings=settings, put_event=put_event)
    service.perform("CreateProject", {"ProjectName": "p"}, a_caller(), "first")
    clock.advance(60)
    with ThreadPoolExecutor() as callers:
        calls = [callers.submit(service.perform, "DescribeProjects", {}, a_caller(), "later") for _ in range(2)]
    assert [len(call.result()["ProjectDescriptions"]) for call in calls] == [1, 1]
    assert [event["detail"]["requestID"] for event in events] == ["first", "first"]


@pytest.mark.parametrize(
    ("setting", "value", "kind"),
    [
        ("event_copies", -1, "a whole number"),
        ("event_copies", 1.5, "a whole number"),
        ("event_copies", True, "a whole number"),
        ("event_delay_seconds", -1, "a number"),
        ("event_delay_seconds", "60", "a number"),
    ],
)
def test_a_wrong_number_of_copies_or_seconds_is_refused(
    local_aws: LocalAws, setting: str, value: object, kind: str
) -> None:
    with pytest.raises(LocalAwsError) as refused:
        local_aws.configure(**{setting: value})
    assert str(refused.value) == f"{setting} is {kind}, 0 or more, not {value!r}."


def created(events: list[Event]) -> list[str]:
    """The datasets whose creation the events record."""
    return [event["detail"]["responseElements"]["datasetArn"] for event in events]


def a_caller() -> Caller:
    """A caller that needs no permission and reads no manifest."""
    return Caller(ACCOUNT, REGION, f"arn:aws:iam::{ACCOUNT}:root", "", "", "", lambda *_: None, lambda *_: b"")
