"""How a DatasetDescription becomes what the workflow carries."""

from datetime import UTC, datetime, timedelta, timezone

from lambdas.rules.pair import Dataset

DESCRIPTION = {
    "CreationTimestamp": datetime(2026, 11, 23, 10, 0, tzinfo=UTC),
    "LastUpdatedTimestamp": datetime(2026, 11, 23, 12, 0, 0, 406_000, tzinfo=timezone(timedelta(hours=2))),
    "Status": "UPDATE_FAILED",
    "StatusMessage": "The manifest file contains images from multiple S3 buckets.",
    "StatusMessageCode": "CLIENT_ERROR",
    "DatasetStats": {"ErrorEntries": 1, "LabeledEntries": 14, "TotalEntries": 15, "TotalLabels": 9},
}


def test_a_moment_is_utc_to_the_millisecond_whatever_zone_it_came_in() -> None:
    assert Dataset.from_description("arn", DESCRIPTION).updated == "2026-11-23T10:00:00.406+00:00"


def test_what_the_service_leaves_out_counts_as_none() -> None:
    bare = Dataset.from_description("arn", {})
    assert (bare.status, bare.status_message, bare.updated, bare.entries, bare.errors) == ("", "", "", 0, 0)


def test_the_workflow_carries_everything_there_and_back() -> None:
    before = Dataset.from_description("arn", DESCRIPTION)
    assert Dataset.from_state(before.as_state()) == before


def test_of_a_long_status_message_the_beginning_is_kept() -> None:
    found = Dataset.from_description("arn", {"StatusMessage": "Sorry. " + "x" * 300_000})
    assert len(found.status_message) == 2_000
    assert found.status_message.startswith("Sorry. x")
