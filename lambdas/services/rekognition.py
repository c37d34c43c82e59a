"""The Rekognition calls of the functions."""

from typing import Any

import boto3

from lambdas.rules.errors import ProjectNotFound
from lambdas.rules.execution_input import Request
from lambdas.rules.pair import Dataset, Pair
from lambdas.rules.tags import AutoDistribute
from lambdas.rules.text import make_encodable
from lambdas.services.sdk import CONFIG

_rekognition = boto3.client("rekognition", config=CONFIG)
_errors = _rekognition.exceptions


def describe_dataset(arn: str) -> Dataset:
    """The dataset as it is now."""
    return Dataset.from_description(arn, _rekognition.describe_dataset(DatasetArn=arn)["DatasetDescription"])


def describe_pair(request: Request) -> Pair:
    """The pair of the project that the request names.

    Raises ProjectNotFound when there is none, or when it is not the one whose ARNs the request gives. To an event,
    which may be late, a project that is gone by now is one without datasets.
    """
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
    if request.by_event:
        return Pair(project_name=request.project_name, project_arn=request.project_arn or "", training=None, test=None)
    raise ProjectNotFound(
        f"There is no project {request.project_arn or request.project_name} here; "
        "one that was deleted and created again has another ARN. Take its name or ARN from the Rekognition console."
    )


def read_auto_distribute(pair: Pair) -> AutoDistribute:
    """What the tags of the project and of its training dataset say."""
    if pair.training is None:  # nothing hangs on it, and the project may be gone
        return AutoDistribute()
    arns = [pair.project_arn, pair.training.arn]
    return AutoDistribute.from_tags(_rekognition.list_tags_for_resource(ResourceArn=arn)["Tags"] for arn in arns)


def count_labels(dataset: Dataset | None) -> dict[str, int] | None:
    """Entries by label; None where Rekognition does not list them, as while something is in progress."""
    if dataset is None:
        return None
    pages = _rekognition.get_paginator("list_dataset_labels").paginate(DatasetArn=dataset.arn)
    try:
        found = [label for page in pages for label in page["DatasetLabelDescriptions"]]
    except (_errors.ResourceNotReadyException, _errors.ResourceInUseException, _errors.ResourceNotFoundException):
        return None
    return {make_encodable(label["LabelName"]): label["LabelStats"].get("EntryCount", 0) for label in found}


def distribute_dataset_entries(training_arn: str, test_arn: str) -> None:
    """Start the distribution. The order of the two is not documented; this is the order of AWS's own examples."""
    _rekognition.distribute_dataset_entries(Datasets=[{"Arn": training_arn}, {"Arn": test_arn}])


def _describe_projects(name: str) -> list[dict[str, Any]]:
    """None where there is no project of that name; how Rekognition says so is not documented."""
    try:
        described: list[dict[str, Any]] = _rekognition.describe_projects(ProjectNames=[name])["ProjectDescriptions"]
    except (_errors.ResourceNotFoundException, _errors.InvalidParameterException):
        return []
    return described


def _arns_by_type(datasets: list[dict[str, Any]]) -> dict[str, str]:
    """One that is being deleted gives way to the one that takes its place."""
    last = sorted(datasets, key=lambda dataset: dataset.get("Status") != "DELETE_IN_PROGRESS")
    return {dataset["DatasetType"]: dataset["DatasetArn"] for dataset in last}


def _describe_if_exists(arn: str | None) -> Dataset | None:
    return describe_dataset(arn) if arn else None


def _require_own_datasets(request: Request, arns: set[str]) -> None:
    unknown = [arn for arn in request.dataset_arns if arn not in arns]
    if unknown and not request.by_event:  # an event's dataset may have been deleted and created again since
        raise ProjectNotFound(
            f"Project {request.project_name} has no dataset {unknown[0]}; it was deleted, or created again since. "
            "Take the ARNs from the Rekognition console."
        )
