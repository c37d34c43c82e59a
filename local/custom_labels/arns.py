"""Amazon Resource Names of projects and datasets."""

import re
from dataclasses import dataclass
from typing import Literal

DatasetType = Literal["TRAIN", "TEST"]

ARN = re.compile(
    r"arn:[a-z\d-]+:rekognition:(?P<region>[a-z\d-]+):(?P<account>\d{12})"
    r":project/(?P<project>[a-zA-Z0-9_.\-]{1,255})(/dataset/(?P<type>train|test))?/[0-9]+",
    re.ASCII,
)


@dataclass(frozen=True)
class Arn:
    """The parts of a project's or a dataset's ARN; `type` is None for a project."""

    account: str
    region: str
    project: str
    type: DatasetType | None


def read_arn(text: str) -> Arn | None:
    """The parts of a project's or a dataset's ARN; None for any other text."""
    found = ARN.fullmatch(text)
    if not found:
        return None
    types: dict[str | None, DatasetType] = {"train": "TRAIN", "test": "TEST"}
    return Arn(found["account"], found["region"], found["project"], types.get(found["type"]))


def build_project_arn(account: str, region: str, name: str, milliseconds: int) -> str:
    return f"arn:aws:rekognition:{region}:{account}:project/{name}/{milliseconds}"


def build_dataset_arn(project_arn: str, type_: DatasetType, milliseconds: int) -> str:
    """The ARN has the project's name, without the project's milliseconds."""
    return f"{project_arn.rpartition('/')[0]}/dataset/{type_.lower()}/{milliseconds}"
