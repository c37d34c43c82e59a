"""What an execution may be given, and the sentence for everything else."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lambdas.rules.arns import Home
from lambdas.rules.errors import InvalidInput
from lambdas.rules.execution_input import ACCEPTED, Request, read_input

EVENTS = Path(__file__).parent.parent / "events"
README = Path(__file__).parent.parent.parent / "README.md"
HOME = Home("aws", "us-east-1", "123456789012")
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
        (
            "create_dataset",
            Request(project_name="my-project", project_arn=PROJECT, dataset_arns=(TRAIN,), by_event=True),
        ),
        (
            "create_dataset_pascal_case",
            Request(
                project_name="my-project",
                project_arn=PROJECT,
                dataset_arns=(f"{OWNER}:project/my-project/dataset/test/1795166142001",),
                by_event=True,
            ),
        ),
    ],
)
def test_reads_each_accepted_form(name: str, expected: Request) -> None:
    assert read_input(load(name), HOME) == expected


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
def test_an_event_is_read_whoever_made_the_call_and_whatever_else_is_in_it(differently: dict[str, Any]) -> None:
    event = load("create_dataset")
    expected = read_input(event, HOME)
    event["detail"] |= differently
    assert read_input(event | {"a field": "of tomorrow"}, HOME) == expected


@pytest.mark.parametrize("response", [None, {}, {"datasetArn": None}, {"datasetArn": 7}, "text"])
def test_an_event_that_does_not_name_its_dataset_names_the_project_all_the_same(response: Any) -> None:
    event = load("create_dataset")
    event["detail"]["responseElements"] = response
    assert read_input(event, HOME) == Request(project_name="my-project", project_arn=PROJECT, by_event=True)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (None, "The input is null, not an object."),
        ([], "The input is [], not an object."),
        ("my-project", 'The input is "my-project", not an object.'),
        ({}, "names neither a project nor datasets"),
        ({"DryRun": True}, "names neither a project nor datasets"),
        ({"ProjectNam": "x"}, 'has the key "ProjectNam"'),
        ({"projectName": "x"}, 'has the key "projectName"'),
        ({"ProjectName": "x", "ProjectArn": PROJECT}, "names ProjectArn and ProjectName"),
        ({"ProjectName": "x", "DryRun": "true"}, 'DryRun is "true"'),
        ({"ProjectName": "x", "DryRun": 1}, "DryRun is 1"),
        ({"ProjectName": 7}, "ProjectName is 7"),
        ({"ProjectName": ""}, 'ProjectName is ""'),
        ({"ProjectName": "a b"}, 'ProjectName is "a b"'),
        ({"ProjectName": "ñandú"}, 'ProjectName is "\\u00f1and\\u00fa"'),
        ({"ProjectName": "x\n"}, 'ProjectName is "x\\n"'),
        ({"ProjectName": "x" * 256}, "1 to 255"),
        ({"ProjectArn": "arn:aws:s3:::bucket"}, 'ProjectArn is "arn:aws:s3:::bucket"'),
        ({"ProjectArn": TRAIN}, "not the ARN of a Custom Labels project"),
        ({"ProjectArn": PROJECT + "\n"}, "not the ARN of a Custom Labels project"),
        ({"ProjectArn": PROJECT.replace("us-east-1", "eu-west-1")}, "Region eu-west-1"),
        ({"ProjectArn": PROJECT.replace("123456789012", "999999999999")}, "account 999999999999"),
        ({"ProjectArn": PROJECT.replace("arn:aws:", "arn:aws-cn:")}, "partition aws-cn"),
        ({"Datasets": {}}, "Datasets is {}, not a list of two"),
        ({"Datasets": [{"Arn": TRAIN}]}, "not a list of two"),
        ({"Datasets": [TRAIN, TEST]}, "An entry of Datasets is"),
        ({"Datasets": [{"Arn": TRAIN, "Name": "x"}, {"Arn": TEST}]}, "An entry of Datasets is"),
        ({"Datasets": [{"Arn": 1}, {"Arn": TEST}]}, "Datasets names 1"),
        ({"Datasets": [{"Arn": TRAIN}, {"Arn": TRAIN}]}, "two TRAIN datasets"),
        ({"Datasets": [{"Arn": TRAIN}, {"Arn": TEST.replace("my-project", "other")}]}, "two projects"),
        ({"Datasets": [{"Arn": TRAIN}, {"Arn": TEST.replace("us-east-1", "eu-west-1")}]}, "Region eu-west-1"),
        ({"detail": None}, "not that of a CreateDataset call"),
        ({"detail-type": "Scheduled Event", "detail": {}}, "not that of a CreateDataset call"),
        ({"detail": {"eventName": "CreateDataset"}}, "ProjectArn is null"),
        (load("create_dataset_failed"), 'failed with "ResourceAlreadyExistsException"'),
        (load("create_dataset_denied"), 'failed with "AccessDenied"'),
    ],
)
def test_says_what_was_given_and_what_is_accepted(given: Any, said: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_input(given, HOME)
    assert said in str(refusal.value)
    assert str(refusal.value).endswith(ACCEPTED)


def test_a_huge_input_is_quoted_in_part() -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_input({"ProjectName": "x" * 200_000}, HOME)
    assert len(str(refusal.value)) < 1000


def nested(depth: int) -> Any:
    value: Any = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize("depth", [500, 100_000])
def test_a_deeply_nested_input_is_refused_like_any_other(depth: int) -> None:
    with pytest.raises(InvalidInput, match="ProjectName is"):
        read_input({"ProjectName": nested(depth)}, HOME)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda children: st.lists(children, max_size=3) | st.dictionaries(st.text(), children, max_size=3),
    max_leaves=10,
)
ARNS = st.sampled_from([PROJECT, TRAIN, TEST, TRAIN.replace("my-", "your-"), TEST.upper(), ""]) | st.text()
NEARLY = st.dictionaries(
    st.sampled_from(["ProjectArn", "ProjectName", "Datasets", "DryRun", "detail", "detail-type", "projectArn"]),
    JSON | ARNS | st.lists(st.fixed_dictionaries({"Arn": JSON | ARNS}), max_size=3),
    max_size=3,
)


@settings(max_examples=500, deadline=None)
@given(JSON | NEARLY)
def test_every_input_is_a_request_or_one_sentence(given: Any) -> None:
    refusal = None
    try:
        request = read_input(given, HOME)
    except InvalidInput as error:
        refusal = str(error)
    if refusal is None:
        assert set(given) <= {"ProjectArn", "ProjectName", "Datasets", "DryRun"}
        assert request.project_name in json.dumps(given)
    else:
        assert refusal.endswith(ACCEPTED)
        assert refusal.isprintable()


def test_a_name_of_255_characters_is_a_name() -> None:
    assert read_input({"ProjectName": "x" * 255}, HOME).project_name == "x" * 255


def test_every_input_that_the_readme_shows_is_accepted() -> None:
    (block,) = re.findall(r"```json\n(.*?)```", README.read_text(), re.DOTALL)
    decoder, shown = json.JSONDecoder(), []
    while block.strip():
        given, end = decoder.raw_decode(block.strip())
        shown.append(read_input(given, HOME))
        block = block.strip()[end:]
    assert [request.project_name for request in shown] == ["my-project"] * 3


def test_datasets_are_read_in_either_order() -> None:
    given = {"Datasets": [{"Arn": TEST}, {"Arn": TRAIN}]}
    assert read_input(given, HOME).dataset_arns == (TEST, TRAIN)
