"""Calls to Rekognition."""

from contextlib import suppress
from typing import Any

from lambdas.rules.failures.errors import ProjectNotFound
from lambdas.rules.input.arns import parse_project_arn
from lambdas.rules.input.execution_input import Request
from lambdas.rules.pair import Dataset, Labels, Pair
from lambdas.rules.tags import AutoDistribute
from lambdas.rules.text import make_encodable
from lambdas.services.sdk import make_client

_rekognition = make_client("rekognition")
_errors = _rekognition.exceptions

MOST_READS = 3  # of a pair, if one of its datasets is deleted between DescribeProjects and DescribeDataset


def list_project_names() -> list[str]:
    """The names of all projects of the account and Region."""
    pages = _rekognition.get_paginator("describe_projects").paginate()
    arns = [parse_project_arn(each["ProjectArn"]) for page in pages for each in page["ProjectDescriptions"]]
    return [arn.project_name for arn in arns if arn]


def describe_dataset(arn: str) -> Dataset:
    """The dataset as it is now."""
    return Dataset.from_description(arn, _rekognition.describe_dataset(DatasetArn=arn)["DatasetDescription"])


def describe_pair(request: Request) -> Pair:
    """The pair of the project that the request names.

    Raises ProjectNotFound if there is no such project, or if an ARN of the request belongs to another project. An event
    may come late, so for an event or the schedule a project that no longer exists is a project without
    datasets.
    """
    for _ in range(MOST_READS - 1):
        with suppress(_errors.ResourceNotFoundException):
            return _describe_pair(request)
    return _describe_pair(request)


def _describe_pair(request: Request) -> Pair:
    for project in _describe_projects(request.project_name):
        arns = _arns_by_type(project.get("Datasets", []))
        if project["ProjectArn"] == (request.project_arn or project["ProjectArn"]):
            _require_own_datasets(request, set(arns.values()))
            return Pair(
                project_name=request.project_name,
                project_arn=project["ProjectArn"],
                training=_describe_if_exists(arns.get("TRAIN")),
                test=_describe_if_exists(arns.get("TEST")),
            )
    if not request.by_person:
        return Pair(project_name=request.project_name, project_arn=request.project_arn or "", training=None, test=None)
    raise ProjectNotFound(
        f"This account and Region have no project {request.project_arn or request.project_name}. A project that was "
        "deleted and created again has another ARN. Copy the name or the ARN from the Rekognition console."
    )


def read_auto_distribute(pair: Pair) -> AutoDistribute:
    """What the tags of the project and of its training dataset say; nothing if there is no training dataset."""
    if pair.training is None:  # the decision needs no tags, and the project may no longer exist
        return AutoDistribute()
    arns = [pair.project_arn, pair.training.arn]
    return AutoDistribute.from_tags(_read_tags(arn) for arn in arns)


def count_labels(dataset: Dataset | None) -> Labels:
    """The numbers of entries by label; None if Rekognition does not list them, for example during a change."""
    if dataset is None:
        return None
    pages = _rekognition.get_paginator("list_dataset_labels").paginate(DatasetArn=dataset.arn)
    try:
        found = [label for page in pages for label in page["DatasetLabelDescriptions"]]
    except (_errors.ResourceNotReadyException, _errors.ResourceInUseException, _errors.ResourceNotFoundException):
        return None
    return {make_encodable(label["LabelName"]): label["LabelStats"].get("EntryCount", 0) for label in found}


def distribute_dataset_entries(training_arn: str, test_arn: str) -> None:
    """Start the distribution. AWS documents no order of the datasets; its examples have the training dataset first."""
    _rekognition.distribute_dataset_entries(Datasets=[{"Arn": training_arn}, {"Arn": test_arn}])


def _read_tags(arn: str) -> dict[str, str]:
    """No tags if the resource has been deleted by now."""
    try:
        tags: dict[str, str] = _rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"]
    except _errors.ResourceNotFoundException:
        return {}
    return tags


def _describe_projects(name: str) -> list[dict[str, Any]]:
    """The projects with this name, or none. AWS does not document how Rekognition answers for an unknown name."""
    try:
        described: list[dict[str, Any]] = _rekognition.describe_projects(ProjectNames=[name])["ProjectDescriptions"]
    except (_errors.ResourceNotFoundException, _errors.InvalidParameterException):
        return []
    return described


def _arns_by_type(datasets: list[dict[str, Any]]) -> dict[str, str]:
    """The ARNs by TRAIN and TEST. A dataset that replaces one that is being deleted takes precedence."""
    last = sorted(datasets, key=lambda dataset: dataset.get("Status") != "DELETE_IN_PROGRESS")
    return {dataset["DatasetType"]: dataset["DatasetArn"] for dataset in last}


def _describe_if_exists(arn: str | None) -> Dataset | None:
    return describe_dataset(arn) if arn else None


def _require_own_datasets(request: Request, arns: set[str]) -> None:
    unknown = [arn for arn in request.dataset_arns if arn not in arns]
    if unknown and request.by_person:  # the dataset of an event may have been created again since
        raise ProjectNotFound(
            f"Project {request.project_name} has no dataset {unknown[0]}. It may have been deleted, or created again "
            "with another ARN. Copy the ARNs from the Rekognition console."
        )
