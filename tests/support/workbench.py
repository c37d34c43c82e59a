"""Steps that many tests of the Custom Labels service repeat: JSON Lines, datasets, refused calls."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError

from account.verify import manifest
from local.aws import LocalAws

LONGER_THAN_ANY_CHANGE = 61.0  # seconds


def classified(image: str, *labels: str, bucket: str = "images") -> str:
    """The JSON Line of an image with these image-level labels. Without labels the image is unlabeled."""
    return manifest.classified(bucket, image, *labels)


def boxed(image: str, *labels: str, bucket: str = "images") -> str:
    """The JSON Line of an image with a box for each label."""
    box = {"left": 10, "top": 20, "width": 200, "height": 90}
    return json.dumps(
        {
            "source-ref": f"s3://{bucket}/{image}",
            "boxes": {
                "image_size": [{"width": 1280, "height": 720, "depth": 3}],
                "annotations": [{"class_id": position, **box} for position, _ in enumerate(labels)],
            },
            "boxes-metadata": {
                "objects": [{"confidence": 1} for _ in labels],
                "class-map": {str(position): label for position, label in enumerate(labels)},
                "type": "groundtruth/object-detection",
                "human-annotated": "yes",
                "creation-date": "2026-11-01T10:00:00.000Z",
            },
        }
    )


def images(count: int, label: str = "rusty", first: int = 0) -> list[str]:
    """The JSON Lines of `count` images with this label."""
    return [classified(f"{label}-{number}.jpg", label) for number in range(first, first + count)]


def refusal(operation: Callable[..., Any], **parameters: Any) -> str:
    """The error code with which the service refuses the call."""
    with pytest.raises(ClientError) as error:
        operation(**parameters)
    code: str = error.value.response["Error"]["Code"]
    return code


@dataclass
class Workbench:
    """The local AWS, with the steps that create and change datasets."""

    aws: LocalAws
    rekognition: Any
    s3: Any
    bucket: str

    def finish(self) -> None:
        """Move the clock until every change in progress has finished."""
        self.aws.advance(LONGER_THAN_ANY_CHANGE)

    def put(self, content: str | bytes | Iterable[str], name: str = "test.manifest") -> dict[str, Any]:
        """Upload a manifest with these lines or this content. Returns its DatasetSource."""
        body = content if isinstance(content, str | bytes) else "\n".join(content) + "\n"
        self.s3.put_object(Bucket=self.bucket, Key=name, Body=body)
        return {"GroundTruthManifest": {"S3Object": {"Bucket": self.bucket, "Name": name}}}

    def begin(self, project: str, type_: str, content: str | bytes | Iterable[str] | None = None) -> str:
        """Start creating a dataset, empty or from a manifest. Returns its ARN."""
        source = {} if content is None else {"DatasetSource": self.put(content)}
        response = self.rekognition.create_dataset(ProjectArn=project, DatasetType=type_, **source)
        arn: str = response["DatasetArn"]
        return arn

    def create(self, project: str, type_: str, content: str | bytes | Iterable[str] | None = None) -> str:
        """Create a dataset and wait until it is there. Returns its ARN."""
        arn = self.begin(project, type_, content)
        self.finish()
        return arn

    def pair(self, project: str, content: Iterable[str] | None = None) -> tuple[str, str]:
        """The ARNs of a training dataset with these entries and of an empty test dataset."""
        return self.begin(project, "TRAIN", content), self.create(project, "TEST")

    def distribute(self, *arns: str) -> None:
        self.rekognition.distribute_dataset_entries(Datasets=[{"Arn": arn} for arn in arns])

    def update(self, arn: str, *lines: str) -> None:
        self.rekognition.update_dataset_entries(DatasetArn=arn, Changes={"GroundTruth": "\n".join(lines).encode()})

    def describe(self, arn: str) -> dict[str, Any]:
        description: dict[str, Any] = self.rekognition.describe_dataset(DatasetArn=arn)["DatasetDescription"]
        return description

    def status(self, arn: str) -> str:
        return str(self.describe(arn)["Status"])

    def total(self, arn: str) -> int:
        return int(self.describe(arn)["DatasetStats"]["TotalEntries"])

    def entries(self, arn: str, **filters: Any) -> list[dict[str, Any]]:
        """The parsed entries that pass the filters, from all pages."""
        pages = self.rekognition.get_paginator("list_dataset_entries").paginate(DatasetArn=arn, **filters)
        return [json.loads(entry) for page in pages for entry in page["DatasetEntries"]]

    def labels(self, arn: str) -> dict[str, dict[str, int]]:
        pages = self.rekognition.get_paginator("list_dataset_labels").paginate(DatasetArn=arn)
        return {label["LabelName"]: label["LabelStats"] for page in pages for label in page["DatasetLabelDescriptions"]}
