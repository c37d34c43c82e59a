"""Parse the ARNs of projects and datasets.

The patterns and the length are those of ProjectArn and DatasetArn in the Amazon Rekognition API Reference. The ARN of a
dataset does not contain the timestamp of its project, so the project's ARN cannot be made from it.
"""

import re
from dataclasses import dataclass

_NAME = r"[a-zA-Z0-9_.\-]{1,255}"
_OWNER = r"arn:(?P<partition>[a-z\d-]+):rekognition:(?P<region>[a-z\d-]+):(?P<account>\d{12})"
_PROJECT = re.compile(rf"{_OWNER}:project/(?P<name>{_NAME})/[0-9]+", re.ASCII)
_DATASET = re.compile(rf"{_OWNER}:project/(?P<name>{_NAME})/dataset/(?P<type>train|test)/[0-9]+", re.ASCII)
_LONGEST = 2048  # characters
PROJECT_NAME = re.compile(_NAME, re.ASCII)


@dataclass(frozen=True)
class Location:
    """The account and the Region of a resource, and their partition."""

    partition: str
    region: str
    account: str

    def __str__(self) -> str:
        return f"account {self.account}, Region {self.region}, partition {self.partition}"


@dataclass(frozen=True)
class ProjectArn:
    """The ARN of a project and its parts."""

    text: str
    location: Location
    project_name: str


@dataclass(frozen=True)
class DatasetArn:
    """The ARN of a dataset and its parts. `dataset_type` is TRAIN or TEST, as in the API."""

    text: str
    location: Location
    project_name: str
    dataset_type: str


def parse_project_arn(text: str) -> ProjectArn | None:
    """The ARN of a project; None if the text is not one."""
    match = _PROJECT.fullmatch(text) if len(text) <= _LONGEST else None
    return ProjectArn(text, _read_location(match), match["name"]) if match else None


def parse_dataset_arn(text: str) -> DatasetArn | None:
    """The ARN of a dataset; None if the text is not one."""
    match = _DATASET.fullmatch(text) if len(text) <= _LONGEST else None
    return DatasetArn(text, _read_location(match), match["name"], match["type"].upper()) if match else None


def parse_location(arn: str) -> Location:
    """The location of any Regional resource, for example of an execution."""
    _, partition, _, region, account, *_ = arn.split(":", 5)
    return Location(partition, region, account)


def _read_location(match: re.Match[str]) -> Location:
    return Location(match["partition"], match["region"], match["account"])
