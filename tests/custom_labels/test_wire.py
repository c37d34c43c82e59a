"""Requests and responses of the Custom Labels service: refusals, errors, and conformity to the model."""

import base64
import itertools
import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from botocore.httpsession import URLLib3Session

from local.aws import LocalAws
from local.custom_labels.clock import Clock
from local.custom_labels.operations.call import AccessDenied, Caller, ObjectForbidden, ObjectUnreadable
from local.custom_labels.service import OPERATIONS, CustomLabels
from local.custom_labels.settings import Settings
from local.custom_labels.validation import compile_pattern, output_shape
from local.custom_labels.wire import handle
from tests.support.workbench import Workbench, boxed, classified, images, refusal

PROJECT = "arn:aws:rekognition:us-east-1:123456789012:project/p/1795166142001"
DATASET = "arn:aws:rekognition:us-east-1:123456789012:project/p/dataset/train/1795166142001"


@pytest.fixture
def unchecked(local_aws: LocalAws) -> Any:
    """A client that does not check parameters, so that the service has to."""
    environment = local_aws.environment
    return boto3.client(
        "rekognition",
        region_name=environment["AWS_REGION"],
        endpoint_url=local_aws.endpoint_url,
        verify=environment["AWS_CA_BUNDLE"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )


def post(aws: LocalAws, target: str, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
    """A signed request with any body."""
    environment = aws.environment
    headers = {"X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1"}
    request = AWSRequest("POST", f"{aws.endpoint_url}/", data=body, headers=headers)
    credentials = Credentials(environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"])
    SigV4Auth(credentials, "rekognition", environment["AWS_REGION"]).add_auth(request)
    response = URLLib3Session(verify=environment["AWS_CA_BUNDLE"]).send(request.prepare())
    return response.status_code, response.headers, response.content


def test_an_error_has_type_code_reference_and_message(bench: Workbench) -> None:
    body = json.dumps({"DatasetArn": DATASET}).encode()
    status, headers, answer = post(bench.aws, "RekognitionService.DescribeDataset", body)
    error = json.loads(answer)
    assert status == 400
    assert headers["Content-Type"] == "application/x-amz-json-1.1"
    assert error["__type"] == error["Code"] == "ResourceNotFoundException"
    assert DATASET in error["Message"]
    assert error["Logref"]


@pytest.mark.parametrize(("answer", "body"), [("object", b"{}"), ("nothing", b"")])
def test_an_empty_success_is_an_object_or_nothing(bench: Workbench, project: str, answer: str, body: bytes) -> None:
    bench.aws.configure(empty_output=answer)
    request = json.dumps({"ResourceArn": project, "Tags": {}}).encode()
    assert post(bench.aws, "RekognitionService.TagResource", request)[::2] == (200, body)
    bench.rekognition.tag_resource(ResourceArn=project, Tags={})


@pytest.mark.parametrize("code", ["AccessDeniedException", "UnknownOperationException"])
def test_a_region_without_custom_labels_refuses_without_a_message(bench: Workbench, code: str) -> None:
    bench.aws.configure(unavailable_region=code)
    for region in ("ca-central-1", "eu-north-1"):
        with pytest.raises(ClientError) as error:
            bench.aws.client("rekognition", region_name=region).describe_projects()
        assert error.value.response["Error"] == {"Code": code, "Message": ""}
    assert bench.rekognition.describe_projects()["ProjectDescriptions"] == []


@pytest.mark.parametrize("operation", ["DetectLabels", "CreateProjectVersion", "CopyProjectVersion"])
def test_operations_beyond_datasets_are_refused(unchecked: Any, operation: str) -> None:
    code = refusal(unchecked._make_api_call, operation_name=operation, api_params={})
    assert code == "UnknownOperationException"


@pytest.mark.parametrize("target", ["RekognitionService.", "RekognitionService.Nonsense", "RekognitionService.delete"])
def test_an_unknown_operation_is_refused(bench: Workbench, target: str) -> None:
    status, _, body = post(bench.aws, target, b"{}")
    assert (status, json.loads(body)["__type"]) == (400, "UnknownOperationException")


@pytest.mark.parametrize(
    "body", [b"no JSON", b"[]", b"5", b"null", b"\xff", b'{"DatasetArn": NaN}', b"-Infinity", b"[" * 100_000]
)
def test_a_body_that_is_no_json_object_is_refused(bench: Workbench, body: bytes) -> None:
    status, _, answer = post(bench.aws, "RekognitionService.DescribeDataset", body)
    assert (status, json.loads(answer)["__type"]) == (400, "SerializationException")


@pytest.mark.parametrize(
    ("operation", "parameters", "member", "accepted"),
    [
        ("create_project", {}, "ProjectName", "must not be null"),
        ("create_project", {"ProjectName": ""}, "ProjectName", "greater than or equal to 1"),
        ("create_project", {"ProjectName": "n" * 256}, "ProjectName", "less than or equal to 255"),
        ("create_project", {"ProjectName": "a b"}, "ProjectName", "regular expression pattern"),
        ("create_project", {"ProjectName": "a\n"}, "ProjectName", "regular expression pattern"),
        ("list_dataset_entries", {"DatasetArn": DATASET, "SourceRefContains": "\ud800"}, "SourceRef", "Unicode text"),
        ("create_project", {"ProjectName": "a", "Feature": "x"}, "Feature", "CUSTOM_LABELS"),
        ("create_project", {"ProjectName": "a", "Tags": {"": "a"}}, "Tags", "greater than or equal to 1"),
        ("describe_projects", {"MaxResults": 101}, "MaxResults", "less than or equal to 100"),
        ("describe_projects", {"MaxResults": 0}, "MaxResults", "greater than or equal to 1"),
        ("describe_projects", {"NextToken": "t" * 1025}, "NextToken", "less than or equal to 1024"),
        ("describe_projects", {"ProjectNames": []}, "ProjectNames", "greater than or equal to 1"),
        ("describe_projects", {"ProjectNames": ["p"] * 11}, "ProjectNames", "less than or equal to 10"),
        ("delete_project", {"ProjectArn": DATASET}, "ProjectArn", "regular expression pattern"),
        ("create_dataset", {"ProjectArn": PROJECT, "DatasetType": "train"}, "DatasetType", "TRAIN, TEST"),
        ("describe_dataset", {"DatasetArn": DATASET.upper()}, "DatasetArn", "regular expression pattern"),
        ("describe_dataset", {"DatasetArn": DATASET + "\n"}, "DatasetArn", "regular expression pattern"),
        ("describe_dataset", {"DatasetArn": "a" * 30}, "DatasetArn", "regular expression pattern"),
        ("distribute_dataset_entries", {"Datasets": [{"Arn": DATASET}]}, "Datasets", "greater than or equal to 2"),
        ("distribute_dataset_entries", {"Datasets": [{"Arn": DATASET}] * 3}, "Datasets", "less than or equal to 2"),
        ("distribute_dataset_entries", {"Datasets": [{"Arn": DATASET}, {}]}, "Datasets[1].Arn", "must not be null"),
        ("list_dataset_entries", {"DatasetArn": DATASET, "SourceRefContains": " "}, "SourceRefContains", "pattern"),
        ("list_dataset_entries", {"DatasetArn": DATASET, "ContainsLabels": [""]}, "ContainsLabels[0]", "greater"),
        ("update_dataset_entries", {"DatasetArn": DATASET, "Changes": {}}, "Changes.GroundTruth", "not be null"),
        ("update_dataset_entries", {"DatasetArn": DATASET, "Changes": {"GroundTruth": b""}}, "Changes.Gr", "greater"),
        (
            "update_dataset_entries",
            {"DatasetArn": DATASET, "Changes": {"GroundTruth": b"x" * 5_242_881}},
            "Changes.GroundTruth",
            "less than or equal to 5242880",
        ),
    ],
)
def test_a_refusal_names_the_member_and_what_is_accepted(
    unchecked: Any, operation: str, parameters: dict[str, Any], member: str, accepted: str
) -> None:
    with pytest.raises(unchecked.exceptions.ClientError) as error:
        getattr(unchecked, operation)(**parameters)
    described = error.value.response["Error"]
    assert described["Code"] == "ValidationException"
    assert f"'{member}" in described["Message"]
    assert accepted in described["Message"]
    assert len(described["Message"]) < 500


NASTY_VALUES: list[Any] = [
    None,
    True,
    0,
    -1,
    10**400,
    1.5,
    "",
    "é\ud800\x00",
    "x" * 3000,
    "!!!",
    [],
    [None],
    [[]] * 2,
    {},
    {"": None},
    {"x": {"y": []}},
    PROJECT,
    DATASET,
    [{"Arn": DATASET}] * 2,
    [{"Arn": DATASET}, None],
    {"S3Object": {"Bucket": "bbb", "Name": "n"}},
    {"GroundTruthManifest": {"S3Object": {"Bucket": "bbb", "Name": "n"}}},
    {"GroundTruthManifest": None, "DatasetArn": DATASET},
    {"GroundTruth": "a"},
    {"GroundTruth": base64.b64encode(b"\xff\n[").decode()},
]
MEMBERS = ("ProjectName", "ProjectArn", "DatasetArn", "DatasetType", "DatasetSource", "Datasets", "Changes", "Tags")
MORE_MEMBERS = ("ResourceArn", "TagKeys", "NextToken", "MaxResults", "ProjectNames", "ContainsLabels", "Labeled")
VALID = {
    "ProjectName": "p",
    "ProjectArn": PROJECT,
    "DatasetArn": DATASET,
    "DatasetType": "TRAIN",
    "Datasets": [{"Arn": DATASET}] * 2,
    "Changes": {"GroundTruth": "YQ=="},
    "ResourceArn": DATASET,
    "Tags": {},
    "TagKeys": [],
}


def nasty_bodies() -> Iterator[bytes]:
    yield from (json.dumps(value).encode() for value in NASTY_VALUES)
    yield from (b"", b"\x00", b"{", b"nul", b"\xff\xfe", b'{"a":' * 50_000, b"1" * 5000, b"NaN", b"-Infinity")
    yield from (b'{"ProjectName":' + b"[" * depth + b"]" * depth + b"}" for depth in range(100, 1100, 20))
    for member, value in itertools.product(MEMBERS + MORE_MEMBERS, NASTY_VALUES):
        yield json.dumps({**VALID, member: value}).encode()
        yield json.dumps({member: value}).encode()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_no_request_body_causes_a_fault(operation: str) -> None:
    """Without HTTP, because there are about eight hundred bodies for each operation."""
    service = CustomLabels(clock=Clock(), settings=Settings(), put_event=lambda event: _must_be_json(event))
    for body in nasty_bodies():
        status, _, answer = handle(service, f"RekognitionService.{operation}", body, a_caller())
        assert status in (200, 400), body
        described = json.loads(answer)
        assert status == 200 or described["__type"].endswith("Exception")


def _must_be_json(event: dict[str, Any]) -> None:
    json.dumps(event)


def a_caller(unreadable: ObjectUnreadable | None = None) -> Caller:
    def read_object(_bucket: str, _name: str, _version: str | None) -> bytes:
        raise unreadable or ObjectUnreadable("there is no such object")

    def authorize(action: str, arn: str) -> None:
        raise AccessDenied(f"{action} on {arn}")

    return Caller("123456789012", "us-east-1", "arn:aws:iam::123456789012:root", "", "", "", authorize, read_object)


def test_an_event_has_the_request_id_of_its_response() -> None:
    """Without HTTP, because MiniStack gives responses another id."""
    events: list[dict[str, Any]] = []
    service = CustomLabels(clock=Clock(), settings=Settings(), put_event=events.append)
    _, headers, _ = handle(service, "RekognitionService.CreateProject", b'{"ProjectName": "p"}', a_caller())
    assert [event["detail"]["requestID"] for event in events] == [headers["x-amzn-requestid"]]


def test_a_forbidden_manifest_fails_with_its_own_message() -> None:
    service = CustomLabels(
        clock=Clock(),
        settings=Settings(unreadable_manifest="async", creation_seconds=0),
        put_event=_must_be_json,
    )
    caller = a_caller(ObjectForbidden("no"))

    def call(operation: str, **parameters: Any) -> Any:
        return json.loads(
            handle(service, f"RekognitionService.{operation}", json.dumps(parameters).encode(), caller)[2]
        )

    project = call("CreateProject", ProjectName="p")["ProjectArn"]
    source = {"GroundTruthManifest": {"S3Object": {"Bucket": "bbb", "Name": "n"}}}
    arn = call("CreateDataset", ProjectArn=project, DatasetType="TRAIN", DatasetSource=source)["DatasetArn"]
    message = call("DescribeDataset", DatasetArn=arn)["DatasetDescription"]["StatusMessage"]
    assert message == "The S3 bucket permissions are incorrect."


class StoppedClock(Clock):
    """A clock that always shows the same millisecond."""

    def now(self) -> float:
        return 1_795_000_000.0


def test_a_dataset_in_its_projects_millisecond_is_complete_at_once() -> None:
    service = CustomLabels(clock=StoppedClock(), settings=Settings(creation_seconds=0), put_event=_must_be_json)

    def call(operation: str, **parameters: Any) -> dict[str, Any]:
        return service.perform(operation, parameters, a_caller(), "")

    project = call("CreateProject", ProjectName="p")["ProjectArn"]
    arn = call("CreateDataset", ProjectArn=project, DatasetType="TEST")["DatasetArn"]
    assert call("DescribeDataset", DatasetArn=arn)["DatasetDescription"]["Status"] == "CREATE_COMPLETE"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"unknown": 1, "seed": -1}, "There is no setting 'unknown'; there are creation_seconds, update_seconds, "),
        ({"rounding": "up"}, "rounding is one of floor, ceil, round, not 'up'."),
        ({"creation_seconds": -1}, "creation_seconds is a number, 0 or more, not -1."),
        ({"creation_seconds": float("inf")}, "creation_seconds is a number, 0 or more, not inf."),
        ({"seed": 1.5}, "seed is a whole number, 0 or more, not 1.5."),
        ({"seed": True}, "seed is a whole number, 0 or more, not True."),
        ({"max_labels": 0}, "max_labels is a whole number, 1 or more, not 0."),
        ({"at_least_one": 1}, "at_least_one is true or false, not 1."),
    ],
)
def test_a_wrong_setting_is_refused_in_one_sentence(changes: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)) as refusal:
        Settings().changed(changes)
    assert "\n" not in str(refusal.value)


def assert_conforms(shape: Any, value: Any, where: str) -> None:
    """Every member of a value, as boto3 returns it, conforms to the model."""
    metadata = shape.metadata
    checks = {"structure": _structure, "list": _list, "map": _map, "string": _string, "timestamp": _timestamp}
    if shape.type_name in checks:
        checks[shape.type_name](shape, value, where)
    else:
        assert shape.type_name == "integer", where
        assert type(value) is int, where
    size = value if shape.type_name == "integer" else len(value) if hasattr(value, "__len__") else None
    if size is not None:
        assert metadata.get("min", size) <= size <= metadata.get("max", size), where


def _structure(shape: Any, value: Any, where: str) -> None:
    assert value.keys() <= shape.members.keys(), where
    assert set(shape.required_members) <= value.keys(), where
    for name, member in value.items():
        assert_conforms(shape.members[name], member, f"{where}.{name}")


def _list(shape: Any, value: Any, where: str) -> None:
    assert isinstance(value, list), where
    for item in value:
        assert_conforms(shape.member, item, f"{where}[]")


def _map(shape: Any, value: Any, where: str) -> None:
    for key, item in value.items():
        assert_conforms(shape.key, key, f"{where} key")
        assert_conforms(shape.value, item, f"{where}.{key}")


def _string(shape: Any, value: Any, where: str) -> None:
    assert isinstance(value, str), where
    assert not shape.enum or value in shape.enum, where
    assert "pattern" not in shape.metadata or compile_pattern(shape.metadata["pattern"]).fullmatch(value), where


def _timestamp(_shape: Any, value: Any, where: str) -> None:
    assert isinstance(value, datetime), where


class CheckingClient:
    """A boto3 client that checks every response against the model and records the operations."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.seen: set[str] = set()

    def __call__(self, operation: str, **parameters: Any) -> dict[str, Any]:
        response: dict[str, Any] = self._client._make_api_call(operation, parameters)
        given = {name: value for name, value in response.items() if name != "ResponseMetadata"}
        assert_conforms(output_shape(operation), given, operation)
        self.seen.add(operation)
        return response


@pytest.mark.parametrize("texts", ["absent", "present"])
def test_every_response_conforms_to_the_model(bench: Workbench, texts: str) -> None:
    bench.aws.configure(in_progress_message=texts)
    call = CheckingClient(bench.rekognition)
    project = call("CreateProject", ProjectName="whole", Tags={"a": "b"})["ProjectArn"]
    source = bench.put([*images(10), *[boxed(f"{n}.jpg", "bolt") for n in range(5)], classified("x.jpg"), '{"a":1}'])
    train = call("CreateDataset", ProjectArn=project, DatasetType="TRAIN", DatasetSource=source)["DatasetArn"]
    test = call("CreateDataset", ProjectArn=project, DatasetType="TEST")["DatasetArn"]
    describe = [("DescribeProjects", {}), ("DescribeDataset", {"DatasetArn": train})]
    for operation, parameters in describe:
        call(operation, **parameters)
    bench.finish()
    for operation, parameters in describe:
        call(operation, **parameters)
    page = call("ListDatasetEntries", DatasetArn=train, MaxResults=1)
    call("ListDatasetEntries", DatasetArn=train, NextToken=page["NextToken"])
    call("ListDatasetLabels", DatasetArn=train, MaxResults=1)
    call("DistributeDatasetEntries", Datasets=[{"Arn": train}, {"Arn": test}])
    bench.finish()
    broken = classified("x.jpg", "rusty").replace("yes", "maybe")
    call("UpdateDatasetEntries", DatasetArn=train, Changes={"GroundTruth": broken.encode()})
    call("DescribeDataset", DatasetArn=train)
    bench.finish()
    call("ListDatasetEntries", DatasetArn=train, HasErrors=True)
    call("TagResource", ResourceArn=train, Tags={"c": "d"})
    call("ListTagsForResource", ResourceArn=train)
    call("UntagResource", ResourceArn=train, TagKeys=["c"])
    call("DeleteDataset", DatasetArn=train)
    call("DeleteDataset", DatasetArn=test)
    call("DescribeProjects")
    bench.finish()
    call("DescribeProjectVersions", ProjectArn=project)
    call("DeleteProject", ProjectArn=project)
    call("DescribeProjects")
    assert call.seen == set(OPERATIONS)
