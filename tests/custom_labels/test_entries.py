"""Entries and labels of a dataset: filters, pages, updates."""

import json
import time
from typing import Any

import pytest

from local.custom_labels.clock import Clock
from local.custom_labels.operations.call import Caller
from local.custom_labels.service import CustomLabels
from local.custom_labels.settings import Settings
from local.custom_labels.wire import handle
from tests.support.workbench import Workbench, boxed, classified, images, refusal

WITHOUT_CONFIDENCE = classified("folder/broken.jpg", "rusty").replace('"confidence": 1, ', "")
MIXED = [
    classified("folder/a.jpg", "rusty"),
    classified("folder/b.jpg", "rusty", "wet"),
    boxed("folder/c.png", "bolt", "nut", "bolt"),
    classified("plain.jpg"),
    WITHOUT_CONFIDENCE,
]


def names(entries: list[dict[str, Any]]) -> list[str]:
    return [entry["source-ref"].rpartition("/")[2].partition(".")[0] for entry in entries]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ["a", "b", "c", "plain", "broken"]),
        ({"ContainsLabels": ["wet"]}, ["b"]),
        ({"ContainsLabels": ["wet", "bolt"]}, ["b", "c"]),
        ({"ContainsLabels": ["we"]}, []),
        ({"Labeled": True}, ["a", "b", "c", "broken"]),
        ({"Labeled": False}, ["plain"]),
        ({"HasErrors": True}, ["broken"]),
        ({"HasErrors": False}, ["a", "b", "c", "plain", "broken"]),
        ({"SourceRefContains": "folder/"}, ["a", "b", "c", "broken"]),
        ({"SourceRefContains": "images/folder/c.p"}, ["c"]),
        ({"SourceRefContains": "FOLDER"}, []),
        ({"SourceRefContains": "folder/", "Labeled": True, "ContainsLabels": ["rusty"]}, ["a", "b"]),
    ],
)
def test_filters_select_entries(bench: Workbench, project: str, filters: dict[str, Any], expected: list[str]) -> None:
    arn = bench.create(project, "TRAIN", MIXED)
    assert names(bench.entries(arn, **filters)) == expected


def test_a_setting_lists_no_errors_for_has_errors_false(bench: Workbench, project: str) -> None:
    bench.aws.configure(has_errors_false="without_errors")
    arn = bench.create(project, "TRAIN", MIXED)
    assert names(bench.entries(arn, HasErrors=False)) == ["a", "b", "c", "plain"]


def test_a_listed_entry_is_the_line_with_the_services_metadata(bench: Workbench, project: str) -> None:
    arn = bench.create(project, "TRAIN", MIXED)
    listed = bench.entries(arn)
    assert listed[0] == {**json.loads(MIXED[0]), "cl-metadata": {"is_labeled": True}}
    assert listed[3] == {**json.loads(MIXED[3]), "cl-metadata": {"is_labeled": False}}


def test_labels_count_images_and_images_with_boxes(bench: Workbench, project: str) -> None:
    arn = bench.create(project, "TRAIN", [*MIXED, classified("d.jpg", "bolt")])
    assert bench.labels(arn) == {
        "rusty": {"EntryCount": 2},
        "wet": {"EntryCount": 1},
        "bolt": {"EntryCount": 2, "BoundingBoxCount": 1},
        "nut": {"EntryCount": 1, "BoundingBoxCount": 1},
    }
    stats = bench.describe(arn)["DatasetStats"]
    assert stats == {"TotalEntries": 6, "LabeledEntries": 5, "TotalLabels": 4, "ErrorEntries": 1}


def test_a_declared_label_counts_although_no_box_uses_it(bench: Workbench, project: str) -> None:
    line = json.loads(boxed("a.jpg", "bolt"))
    line["boxes-metadata"]["class-map"]["7"] = "washer"
    arn = bench.create(project, "TRAIN", [json.dumps(line)])
    assert bench.describe(arn)["DatasetStats"]["TotalLabels"] == 2
    assert bench.labels(arn)["washer"] == {"EntryCount": 0}


def test_pages_hold_every_entry_once_and_in_order(bench: Workbench, project: str) -> None:
    lines = images(25)
    arn = bench.create(project, "TRAIN", lines)
    listed = bench.entries(arn, PaginationConfig={"PageSize": 7})
    assert [entry["source-ref"] for entry in listed] == [json.loads(line)["source-ref"] for line in lines]


def test_a_page_has_100_entries_by_default(bench: Workbench, project: str) -> None:
    arn = bench.create(project, "TRAIN", images(101))
    page = bench.rekognition.list_dataset_entries(DatasetArn=arn, NextToken="")
    assert len(page["DatasetEntries"]) == 100
    last = bench.rekognition.list_dataset_entries(DatasetArn=arn, NextToken=page["NextToken"], MaxResults=1)
    assert len(last["DatasetEntries"]) == 1
    assert "NextToken" not in last


def test_the_last_matching_page_has_no_token(bench: Workbench, project: str) -> None:
    arn = bench.create(project, "TRAIN", [*images(3), classified("a.jpg", "wet"), *images(3, first=3)])
    page = bench.rekognition.list_dataset_entries(DatasetArn=arn, ContainsLabels=["wet"], MaxResults=1)
    assert "NextToken" not in page


def test_a_setting_gives_the_last_page_an_empty_token(bench: Workbench, project: str) -> None:
    bench.aws.configure(end_of_pages="empty")
    arn = bench.create(project, "TRAIN", images(3))
    assert bench.rekognition.list_dataset_entries(DatasetArn=arn)["NextToken"] == ""
    assert bench.rekognition.list_dataset_labels(DatasetArn=arn)["NextToken"] == ""
    assert len(bench.entries(arn, PaginationConfig={"PageSize": 2})) == 3


def test_a_token_belongs_to_its_dataset_operation_and_filter(bench: Workbench, project: str) -> None:
    train = bench.begin(project, "TRAIN", [*images(3), *images(3, "wet")])
    test = bench.create(project, "TEST", images(3))
    list_entries, list_labels = bench.rekognition.list_dataset_entries, bench.rekognition.list_dataset_labels
    token = list_entries(DatasetArn=train, MaxResults=1)["NextToken"]
    invalid = "InvalidPaginationTokenException"
    assert refusal(list_entries, DatasetArn=test, NextToken=token) == invalid
    assert refusal(list_entries, DatasetArn=train, NextToken=token, Labeled=True) == invalid
    assert refusal(list_labels, DatasetArn=train, NextToken=token) == invalid
    assert refusal(list_entries, DatasetArn=train, NextToken=token[:-3]) == invalid


def test_an_update_replaces_and_adds_entries(bench: Workbench, project: str) -> None:
    arn = bench.create(project, "TRAIN", images(3))
    bench.update(arn, classified("rusty-1.jpg", "wet"), classified("new.jpg", "wet"))
    assert bench.status(arn) == "UPDATE_IN_PROGRESS"
    assert bench.total(arn) == 3
    bench.finish()
    assert bench.status(arn) == "UPDATE_COMPLETE"
    assert names(bench.entries(arn)) == ["rusty-0", "rusty-1", "rusty-2", "new"]
    assert bench.labels(arn) == {"rusty": {"EntryCount": 2}, "wet": {"EntryCount": 2}}


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["no JSON"], "The manifest file has too many terminal errors."),
        (
            [classified("a.jpg", "wet", bucket="elsewhere")],
            "The manifest file contains images from multiple S3 buckets.",
        ),
        ([classified(f"{n}.jpg", f"label {n}") for n in range(250)], "The manifest file has too many labels."),
    ],
)
def test_a_failed_update_leaves_the_entries_and_the_stats(
    bench: Workbench, project: str, lines: list[str], message: str
) -> None:
    arn = bench.create(project, "TRAIN", images(3))
    before = bench.describe(arn)
    bench.update(arn, *lines)
    bench.finish()
    after = bench.describe(arn)
    assert (after["Status"], after["StatusMessageCode"]) == ("UPDATE_FAILED", "CLIENT_ERROR")
    assert after["StatusMessage"] == message
    assert after["DatasetStats"] == before["DatasetStats"]
    assert after["LastUpdatedTimestamp"] > before["LastUpdatedTimestamp"]


def test_updates_cannot_exceed_the_number_of_entries(bench: Workbench, project: str) -> None:
    bench.aws.configure(max_entries=4)
    arn = bench.create(project, "TRAIN", images(3))
    bench.update(arn, *images(2, first=2))
    bench.finish()
    assert (bench.status(arn), bench.total(arn)) == ("UPDATE_COMPLETE", 4)
    bench.update(arn, *images(1, first=9))
    bench.finish()
    assert (bench.status(arn), bench.total(arn)) == ("UPDATE_FAILED", 4)


def test_an_export_can_be_imported_again(bench: Workbench, project: str) -> None:
    """Listed lines have the service's own members. An import replaces them."""
    train = bench.create(project, "TRAIN", MIXED)
    pages = bench.rekognition.get_paginator("list_dataset_entries").paginate(DatasetArn=train)
    test = bench.create(project, "TEST", [entry for page in pages for entry in page["DatasetEntries"]])
    assert bench.entries(test) == bench.entries(train)
    assert bench.describe(test)["DatasetStats"] == bench.describe(train)["DatasetStats"]


def test_every_entry_can_be_listed_however_deeply_nested(bench: Workbench, project: str) -> None:
    """Python limits how deep it decodes and encodes. The import decodes, the listing does both."""
    depths = [*range(900, 1000), *range(1000, 48_000, 1000)]
    nested = [f'{{"source-ref": "s3://images/{depth}.jpg", "x": {"[" * depth}{"]" * depth}}}' for depth in depths]
    arn = bench.create(project, "TRAIN")
    bench.update(arn, *images(1000), *nested)
    bench.finish()
    pages = bench.rekognition.get_paginator("list_dataset_entries").paginate(DatasetArn=arn)
    assert bench.total(arn) > 1000
    assert sum(len(page["DatasetEntries"]) for page in pages) == bench.total(arn)


def test_the_last_page_is_as_fast_as_the_first() -> None:
    """Without HTTP, because its own time would hide the difference."""
    lines = "\n".join(json.dumps({"source-ref": f"s3://images/{number}.jpg"}) for number in range(250_000))
    service = CustomLabels(clock=Clock(), settings=Settings(creation_seconds=0), put_event=lambda _event: None)
    caller = Caller(
        "1" * 12, "us-east-1", "arn:aws:iam::111111111111:root", "", "", "", allow, lambda *_: lines.encode()
    )

    def call(operation: str, **parameters: Any) -> dict[str, Any]:
        _, _, body = handle(service, f"RekognitionService.{operation}", json.dumps(parameters).encode(), caller)
        response: dict[str, Any] = json.loads(body)
        return response

    project = call("CreateProject", ProjectName="large")["ProjectArn"]
    source = {"GroundTruthManifest": {"S3Object": {"Bucket": "bucket", "Name": "large.manifest"}}}
    dataset = call("CreateDataset", ProjectArn=project, DatasetType="TRAIN", DatasetSource=source)["DatasetArn"]
    costs: list[float] = []
    token = ""
    while token or not costs:
        began = time.perf_counter()
        page = call("ListDatasetEntries", DatasetArn=dataset, Labeled=False, NextToken=token)
        costs.append(time.perf_counter() - began)
        token = page.get("NextToken", "")
    assert len(costs) == 2500
    assert min(costs[-20:]) < 3 * min(costs[:20])


def allow(_action: str, _arn: str) -> None:
    """IAM that allows everything."""


@pytest.mark.parametrize("member", ['"err\\u006frs": 3', '"a": {"err\\u006frs": {}}', '"cl\\u002dmetadata": 3'])
def test_the_services_members_are_removed_even_if_written_with_escapes(
    bench: Workbench, project: str, member: str
) -> None:
    arn = bench.create(project, "TRAIN")
    bench.update(arn, f'{{"source-ref": "s3://images/1.jpg", {member}}}')
    bench.finish()
    (listed,) = bench.rekognition.list_dataset_entries(DatasetArn=arn)["DatasetEntries"]
    assert listed.count("cl-metadata") == 1
