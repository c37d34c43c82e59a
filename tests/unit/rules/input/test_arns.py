"""The parts of an ARN, and the texts that are not ARNs."""

import pytest

from lambdas.rules.input.arns import (
    DatasetArn,
    Location,
    ProjectArn,
    parse_dataset_arn,
    parse_location,
    parse_project_arn,
)

LOCATION = Location("aws-us-gov", "us-gov-west-1", "123456789012")
OWNER = "arn:aws-us-gov:rekognition:us-gov-west-1:123456789012"
PROJECT = f"{OWNER}:project/My_parts-2.0/1690474772815"
TRAIN = f"{OWNER}:project/My_parts-2.0/dataset/train/1690474772816"
TEST = f"{OWNER}:project/My_parts-2.0/dataset/test/1690474772817"


def test_arn_has_location_project_and_type() -> None:
    assert parse_project_arn(PROJECT) == ProjectArn(PROJECT, LOCATION, "My_parts-2.0")
    assert parse_dataset_arn(TRAIN) == DatasetArn(TRAIN, LOCATION, "My_parts-2.0", "TRAIN")
    assert parse_dataset_arn(TEST) == DatasetArn(TEST, LOCATION, "My_parts-2.0", "TEST")


def test_arn_of_the_other_kind_is_none() -> None:
    assert parse_project_arn(TRAIN) is None
    assert parse_dataset_arn(PROJECT) is None


@pytest.mark.parametrize("name", ["p", "A", "z9", ".", "-", "_", "x" * 255])
def test_valid_name_in_an_arn_is_accepted(name: str) -> None:
    project, dataset = PROJECT.replace("My_parts-2.0", name), TRAIN.replace("My_parts-2.0", name)
    assert parse_project_arn(project) == ProjectArn(project, LOCATION, name)
    assert parse_dataset_arn(dataset) == DatasetArn(dataset, LOCATION, name, "TRAIN")


@pytest.mark.parametrize("name", ["", "a b", "a/b", "a:b", "ñ", "\uff11", "x" * 256])
def test_invalid_name_in_an_arn_is_refused(name: str) -> None:
    assert parse_project_arn(PROJECT.replace("My_parts-2.0", name)) is None
    assert parse_dataset_arn(TRAIN.replace("My_parts-2.0", name)) is None


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("arn:", "ARN:"),
        ("arn:", ""),
        ("aws-us-gov", ""),
        ("aws-us-gov", "AWS"),
        ("rekognition", "s3"),
        ("us-gov-west-1", ""),
        ("us-gov-west-1", "US-GOV-WEST-1"),
        ("us-gov-west-1", "us gov"),
        ("us-gov-west-1", "us-gov-west-\u0661"),
        ("123456789012", "12345678901"),
        ("123456789012", "1234567890123"),
        ("123456789012", "12345678901x"),
        ("123456789012", "\u0661" * 12),
        (":project/", ":projects/"),
        ("/1690474772815", ""),
        ("/1690474772815", "/"),
        ("/1690474772815", "/x"),
        ("/1690474772815", "/1690474772815/"),
        ("/1690474772815", "/1690474772815\n"),
        ("/1690474772815", "/\u0661"),
    ],
)
def test_text_similar_to_a_project_arn_is_none(part: str, other: str) -> None:
    assert part in PROJECT
    assert parse_project_arn(PROJECT.replace(part, other)) is None


@pytest.mark.parametrize(
    ("part", "other"),
    [
        ("123456789012", "12345678901"),
        ("/dataset/", "/Dataset/"),
        ("/train/", "/TRAIN/"),
        ("/train/", "/validation/"),
        ("/train/", "/"),
        ("/1690474772816", ""),
        ("/1690474772816", "/x"),
        ("/1690474772816", "/1690474772816\n"),
        ("/1690474772816", "/\u0661"),
    ],
)
def test_text_similar_to_a_dataset_arn_is_none(part: str, other: str) -> None:
    assert part in TRAIN
    assert parse_dataset_arn(TRAIN.replace(part, other)) is None


@pytest.mark.parametrize("part", ["aws-us-gov", "us-gov-west-1", "169047477281"])
def test_arn_has_2048_characters_at_most(part: str) -> None:
    for arn, parse in ((PROJECT, parse_project_arn), (TRAIN, parse_dataset_arn)):
        longest = arn.replace(part, part + "1" * (2048 - len(arn)))
        assert parse(longest)
        assert not parse(longest.replace(part, part + "1"))


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws-us-gov:states:us-gov-west-1:123456789012:execution:Machine:name",
        "arn:aws-us-gov:sns:us-gov-west-1:123456789012:topic",
    ],
)
def test_location_of_any_regional_resource(arn: str) -> None:
    assert parse_location(arn) == LOCATION


def test_location_is_written_in_words() -> None:
    assert str(LOCATION) == "account 123456789012, Region us-gov-west-1, partition aws-us-gov"
