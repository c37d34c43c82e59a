"""Datasets and pairs: from a DatasetDescription to the form that the workflow carries."""

import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from lambdas.rules.pair import LONGEST_MESSAGE, Dataset, Pair, count_entries

DESCRIPTION = {
    "CreationTimestamp": datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
    "LastUpdatedTimestamp": datetime(2026, 11, 23, 12, 0, 0, 406_000, tzinfo=timezone(timedelta(hours=2))),
    "Status": "UPDATE_FAILED",
    "StatusMessage": "The manifest file contains images from multiple S3 buckets.",
    "StatusMessageCode": "CLIENT_ERROR",
    "DatasetStats": {"ErrorEntries": 1, "LabeledEntries": 14, "TotalEntries": 15, "TotalLabels": 9},
}
DESCRIBED = Dataset(
    arn="arn",
    status="UPDATE_FAILED",
    status_message="The manifest file contains images from multiple S3 buckets.",
    updated="2026-11-23T10:00:00.406+00:00",
    entries=15,
    labeled=14,
    errors=1,
)
BARE = Dataset(arn="arn", status="", status_message="", updated="", entries=0, labeled=0, errors=0)
CARRIED = {
    "Arn": "arn",
    "Status": "UPDATE_FAILED",
    "StatusMessage": "The manifest file contains images from multiple S3 buckets.",
    "LastUpdatedTimestamp": "2026-11-23T10:00:00.406+00:00",
    "TotalEntries": 15,
    "LabeledEntries": 14,
    "ErrorEntries": 1,
}


@pytest.fixture
def _far_from_utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Set the local time zone nine hours ahead of UTC."""
    with monkeypatch.context() as there:
        there.setenv("TZ", "JST-9")
        time.tzset()
        yield
    time.tzset()


def test_every_field_of_a_description_is_read() -> None:
    assert Dataset.from_description("arn", DESCRIPTION) == DESCRIBED


@pytest.mark.usefixtures("_far_from_utc")
def test_moments_are_utc_to_the_millisecond_in_any_zone() -> None:
    assert Dataset.from_description("arn", DESCRIPTION).updated == "2026-11-23T10:00:00.406+00:00"


@pytest.mark.parametrize("given", [{}, {"DatasetStats": None}, {"DatasetStats": {}, "LastUpdatedTimestamp": None}])
def test_missing_numbers_are_zero(given: dict[str, object]) -> None:
    assert Dataset.from_description("arn", given) == BARE


def test_workflow_carries_a_dataset_unchanged() -> None:
    assert DESCRIBED.as_state() == CARRIED
    assert Dataset.from_state(CARRIED) == DESCRIBED


def test_long_status_message_is_cut() -> None:
    found = Dataset.from_description("arn", {"StatusMessage": "Sorry. " + "x" * 300_000})
    assert len(found.status_message) == 2_000
    assert found.status_message.startswith("Sorry. x")


def test_lone_surrogate_in_a_status_message_becomes_a_question_mark() -> None:
    assert Dataset.from_description("arn", {"StatusMessage": "half a \ud83d"}).status_message == "half a ?"


def test_a_message_is_one_line_without_invisible_characters() -> None:
    found = Dataset.from_description("arn", {"StatusMessage": "Sorry.\n\nPay\u202e: \x1b[2J"})
    assert found.status_message == r"Sorry.\n\nPay\u202e: \u001b[2J"
    assert len(Dataset.from_description("arn", {"StatusMessage": "\x00" * 3_000}).status_message) == LONGEST_MESSAGE


@pytest.mark.parametrize(
    ("status", "settled"),
    [
        ("CREATE_IN_PROGRESS", False),
        ("CREATE_COMPLETE", True),
        ("CREATE_FAILED", True),
        ("UPDATE_IN_PROGRESS", False),
        ("UPDATE_COMPLETE", True),
        ("UPDATE_FAILED", True),
        ("DELETE_IN_PROGRESS", False),
        ("A_STATUS_OF_TOMORROW", False),
        ("", False),
    ],
)
def test_unknown_status_has_not_settled(status: str, settled: bool) -> None:
    assert replace(DESCRIBED, status=status).settled is settled


@pytest.mark.parametrize(
    ("training", "test", "carried"),
    [
        (DESCRIBED, None, {"Training": CARRIED, "Test": None}),
        (None, DESCRIBED, {"Training": None, "Test": CARRIED}),
    ],
)
def test_missing_dataset_of_a_pair_is_carried_as_none(
    training: Dataset | None, test: Dataset | None, carried: dict[str, object]
) -> None:
    pair = Pair(project_name="p", project_arn="project", training=training, test=test)
    assert pair.as_state() == {"ProjectName": "p", "ProjectArn": "project", **carried}


def test_missing_dataset_has_no_entries() -> None:
    assert (count_entries(DESCRIBED), count_entries(None)) == (15, 0)
