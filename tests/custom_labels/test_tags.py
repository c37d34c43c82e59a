"""Tags of projects and datasets."""

import pytest

from tests.support.workbench import Workbench, refusal


def tags_of(bench: Workbench, arn: str) -> dict[str, str]:
    tags: dict[str, str] = bench.rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"]
    return tags


def test_tags_are_added_replaced_and_removed(bench: Workbench, project: str) -> None:
    assert tags_of(bench, project) == {}
    bench.rekognition.tag_resource(ResourceArn=project, Tags={"team": "a", "stage": "x"})
    bench.rekognition.tag_resource(ResourceArn=project, Tags={"team": "b"})
    assert tags_of(bench, project) == {"team": "b", "stage": "x"}
    bench.rekognition.untag_resource(ResourceArn=project, TagKeys=["stage", "unknown"])
    assert tags_of(bench, project) == {"team": "b"}


def test_projects_and_datasets_are_created_with_tags(bench: Workbench) -> None:
    project = bench.rekognition.create_project(ProjectName="tagged", Tags={"a": ""})["ProjectArn"]
    dataset = bench.rekognition.create_dataset(ProjectArn=project, DatasetType="TRAIN", Tags={"größe": "1 + 1 = 2"})
    assert tags_of(bench, project) == {"a": ""}
    assert tags_of(bench, dataset["DatasetArn"]) == {"größe": "1 + 1 = 2"}


def test_a_new_project_of_an_old_name_has_no_tags(bench: Workbench) -> None:
    old = bench.rekognition.create_project(ProjectName="reborn", Tags={"a": "b"})["ProjectArn"]
    bench.rekognition.delete_project(ProjectArn=old)
    bench.finish()
    new = bench.rekognition.create_project(ProjectName="reborn")["ProjectArn"]
    assert tags_of(bench, new) == {}
    assert refusal(bench.rekognition.list_tags_for_resource, ResourceArn=old) == "ResourceNotFoundException"


@pytest.mark.parametrize(
    "tags", [{"aws:team": "a"}, {"team": "<>"}, {"te\nam": "a"}, {"k" * 129: "a"}, {"k": "v" * 257}]
)
def test_tags_outside_the_models_patterns_are_refused(bench: Workbench, project: str, tags: dict[str, str]) -> None:
    assert refusal(bench.rekognition.tag_resource, ResourceArn=project, Tags=tags) == "ValidationException"
    assert refusal(bench.rekognition.create_project, ProjectName="p", Tags=tags) == "ValidationException"


def test_a_resource_has_200_tags_at_most(bench: Workbench, project: str) -> None:
    bench.rekognition.tag_resource(ResourceArn=project, Tags={str(number): "" for number in range(200)})
    bench.rekognition.tag_resource(ResourceArn=project, Tags={"199": "again"})
    more = refusal(bench.rekognition.tag_resource, ResourceArn=project, Tags={"200": ""})
    assert more == "ServiceQuotaExceededException"
    assert len(tags_of(bench, project)) == 200


@pytest.mark.parametrize(
    ("arn", "code"),
    [
        ("arn:aws:rekognition:us-east-1:123456789012:collection/faces", "InvalidParameterException"),
        ("arn:aws:rekognition:us-east-1:123456789012:project/none/1795166142001", "ResourceNotFoundException"),
        (
            "arn:aws:rekognition:us-east-1:123456789012:project/none/dataset/test/1795166142001",
            "ResourceNotFoundException",
        ),
    ],
)
def test_a_missing_resource_has_no_tags(bench: Workbench, arn: str, code: str) -> None:
    assert refusal(bench.rekognition.list_tags_for_resource, ResourceArn=arn) == code
    assert refusal(bench.rekognition.tag_resource, ResourceArn=arn, Tags={}) == code
    assert refusal(bench.rekognition.untag_resource, ResourceArn=arn, TagKeys=[]) == code
