"""Datasets of the Custom Labels service: creation, statuses, allowed operations, deletion."""

import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.support.roles import Role
from tests.support.workbench import Workbench, classified, images, refusal

IN_USE, NOT_READY, EXISTS = "ResourceInUseException", "ResourceNotReadyException", "ResourceAlreadyExistsException"


def attempt(bench: Workbench, verb: str, arn: str, test: str = "") -> Any:
    """The error of an operation on a dataset; None if it is accepted."""
    operations: dict[str, tuple[Any, dict[str, Any]]] = {
        "delete": (bench.rekognition.delete_dataset, {"DatasetArn": arn}),
        "list": (bench.rekognition.list_dataset_entries, {"DatasetArn": arn}),
        "labels": (bench.rekognition.list_dataset_labels, {"DatasetArn": arn}),
        "update": (
            bench.rekognition.update_dataset_entries,
            {"DatasetArn": arn, "Changes": {"GroundTruth": classified("new.jpg", "rusty").encode()}},
        ),
        "distribute": (
            bench.rekognition.distribute_dataset_entries,
            {"Datasets": [{"Arn": arn}, {"Arn": test}]},
        ),
    }
    operation, parameters = operations[verb]
    try:
        operation(**parameters)
    except bench.rekognition.exceptions.ClientError as error:
        return error.response["Error"]["Code"]
    return None


def bring_to(bench: Workbench, project: str, status: str) -> str:
    """The ARN of a training dataset in a status."""
    content: Any = b"\xff" if status == "CREATE_FAILED" else images(10)
    arn = bench.begin(project, "TRAIN", content)
    if status != "CREATE_IN_PROGRESS":
        bench.finish()
    if status == "UPDATE_FAILED":
        bench.update(arn, "no JSON")
        bench.finish()
    if status == "UPDATE_IN_PROGRESS":
        bench.update(arn, classified("more.jpg", "rusty"))
    if status == "DELETE_IN_PROGRESS":
        bench.rekognition.delete_dataset(DatasetArn=arn)
    assert bench.status(arn) == status
    return arn


def test_a_dataset_arn_has_its_projects_name_without_its_timestamp(bench: Workbench, project: str) -> None:
    arn = bench.begin(project, "TRAIN")
    name = project.split("/")[1]
    assert re.fullmatch(rf"arn:aws:rekognition:us-east-1:123456789012:project/{name}/dataset/train/\d{{13}}", arn)
    assert project.rpartition("/")[2] not in arn


def test_a_dataset_id_is_not_later_than_its_creation(bench: Workbench, project: str) -> None:
    arn = bench.begin(project, "TEST", images(3))
    created = bench.describe(arn)["CreationTimestamp"].timestamp()
    assert 0 <= round(created * 1000) - int(arn.rpartition("/")[2]) < 60_000


def test_an_empty_dataset_is_create_in_progress_first(bench: Workbench, project: str) -> None:
    arn = bench.begin(project, "TRAIN")
    assert bench.status(arn) == "CREATE_IN_PROGRESS"
    bench.finish()
    description = bench.describe(arn)
    assert (description["Status"], description["StatusMessageCode"]) == ("CREATE_COMPLETE", "SUCCESS")
    assert set(description["DatasetStats"].values()) == {0}


def test_a_manifest_becomes_entries_only_when_the_creation_is_complete(bench: Workbench, project: str) -> None:
    arn = bench.begin(project, "TRAIN", [*images(3), classified("plain.jpg")])
    assert bench.total(arn) == 0
    bench.finish()
    description = bench.describe(arn)
    assert description["StatusMessage"] == "The dataset was successfully created from the manifest file."
    assert description["DatasetStats"] == {
        "LabeledEntries": 3,
        "TotalEntries": 4,
        "TotalLabels": 1,
        "ErrorEntries": 0,
    }


def test_a_creation_finishes_on_time(bench: Workbench, project: str) -> None:
    arn = bench.begin(project, "TRAIN")
    bench.aws.advance(50)
    assert bench.status(arn) == "CREATE_IN_PROGRESS"
    bench.aws.advance(10)
    assert bench.status(arn) == "CREATE_COMPLETE"


def test_last_updated_is_the_end_of_a_change(bench: Workbench, project: str) -> None:
    arn = bench.begin(project, "TRAIN")
    created = bench.describe(arn)["CreationTimestamp"]
    bench.aws.advance(1000)
    assert (bench.describe(arn)["LastUpdatedTimestamp"] - created).total_seconds() == pytest.approx(60, abs=0.01)


@pytest.mark.parametrize(
    ("answer", "begun", "succeeded", "failed"),
    [("start_and_end", 0, 60, 60), ("end", None, 60, 60), ("start", 0, 0, 0), ("success", None, 60, None)],
)
def test_a_setting_decides_when_last_updated_moves(
    bench: Workbench, project: str, answer: str, begun: int | None, succeeded: int | None, failed: int | None
) -> None:
    """The numbers are seconds since the change began; None if the timestamp does not move."""
    bench.aws.configure(last_updated=answer)
    arn = bench.create(project, "TRAIN", images(2))
    for line, afterwards in ((images(1)[0], succeeded), (classified("elsewhere.jpg", bucket="elsewhere"), failed)):
        before = bench.describe(arn)["LastUpdatedTimestamp"]
        bench.update(arn, line)
        moves = [bench.describe(arn)["LastUpdatedTimestamp"]]
        bench.finish()
        moves.append(bench.describe(arn)["LastUpdatedTimestamp"])
        assert [moved > before for moved in moves] == [seconds is not None for seconds in (begun, afterwards)]
        if begun is not None and afterwards is not None:
            assert (moves[1] - moves[0]).total_seconds() == pytest.approx(afterwards - begun, abs=0.01)
        bench.aws.advance(1)


def test_a_setting_makes_timestamps_whole_seconds(bench: Workbench, project: str) -> None:
    bench.aws.configure(timestamps="seconds")
    arn = bench.create(project, "TRAIN")
    (described,) = bench.rekognition.describe_projects()["ProjectDescriptions"]
    shown = [bench.describe(arn)[f"{name}Timestamp"] for name in ("Creation", "LastUpdated")]
    shown += [described["CreationTimestamp"], described["Datasets"][0]["CreationTimestamp"]]
    assert [moment.microsecond for moment in shown] == [0] * 4


def stale_for(bench: Workbench, seconds: float, **settings: Any) -> None:
    bench.aws.configure(stale_status_seconds=seconds, **settings)


def test_a_stale_read_shows_the_earlier_state_for_its_time(bench: Workbench, project: str) -> None:
    stale_for(bench, 30)
    arn = bench.create(project, "TRAIN", images(2))
    before = bench.describe(arn)
    bench.update(arn, *images(3))
    assert bench.describe(arn) == before
    assert attempt(bench, "delete", arn) == "ResourceInUseException"
    bench.aws.advance(30)
    assert bench.status(arn) == "UPDATE_IN_PROGRESS"


def test_a_read_can_be_stale_after_the_change_has_finished(bench: Workbench, project: str) -> None:
    stale_for(bench, 90)
    arn = bench.create(project, "TRAIN", images(2))
    before = bench.describe(arn)
    bench.update(arn, *images(3))
    bench.finish()
    assert bench.describe(arn) == before
    assert len(bench.entries(arn)) == 3
    bench.aws.advance(30)
    after = bench.describe(arn)
    assert (after["Status"], after["DatasetStats"]["TotalEntries"]) == ("UPDATE_COMPLETE", 3)
    assert (after["LastUpdatedTimestamp"] - before["LastUpdatedTimestamp"]).total_seconds() > 60


@pytest.mark.parametrize(
    ("stale", "statuses"),
    [
        ("both", ["CREATE_COMPLETE", "CREATE_COMPLETE"]),
        ("train", ["CREATE_COMPLETE", "UPDATE_IN_PROGRESS"]),
        ("test", ["UPDATE_IN_PROGRESS", "CREATE_COMPLETE"]),
    ],
)
def test_a_setting_makes_reads_of_one_dataset_stale(
    bench: Workbench, project: str, stale: str, statuses: list[str]
) -> None:
    stale_for(bench, 30, stale_datasets=stale)
    pair = bench.pair(project, images(10))
    bench.distribute(*pair)
    assert [bench.status(arn) for arn in pair] == statuses


def test_a_setting_delays_the_counts(bench: Workbench, project: str) -> None:
    arn = bench.create(project, "TRAIN", images(2))
    bench.aws.configure(stats_late_seconds=30)
    bench.update(arn, *images(3))
    bench.finish()
    assert (bench.status(arn), bench.total(arn)) == ("UPDATE_COMPLETE", 2)
    bench.aws.advance(30)
    assert bench.total(arn) == 3


def test_settings_decide_about_status_messages_and_codes(bench: Workbench, project: str) -> None:
    arn = bench.begin(project, "TRAIN")
    assert bench.describe(arn)["StatusMessage"]
    assert bench.describe(arn)["StatusMessageCode"] == "SUCCESS"
    bench.aws.configure(in_progress_message="absent", in_progress_message_code="absent")
    assert not {"StatusMessage", "StatusMessageCode"} & bench.describe(arn).keys()
    bench.finish()
    bench.aws.configure(success_message_code="absent")
    assert "StatusMessageCode" not in bench.describe(arn)


def test_a_project_has_one_dataset_of_each_type(bench: Workbench, project: str) -> None:
    bench.begin(project, "TRAIN")
    again = {"ProjectArn": project, "DatasetType": "TRAIN"}
    assert refusal(bench.rekognition.create_dataset, **again) == "ResourceAlreadyExistsException"
    bench.begin(project, "TEST")
    bench.finish()
    assert refusal(bench.rekognition.create_dataset, **again) == "ResourceAlreadyExistsException"


def test_one_of_several_creations_at_once_succeeds(bench: Workbench, project: str) -> None:
    """The service parses a manifest without the lock, so all calls reach that point."""
    source = bench.put(images(2000))

    def outcome(_number: int) -> str | None:
        try:
            bench.rekognition.create_dataset(ProjectArn=project, DatasetType="TRAIN", DatasetSource=source)
        except bench.rekognition.exceptions.ResourceAlreadyExistsException:
            return EXISTS
        return None

    with ThreadPoolExecutor(4) as pool:
        assert Counter(pool.map(outcome, range(4))) == {None: 1, EXISTS: 3}
    assert len(bench.rekognition.describe_projects()["ProjectDescriptions"][0]["Datasets"]) == 1


def test_a_failed_dataset_keeps_its_place_until_it_is_deleted(bench: Workbench, project: str) -> None:
    arn = bring_to(bench, project, "CREATE_FAILED")
    parameters = {"ProjectArn": project, "DatasetType": "TRAIN"}
    assert refusal(bench.rekognition.create_dataset, **parameters) == "ResourceAlreadyExistsException"
    bench.rekognition.delete_dataset(DatasetArn=arn)
    bench.finish()
    assert bench.create(project, "TRAIN") != arn


def test_a_deleted_dataset_is_in_progress_and_then_not_found(bench: Workbench, project: str) -> None:
    arn = bring_to(bench, project, "DELETE_IN_PROGRESS")
    bench.finish()
    assert refusal(bench.rekognition.describe_dataset, DatasetArn=arn) == "ResourceNotFoundException"
    assert bench.rekognition.describe_projects()["ProjectDescriptions"][0]["Datasets"] == []


def test_a_setting_allows_creation_beside_a_dataset_being_deleted(bench: Workbench, project: str) -> None:
    old = bring_to(bench, project, "DELETE_IN_PROGRESS")
    parameters = {"ProjectArn": project, "DatasetType": "TRAIN"}
    assert refusal(bench.rekognition.create_dataset, **parameters) == "ResourceAlreadyExistsException"
    bench.aws.configure(create_while_deleting="accept")
    new = bench.create(project, "TRAIN")
    assert bench.status(new) == "CREATE_COMPLETE"
    assert refusal(bench.rekognition.describe_dataset, DatasetArn=old) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    ("status", "delete", "update", "list_", "distribute"),
    [
        ("CREATE_IN_PROGRESS", IN_USE, IN_USE, NOT_READY, NOT_READY),
        ("UPDATE_IN_PROGRESS", IN_USE, IN_USE, IN_USE, NOT_READY),
        ("CREATE_COMPLETE", None, None, None, None),
        ("CREATE_FAILED", None, IN_USE, NOT_READY, NOT_READY),
        ("UPDATE_FAILED", None, None, None, None),
        ("DELETE_IN_PROGRESS", IN_USE, IN_USE, IN_USE, NOT_READY),
    ],
)
def test_each_status_allows_its_operations(
    bench: Workbench, project: str, status: str, delete: Any, update: Any, list_: Any, distribute: Any
) -> None:
    """Reads come first, so that an accepted operation does not change the status for the next one."""
    test = bench.create(project, "TEST")
    arn = bring_to(bench, project, status)
    assert attempt(bench, "list", arn) == list_
    assert attempt(bench, "labels", arn) == list_
    assert attempt(bench, "distribute", arn, test) == distribute
    if distribute is None:
        bench.finish()
    assert attempt(bench, "update", arn) == update
    if update is None:
        bench.finish()
    assert attempt(bench, "delete", arn) == delete


@pytest.mark.parametrize(
    ("status", "setting", "verb"),
    [
        ("CREATE_IN_PROGRESS", "list_while_creating", "list"),
        ("UPDATE_IN_PROGRESS", "list_while_updating", "list"),
        ("DELETE_IN_PROGRESS", "list_while_deleting", "list"),
        ("CREATE_IN_PROGRESS", "distribute_while_creating", "distribute"),
        ("UPDATE_IN_PROGRESS", "distribute_while_updating", "distribute"),
        ("DELETE_IN_PROGRESS", "distribute_while_deleting", "distribute"),
        ("CREATE_FAILED", "delete_after_failed_creation", "delete"),
        ("UPDATE_FAILED", "update_after_failed_update", "update"),
    ],
)
@pytest.mark.parametrize("code", [IN_USE, NOT_READY])
def test_a_setting_names_the_error_of_a_status(
    bench: Workbench, project: str, status: str, setting: str, verb: str, code: str
) -> None:
    test = bench.create(project, "TEST")
    arn = bring_to(bench, project, status)
    bench.aws.configure(**{setting: code})
    assert attempt(bench, verb, arn, test) == code


def test_a_setting_lets_an_update_end_an_empty_creation(bench: Workbench, project: str) -> None:
    bench.aws.configure(update_empty_while_creating="accept")
    empty, full = bench.begin(project, "TRAIN"), bench.begin(project, "TEST", images(2))
    bench.update(empty, *images(3))
    assert bench.status(empty) == "UPDATE_IN_PROGRESS"
    assert attempt(bench, "update", full) == IN_USE
    bench.finish()
    assert (bench.status(empty), bench.total(empty)) == ("UPDATE_COMPLETE", 3)


def test_a_copy_has_the_entries_of_its_source(bench: Workbench, project: str) -> None:
    source = bench.create(project, "TRAIN", [*images(3), classified("bad.jpg", "rusty").replace('"yes"', '"maybe"')])
    other = bench.rekognition.create_project(ProjectName="other")["ProjectArn"]
    copy = bench.rekognition.create_dataset(ProjectArn=other, DatasetType="TEST", DatasetSource={"DatasetArn": source})[
        "DatasetArn"
    ]
    bench.finish()
    assert bench.describe(copy)["DatasetStats"] == bench.describe(source)["DatasetStats"]
    assert bench.entries(copy) == bench.entries(source)
    bench.update(source, classified("later.jpg", "rusty"))
    bench.finish()
    assert (bench.total(source), bench.total(copy)) == (5, 4)


def test_a_copy_needs_a_source_that_can_be_listed(bench: Workbench, project: str) -> None:
    source = bench.begin(project, "TRAIN", images(3))
    copy = {"ProjectArn": project, "DatasetType": "TEST", "DatasetSource": {"DatasetArn": source}}
    assert refusal(bench.rekognition.create_dataset, **copy) == "InvalidParameterException"
    missing = {**copy, "DatasetSource": {"DatasetArn": source + "0"}}
    assert refusal(bench.rekognition.create_dataset, **missing) == "ResourceNotFoundException"


S3_OBJECT = {"S3Object": {"Bucket": "bucket", "Name": "name"}}
DATASET_ARN = "arn:aws:rekognition:us-east-1:123456789012:project/p/dataset/train/1795166142001"


@pytest.mark.parametrize(
    "source",
    [
        {},
        {"GroundTruthManifest": S3_OBJECT, "DatasetArn": DATASET_ARN},
        {"GroundTruthManifest": {}},
        {"GroundTruthManifest": {"S3Object": {"Bucket": "bucket"}}},
        {"GroundTruthManifest": {"S3Object": {"Name": "name"}}},
    ],
)
def test_a_source_is_either_a_manifest_or_a_dataset(bench: Workbench, project: str, source: dict[str, Any]) -> None:
    parameters = {"ProjectArn": project, "DatasetType": "TRAIN", "DatasetSource": source}
    assert refusal(bench.rekognition.create_dataset, **parameters) == "InvalidParameterException"


def test_a_setting_limits_creations_at_the_same_time(bench: Workbench, project: str) -> None:
    bench.aws.configure(max_concurrent_changes=1)
    bench.begin(project, "TRAIN")
    parameters = {"ProjectArn": project, "DatasetType": "TEST"}
    assert refusal(bench.rekognition.create_dataset, **parameters) == "LimitExceededException"
    bench.finish()
    bench.rekognition.create_dataset(**parameters)


def test_a_copy_needs_permission_to_list_its_source(bench: Workbench, project: str) -> None:
    """CreateDataset, Operations: to copy "you also require permission to perform ListDatasetEntries"."""
    source = bench.create(project, "TRAIN", images(2))
    limited = Role(bench.aws, {"Action": "rekognition:CreateDataset"}).client("rekognition")
    parameters = {"ProjectArn": project, "DatasetType": "TEST"}
    copy = {**parameters, "DatasetSource": {"DatasetArn": source}}
    assert refusal(limited.create_dataset, **copy) == "AccessDeniedException"
    assert refusal(limited.create_dataset, **parameters, Tags={"a": "b"}) == "AccessDeniedException"
    limited.create_dataset(**parameters)
