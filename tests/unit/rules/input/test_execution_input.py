"""The accepted inputs of an execution, and the error for every other input."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from lambdas.rules.failures.errors import InvalidInput
from lambdas.rules.input.arns import Location
from lambdas.rules.input.execution_input import (
    ACCEPTED,
    EVENT,
    PERSON,
    SCHEDULE,
    Request,
    find_project_name,
    find_started_by,
    is_event,
    read_input,
)

EVENTS = Path(__file__).parents[3] / "events"
README = Path(__file__).parents[4] / "README.md"
LOCATION = Location("aws", "us-east-1", "123456789012")
OWNER = "arn:aws:rekognition:us-east-1:123456789012"
PROJECT = f"{OWNER}:project/my-project/1795165000123"
TRAIN = f"{OWNER}:project/my-project/dataset/train/1795166142001"
TEST = f"{OWNER}:project/my-project/dataset/test/1795166142002"


def load(name: str) -> Any:
    return json.loads((EVENTS / f"{name}.json").read_text())


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("project_arn", Request(project_name="my-project", project_arn=PROJECT)),
        ("project_name", Request(project_name="my-project")),
        ("datasets", Request(project_name="my-project", dataset_arns=(TRAIN, TEST))),
        ("dry_run", Request(project_name="my-project", dry_run=True)),
        ("schedule", Request(project_name="my-project", project_arn=PROJECT, started_by=SCHEDULE)),
        (
            "create_dataset",
            Request(project_name="my-project", project_arn=PROJECT, dataset_arns=(TRAIN,), started_by=EVENT),
        ),
        (
            "create_dataset_pascal_case",
            Request(
                project_name="my-project",
                project_arn=PROJECT,
                dataset_arns=(f"{OWNER}:project/my-project/dataset/test/1795166142001",),
                started_by=EVENT,
            ),
        ),
    ],
)
def test_each_accepted_form_is_read(name: str, expected: Request) -> None:
    assert read_input(load(name), LOCATION) == expected


COPY = {"datasetArn": "arn:aws:rekognition:us-east-1:123456789012:project/another/dataset/train/1"}
TLS = {"clientProvidedHostHeader": "rekognition.us-east-1.amazonaws.com", "tlsVersion": "TLSv1.4", "keyExchange": "x"}


@pytest.mark.parametrize(
    "differently",
    [
        pytest.param({"userIdentity": {"type": "AWSService", "invokedBy": "cloudformation.amazonaws.com"}}, id="CFN"),
        pytest.param({"sourceIPAddress": "cloudformation.amazonaws.com", "userAgent": "cloudformation"}, id="CFN role"),
        pytest.param({"sessionCredentialFromConsole": "true", "userAgent": "Mozilla/5.0"}, id="console"),
        pytest.param({"eventVersion": "9.99", "tlsDetails": TLS, "addendum": {"reason": "DELAY"}}, id="of tomorrow"),
        pytest.param({"requestParameters": {"projectArn": PROJECT, "datasetType": "TRAIN"}}, id="empty dataset"),
        pytest.param({"requestParameters": {"projectArn": PROJECT, "datasetSource": COPY}}, id="copied dataset"),
        pytest.param({"requestParameters": {"PROJECTARN": PROJECT, "More": [None]}}, id="another casing"),
        pytest.param({"errorCode": None, "errorMessage": None}, id="no error, spelt out"),
    ],
)
def test_event_is_read_for_any_caller_and_any_extra_field(differently: dict[str, Any]) -> None:
    event = load("create_dataset")
    expected = read_input(event, LOCATION)
    event["detail"] |= differently
    assert read_input(event | {"a field": "of tomorrow"}, LOCATION) == expected


@pytest.mark.parametrize("response", [None, {}, {"datasetArn": None}, {"datasetArn": 7}, "text"])
def test_event_without_its_dataset_still_names_the_project(response: Any) -> None:
    event = load("create_dataset")
    event["detail"]["responseElements"] = response
    assert read_input(event, LOCATION) == Request(project_name="my-project", project_arn=PROJECT, started_by=EVENT)


CREATED = f"{OWNER}:project/my-project/dataset/train/1795166142001"


@pytest.mark.parametrize("parameters", [None, {}, {"projectArn": None}, {"projectArn": ""}, "text"])
def test_event_without_its_project_is_read_by_the_name_in_its_dataset(parameters: Any) -> None:
    """The rule passes on an empty text for a key that the event does not have."""
    event = load("create_dataset")
    event["detail"]["requestParameters"] = parameters
    assert read_input(event, LOCATION) == Request(project_name="my-project", dataset_arns=(CREATED,), started_by=EVENT)


NO_PROJECT = "which is not the ARN of a Custom Labels project."
NO_DATASET = "which is not the ARN of a Custom Labels dataset."
NO_NAME = "A name has 1 to 255 letters, digits, hyphens, underscores and dots."
NO_CALL = "The event is not the CloudTrail event of a CreateDataset call."
NO_LIST = "which is not a list of two datasets."
ONE_OF_EACH = "not one TRAIN and one TEST dataset."
ONLY_ONE = "but only one of them is allowed."
HERE = "This workflow runs in account 123456789012, Region us-east-1, partition aws."
ALONE = "beside an event, but an event must be alone."
ELSEWHERE = PROJECT.replace("us-east-1", "eu-west-1")
CREATED_ELSEWHERE = CREATED.replace("us-east-1", "eu-west-1")


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        (None, "The input is null, which is not a JSON object."),
        ([], "The input is [], which is not a JSON object."),
        ("my-project", 'The input is "my-project", which is not a JSON object.'),
        ({}, "The input names neither a project nor datasets."),
        ({"DryRun": True}, "The input names neither a project nor datasets."),
        ({"ProjectNam": "x"}, 'The input has the unknown key "ProjectNam".'),
        ({"projectName": "x"}, 'The input has the unknown key "projectName".'),
        ({"b": 1, "a": 2, "ProjectName": "x"}, 'The input has the unknown key "a".'),
        ({"ProjectName": "x", "ProjectArn": PROJECT}, f"The input has the keys ProjectArn and ProjectName, {ONLY_ONE}"),
        (
            {"ProjectName": "x", "ProjectArn": PROJECT, "Datasets": [], "DryRun": True},
            f"The input has the keys Datasets and ProjectArn and ProjectName, {ONLY_ONE}",
        ),
        ({"ProjectName": "x", "DryRun": "true"}, 'DryRun is "true", which is neither true nor false.'),
        ({"ProjectName": "x", "DryRun": 1}, "DryRun is 1, which is neither true nor false."),
        ({"ProjectName": "x", "DryRun": None}, "DryRun is null, which is neither true nor false."),
        (
            {"ProjectName": "x", "StartedBy": "PERSON"},
            'StartedBy is "PERSON", but only the sweep gives it, and it gives "SCHEDULE".',
        ),
        (
            {"ProjectName": "x", "StartedBy": None},
            'StartedBy is null, but only the sweep gives it, and it gives "SCHEDULE".',
        ),
        ({"StartedBy": "SCHEDULE"}, "The input names neither a project nor datasets."),
        ({"ProjectName": 7}, f"ProjectName is 7. {NO_NAME}"),
        ({"ProjectName": ""}, f'ProjectName is "". {NO_NAME}'),
        ({"ProjectName": "a b"}, f'ProjectName is "a b". {NO_NAME}'),
        ({"ProjectName": "ñandú"}, f'ProjectName is "\\u00f1and\\u00fa". {NO_NAME}'),
        ({"ProjectName": "x\n"}, f'ProjectName is "x\\n". {NO_NAME}'),
        ({"ProjectName": "x" * 256}, f'ProjectName is "{"x" * 119}…. {NO_NAME}'),
        ({"ProjectName": "x" * 117 + "/"}, f'ProjectName is "{"x" * 117}/". {NO_NAME}'),
        ({"ProjectName": "x" * 118 + "/"}, f'ProjectName is "{"x" * 118}/…. {NO_NAME}'),
        ({"ProjectArn": 7}, f"ProjectArn is 7, {NO_PROJECT}"),
        ({"ProjectArn": "arn:aws:s3:::bucket"}, f'ProjectArn is "arn:aws:s3:::bucket", {NO_PROJECT}'),
        ({"ProjectArn": TRAIN}, f'ProjectArn is "{TRAIN}", {NO_PROJECT}'),
        ({"ProjectArn": PROJECT + "\n"}, f'ProjectArn is "{PROJECT}\\n", {NO_PROJECT}'),
        (
            {"ProjectArn": ELSEWHERE},
            f"ProjectArn belongs to account 123456789012, Region eu-west-1, partition aws. {HERE}",
        ),
        (
            {"ProjectArn": PROJECT.replace("123456789012", "999999999999")},
            f"ProjectArn belongs to account 999999999999, Region us-east-1, partition aws. {HERE}",
        ),
        (
            {"ProjectArn": PROJECT.replace("arn:aws:", "arn:aws-cn:")},
            f"ProjectArn belongs to account 123456789012, Region us-east-1, partition aws-cn. {HERE}",
        ),
        ({"Datasets": {}}, f"Datasets is {{}}, {NO_LIST}"),
        ({"Datasets": [{"Arn": "x"}]}, f'Datasets is [{{"Arn": "x"}}], {NO_LIST}'),
        ({"Datasets": [1, 2, 3]}, f"Datasets is [1, 2, 3], {NO_LIST}"),
        ({"Datasets": ["x", {"Arn": TEST}]}, 'An item of Datasets is "x", which does not have the form {"Arn": "…"}.'),
        (
            {"Datasets": [{"Arn": "x", "Name": "y"}, {"Arn": TEST}]},
            'An item of Datasets is {"Arn": "x", "Name": "y"}, which does not have the form {"Arn": "…"}.',
        ),
        ({"Datasets": [{"Arn": TRAIN}, {}]}, 'An item of Datasets is {}, which does not have the form {"Arn": "…"}.'),
        ({"Datasets": [{"Arn": 1}, {"Arn": TEST}]}, f"Datasets names 1, {NO_DATASET}"),
        ({"Datasets": [{"Arn": TRAIN}, {"Arn": "x"}]}, f'Datasets names "x", {NO_DATASET}'),
        ({"Datasets": [{"Arn": TRAIN}, {"Arn": PROJECT}]}, f'Datasets names "{PROJECT}", {NO_DATASET}'),
        ({"Datasets": [{"Arn": TRAIN}, {"Arn": TRAIN}]}, f"Datasets names two TRAIN datasets, {ONE_OF_EACH}"),
        ({"Datasets": [{"Arn": TEST}, {"Arn": TEST}]}, f"Datasets names two TEST datasets, {ONE_OF_EACH}"),
        (
            {"Datasets": [{"Arn": TRAIN}, {"Arn": TEST.replace("my-project", "other")}]},
            "Datasets names datasets of two projects: my-project and other.",
        ),
        (
            {"Datasets": [{"Arn": TRAIN}, {"Arn": TEST.replace("us-east-1", "eu-west-1")}]},
            f"A dataset belongs to account 123456789012, Region eu-west-1, partition aws. {HERE}",
        ),
        ({"detail": None}, NO_CALL),
        ({"detail-type": "Scheduled Event", "detail": {}}, NO_CALL),
        ({"detail-type": "Scheduled Event"}, NO_CALL),
        ({"detail": {"eventName": "DeleteDataset"}}, NO_CALL),
        (load("create_dataset") | {"DryRun": True}, f'The input has the key "DryRun" {ALONE}'),
        (load("create_dataset") | {"dryrun": "yes"}, f'The input has the key "dryrun" {ALONE}'),
        (load("create_dataset") | {"DryRun": False, "Datasets": []}, f'The input has the key "Datasets" {ALONE}'),
        ({"detail": None, "ProjectName": "x", "DryRun": True}, f'The input has the key "DryRun" {ALONE}'),
        ({"detail-type": "x", "ProjectArn": PROJECT}, f'The input has the key "ProjectArn" {ALONE}'),
        ({"detail": {"eventName": "CreateDataset"}}, f"ProjectArn is null, {NO_PROJECT}"),
        ({"detail": {"eventName": "CreateDataset", "requestParameters": []}}, f"ProjectArn is null, {NO_PROJECT}"),
        (
            {"detail": {"eventName": "CreateDataset", "requestParameters": {"projectArn": ELSEWHERE}}},
            f"ProjectArn belongs to account 123456789012, Region eu-west-1, partition aws. {HERE}",
        ),
        (
            {"detail": {"eventName": "CreateDataset", "responseElements": {"datasetArn": CREATED_ELSEWHERE}}},
            f"The dataset belongs to account 123456789012, Region eu-west-1, partition aws. {HERE}",
        ),
        (
            load("create_dataset_failed"),
            'The event is of a CreateDataset call that failed with "ResourceAlreadyExistsException".',
        ),
        (load("create_dataset_denied"), 'The event is of a CreateDataset call that failed with "AccessDenied".'),
    ],
)
def test_error_says_what_was_given_and_what_is_accepted(given: Any, problem: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_input(given, LOCATION)
    assert str(refusal.value) == f"{problem} {ACCEPTED}"


def test_huge_input_is_quoted_in_part() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_input({"ProjectName": "x" * 200_000}, LOCATION)
    assert str(refusal.value) == f'ProjectName is "{"x" * 119}…. {NO_NAME} {ACCEPTED}'


@pytest.mark.parametrize("part", ["arn:aws", "us-east-1"])
def test_arn_of_49_000_characters_has_a_short_error(part: str) -> None:
    project, train, test = (arn.replace(part, part + "a" * 49_000) for arn in (PROJECT, TRAIN, TEST))
    assert len(refuse({"ProjectArn": project})) < 700
    assert len(refuse({"Datasets": [{"Arn": train}, {"Arn": test}]})) < 700


def test_long_location_is_shown_in_part() -> None:
    given = {"ProjectArn": PROJECT.replace("us-east-1", "a" * 1_900)}
    shown = f"ProjectArn belongs to account 123456789012, Region {'a' * 91}…. {HERE} {ACCEPTED}"
    assert refuse(given) == shown


LONG_NUMBERS = [10**4_400, [1, -(10**4_400)], {"x": 10**4_400}]


@pytest.mark.parametrize("number", LONG_NUMBERS, ids=["number", "list", "object"])
def test_number_of_4400_digits_is_refused_in_a_sentence(number: Any) -> None:
    long = "a number too long to be shown"
    assert refuse({"ProjectName": number}) == f"ProjectName is {long}. {NO_NAME} {ACCEPTED}"
    assert refuse({"ProjectName": "x", "DryRun": number}).startswith(f"DryRun is {long}, which is neither true")
    assert refuse(number if isinstance(number, int) else [number]).startswith(f"The input is {long}, which")


def refuse(given: Any) -> str:
    """The error for the input."""
    with pytest.raises(InvalidInput) as refusal:
        read_input(given, LOCATION)
    return str(refusal.value)


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("depth", "quoted"), [(500, "[" * 120 + "…"), (100_000, "nested too deeply to be shown")], ids=str
)
def test_deeply_nested_input_is_refused_like_any_other(depth: int, quoted: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_input({"ProjectName": nested(depth)}, LOCATION)
    assert str(refusal.value) == f"ProjectName is {quoted}. {NO_NAME} {ACCEPTED}"


def test_name_of_255_characters_is_accepted() -> None:
    assert read_input({"ProjectName": "x" * 255}, LOCATION).project_name == "x" * 255


def test_every_input_in_the_readme_is_accepted() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", README.read_text(), re.DOTALL)
    decoder, shown = json.JSONDecoder(), []
    while block.strip():
        given, end = decoder.raw_decode(block.strip())
        shown.append(read_input(given, LOCATION))
        block = block.strip()[end:]
    assert [request.project_name for request in shown] == ["my-project"] * 3


def test_datasets_are_read_in_either_order() -> None:
    given = {"Datasets": [{"Arn": TEST}, {"Arn": TRAIN}]}
    assert read_input(given, LOCATION).dataset_arns == (TEST, TRAIN)


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize(
    "given", [{"ProjectArn": PROJECT}, {"ProjectName": "my-project"}, {"Datasets": [{"Arn": TRAIN}, {"Arn": TEST}]}]
)
def test_every_form_of_a_person_accepts_a_dry_run(given: dict[str, Any], dry_run: bool) -> None:
    assert read_input(given | {"DryRun": dry_run}, LOCATION).dry_run is dry_run
    assert read_input(given, LOCATION).dry_run is False


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"ProjectName": "parts"}, "parts"),
        ({"ProjectName": "parts", "DryRun": True}, "parts"),
        ({"ProjectArn": PROJECT}, "my-project"),
        ({"ProjectArn": ELSEWHERE}, ""),
        ({"ProjectName": "<parts>"}, ""),
        ("more than 50,000 characters", ""),
        (None, ""),
    ],
)
def test_project_name_is_empty_for_a_refused_input(given: object, name: str) -> None:
    assert find_project_name(given, LOCATION) == name


@pytest.mark.parametrize(
    ("given", "started_by"),
    [
        ({"detail": 1}, EVENT),
        ({"detail-type": 1}, EVENT),
        ({"detail-type": 1, "StartedBy": "SCHEDULE"}, EVENT),
        ({"ProjectName": "p"}, PERSON),
        ({"ProjectName": 7, "StartedBy": "SCHEDULE"}, SCHEDULE),
        ({"ProjectName": "p", "StartedBy": "EVENT"}, PERSON),
        ("detail", PERSON),
        (None, PERSON),
    ],
)
def test_input_says_what_started_the_execution(given: object, started_by: str) -> None:
    assert is_event(given) is (started_by == EVENT)
    assert find_started_by(given) == started_by
