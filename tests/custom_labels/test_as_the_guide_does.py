"""The API used as the scripts of AWS's guide use it: what they read right after a call, and how they wait.

"Managing datasets" and "Managing an Amazon Rekognition Custom Labels project", Custom Labels Developer Guide.
"""

from collections.abc import Callable

import pytest

from tests.support.workbench import Workbench, classified, images, refusal

POLL_SECONDS = 5.0
MOST_POLLS = 20


def wait_for(bench: Workbench, arn: str, change: str) -> str:
    """Poll until the change has ended, and read Status and StatusMessage each time. Returns the last Status."""
    for _ in range(MOST_POLLS):
        description = bench.rekognition.describe_dataset(DatasetArn=arn)["DatasetDescription"]
        assert description["StatusMessage"], description
        if description["Status"] != f"{change}_IN_PROGRESS":
            return str(description["Status"])
        bench.aws.advance(POLL_SECONDS)
    raise AssertionError(f"{arn} is still {change}_IN_PROGRESS.")


def list_as_the_guide(bench: Workbench, arn: str, *, errors_only: bool) -> list[str]:
    """The first page is asked for with an empty token; the last page has none."""
    entries: list[str] = []
    token: str | None = ""
    while token is not None:
        page = bench.rekognition.list_dataset_entries(
            DatasetArn=arn, HasErrors=errors_only, MaxResults=2, NextToken=token
        )
        entries += page["DatasetEntries"]
        token = page.get("NextToken")
    return entries


@pytest.mark.assumes("in_progress_message", "stale_status_seconds")
def test_each_poll_after_a_change_has_a_message(bench: Workbench, project: str) -> None:
    train = bench.begin(project, "TRAIN", images(10))
    assert wait_for(bench, train, "CREATE") == "CREATE_COMPLETE"
    test = bench.begin(project, "TEST")
    assert wait_for(bench, test, "CREATE") == "CREATE_COMPLETE"
    bench.update(train, *images(5, "wet"))
    assert wait_for(bench, train, "UPDATE") == "UPDATE_COMPLETE"
    bench.distribute(train, test)
    assert [wait_for(bench, arn, "UPDATE") for arn in (train, test)] == ["UPDATE_COMPLETE"] * 2
    copy = bench.rekognition.create_project(ProjectName="copy")["ProjectArn"]
    source = {"DatasetArn": train}
    copied = bench.rekognition.create_dataset(ProjectArn=copy, DatasetType="TRAIN", DatasetSource=source)
    assert wait_for(bench, copied["DatasetArn"], "CREATE") == "CREATE_COMPLETE"


@pytest.mark.assumes("in_progress_message", "in_progress_message_code", "success_message_code")
def test_every_description_has_a_message_and_a_code(bench: Workbench, project: str) -> None:
    """In each status that a dataset goes through, in DescribeProjects and in DescribeDataset."""
    train = bench.begin(project, "TRAIN", images(10))
    test = bench.begin(project, "TEST")
    steps: list[Callable[[], object]] = [
        lambda: None,
        bench.finish,
        lambda: bench.distribute(train, test),
        bench.finish,
        lambda: bench.update(train, "no JSON"),
        bench.finish,
        lambda: bench.rekognition.delete_dataset(DatasetArn=train),
    ]
    seen: set[str] = set()
    for step in steps:
        step()
        (described,) = bench.rekognition.describe_projects(ProjectNames=[project.split("/")[1]])["ProjectDescriptions"]
        for dataset in described["Datasets"]:
            assert dataset["StatusMessage"], dataset
            assert dataset["StatusMessageCode"] in ("SUCCESS", "CLIENT_ERROR"), dataset
            assert bench.describe(dataset["DatasetArn"])["StatusMessageCode"] == dataset["StatusMessageCode"]
            seen.add(dataset["Status"])
    assert seen == {
        *("CREATE_IN_PROGRESS", "CREATE_COMPLETE", "UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_FAILED"),
        "DELETE_IN_PROGRESS",
    }


@pytest.mark.assumes("end_of_pages", "has_errors_false")
def test_entries_are_listed_until_a_page_has_no_token(bench: Workbench, project: str) -> None:
    faulty = classified("faulty.jpg", "wet").replace('"confidence": 1, ', "")
    train = bench.create(project, "TRAIN", [*images(4), faulty])
    assert len(list_as_the_guide(bench, train, errors_only=False)) == 5
    (listed,) = list_as_the_guide(bench, train, errors_only=True)
    assert "faulty.jpg" in listed


@pytest.mark.assumes("unknown_project_names")
def test_a_deletion_has_ended_when_nothing_is_described(bench: Workbench, project: str) -> None:
    train = bench.create(project, "TRAIN")
    bench.rekognition.delete_dataset(DatasetArn=train)
    assert bench.status(train) == "DELETE_IN_PROGRESS"
    bench.finish()
    assert refusal(bench.rekognition.describe_dataset, DatasetArn=train) == "ResourceNotFoundException"
    name = project.split("/")[1]
    assert bench.rekognition.delete_project(ProjectArn=project)["Status"] == "DELETING"
    assert len(bench.rekognition.describe_projects(ProjectNames=[name])["ProjectDescriptions"]) == 1
    bench.finish()
    assert bench.rekognition.describe_projects(ProjectNames=[name])["ProjectDescriptions"] == []
