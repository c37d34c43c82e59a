"""Projects of the Custom Labels service."""

import re
from typing import Any

import pytest

from tests.support.workbench import Workbench, refusal


def describe(rekognition: Any, **parameters: Any) -> list[dict[str, Any]]:
    pages = rekognition.get_paginator("describe_projects").paginate(**parameters)
    return [project for page in pages for project in page["ProjectDescriptions"]]


def test_project_arn_ends_in_the_milliseconds_of_its_creation(bench: Workbench) -> None:
    arn = bench.rekognition.create_project(ProjectName="parts.v-1")["ProjectArn"]
    assert re.fullmatch(r"arn:aws:rekognition:us-east-1:123456789012:project/parts\.v-1/\d{13}", arn)
    [project] = describe(bench.rekognition, ProjectNames=["parts.v-1"])
    assert project["ProjectArn"] == arn
    assert project["Status"] == "CREATED"
    assert round(project["CreationTimestamp"].timestamp() * 1000) == int(arn.rpartition("/")[2])


def test_a_name_is_taken_until_its_project_is_gone(bench: Workbench) -> None:
    arn = bench.rekognition.create_project(ProjectName="taken")["ProjectArn"]
    assert refusal(bench.rekognition.create_project, ProjectName="taken") == "ResourceInUseException"
    assert bench.rekognition.delete_project(ProjectArn=arn)["Status"] == "DELETING"
    assert describe(bench.rekognition, ProjectNames=["taken"])[0]["Status"] == "DELETING"
    assert refusal(bench.rekognition.create_project, ProjectName="taken") == "ResourceInUseException"
    bench.finish()
    assert describe(bench.rekognition, ProjectNames=["taken"]) == []
    assert bench.rekognition.create_project(ProjectName="taken")["ProjectArn"] != arn


def test_a_project_with_a_dataset_is_not_deleted(bench: Workbench, project: str) -> None:
    dataset = bench.create(project, "TRAIN")
    assert refusal(bench.rekognition.delete_project, ProjectArn=project) == "ResourceInUseException"
    bench.rekognition.delete_dataset(DatasetArn=dataset)
    assert refusal(bench.rekognition.delete_project, ProjectArn=project) == "ResourceInUseException"
    bench.finish()
    bench.rekognition.delete_project(ProjectArn=project)


def test_a_project_being_deleted_accepts_no_dataset(bench: Workbench, project: str) -> None:
    bench.rekognition.delete_project(ProjectArn=project)
    assert (
        refusal(bench.rekognition.create_dataset, ProjectArn=project, DatasetType="TRAIN")
        == "ResourceNotFoundException"
    )


def test_unknown_names_are_absent(bench: Workbench) -> None:
    assert describe(bench.rekognition, ProjectNames=["missing"]) == []


def test_projects_are_listed_in_pages(bench: Workbench) -> None:
    for number in range(5):
        bench.rekognition.create_project(ProjectName=f"page-{number}")
    first = bench.rekognition.describe_projects(MaxResults=2)
    assert len(first["ProjectDescriptions"]) == 2
    names = [project["ProjectArn"].split("/")[1] for project in describe(bench.rekognition, MaxResults=2)]
    assert names == [f"page-{number}" for number in range(5)]


def test_a_token_of_another_request_is_refused(bench: Workbench) -> None:
    for number in range(2):
        bench.rekognition.create_project(ProjectName=f"token-{number}")
    token = bench.rekognition.describe_projects(MaxResults=1)["NextToken"]
    for parameters in ({"NextToken": token, "ProjectNames": ["token-0"]}, {"NextToken": "AAAA"}, {"NextToken": "é"}):
        code = refusal(bench.rekognition.describe_projects, **parameters)
        assert code == "InvalidPaginationTokenException"


def test_only_custom_labels_projects_are_listed_by_default(bench: Workbench) -> None:
    bench.rekognition.create_project(ProjectName="adapter", Feature="CONTENT_MODERATION", AutoUpdate="ENABLED")
    assert describe(bench.rekognition) == []
    [adapter] = describe(bench.rekognition, Features=["CONTENT_MODERATION"])
    assert (adapter["Feature"], adapter["AutoUpdate"]) == ("CONTENT_MODERATION", "ENABLED")


@pytest.mark.parametrize(("answer", "shown"), [("absent", None), ("present", "CUSTOM_LABELS")])
def test_a_setting_shows_the_feature_of_a_default_project(
    bench: Workbench, project: str, answer: str, shown: str | None
) -> None:
    bench.aws.configure(default_feature=answer)
    [described] = describe(bench.rekognition, ProjectNames=[project.split("/")[1]])
    assert described.get("Feature") == shown


def test_a_project_has_no_models(bench: Workbench, project: str) -> None:
    versions = bench.rekognition.describe_project_versions
    assert versions(ProjectArn=project)["ProjectVersionDescriptions"] == []
    named = versions(ProjectArn=project, VersionNames=["v1"], MaxResults=1)
    assert (named["ProjectVersionDescriptions"], named.get("NextToken")) == ([], None)
    assert refusal(versions, ProjectArn=project, NextToken="AAAA") == "InvalidPaginationTokenException"
    bench.rekognition.delete_project(ProjectArn=project)
    assert refusal(versions, ProjectArn=project) == "ResourceNotFoundException"


@pytest.mark.parametrize("parameters", [{"Feature": "CONTENT_MODERATION"}, {"AutoUpdate": "ENABLED"}])
def test_auto_update_needs_content_moderation(bench: Workbench, parameters: dict[str, str]) -> None:
    code = refusal(bench.rekognition.create_project, ProjectName="inconsistent", **parameters)
    assert code == "InvalidParameterException"


def test_a_setting_limits_the_number_of_projects(bench: Workbench) -> None:
    bench.aws.configure(max_projects=1)
    bench.rekognition.create_project(ProjectName="first")
    assert refusal(bench.rekognition.create_project, ProjectName="second") == "LimitExceededException"


@pytest.mark.parametrize(
    ("order", "types"),
    [("oldest_first", ["TEST", "TRAIN"]), ("newest_first", ["TRAIN", "TEST"]), ("train_first", ["TRAIN", "TEST"])],
)
def test_a_setting_orders_the_datasets_of_a_project(
    bench: Workbench, project: str, order: str, types: list[str]
) -> None:
    bench.aws.configure(dataset_order=order)
    bench.begin(project, "TEST")
    bench.begin(project, "TRAIN")
    [description] = describe(bench.rekognition)
    assert [dataset["DatasetType"] for dataset in description["Datasets"]] == types


@pytest.mark.parametrize("code", ["InvalidParameterException", "ResourceNotFoundException"])
def test_a_setting_refuses_names_of_no_project(bench: Workbench, project: str, code: str) -> None:
    asked = [project.split("/")[1], "missing"]
    assert len(bench.rekognition.describe_projects(ProjectNames=asked)["ProjectDescriptions"]) == 1
    bench.aws.configure(unknown_project_names=code)
    assert refusal(bench.rekognition.describe_projects, ProjectNames=asked) == code


def test_each_region_has_its_own_projects(bench: Workbench, project: str) -> None:
    ireland = bench.aws.client("rekognition", region_name="eu-west-1")
    assert describe(ireland) == []
    arn = ireland.create_project(ProjectName=project.split("/")[1])["ProjectArn"]
    assert ":eu-west-1:" in arn


@pytest.mark.parametrize("code", ["ResourceNotFoundException", "AccessDeniedException"])
def test_a_setting_names_the_error_for_another_regions_project(bench: Workbench, project: str, code: str) -> None:
    bench.aws.configure(foreign_arn_error=code)
    ireland = bench.aws.client("rekognition", region_name="eu-west-1")
    assert refusal(ireland.create_dataset, ProjectArn=project, DatasetType="TRAIN") == code
