"""JSON Lines for small datasets, in the formats of the Custom Labels guide.

"Image-Level labels in manifest files" and "Object localization in manifest files", Custom Labels Developer Guide.
"""

import json
from collections.abc import Iterable
from typing import Any

CREATED = "2026-11-01T10:00:00.000Z"


def classified(bucket: str, image: str, *labels: str) -> str:
    """The line of an image with these labels. Without labels the image is unlabeled."""
    members: dict[str, Any] = {"source-ref": f"s3://{bucket}/{image}"}
    for position, label in enumerate(labels):
        members[f"label{position}"] = position
        members[f"label{position}-metadata"] = {
            "confidence": 1,
            "class-name": label,
            "human-annotated": "yes",
            "creation-date": CREATED,
            "type": "groundtruth/image-classification",
        }
    return json.dumps(members)


def boxed(bucket: str, image: str, **changes: float) -> str:
    """The line of an image with one box, whose numbers can be changed."""
    members = {
        "source-ref": f"s3://{bucket}/{image}",
        "boxes": {
            "image_size": [{"width": 64, "height": 64, "depth": 3}],
            "annotations": [{"class_id": 0, "left": 10, "top": 10, "width": 30, "height": 30, **changes}],
        },
        "boxes-metadata": {
            "objects": [{"confidence": 1}],
            "class-map": {"0": "cat"},
            "type": "groundtruth/object-detection",
            "human-annotated": "yes",
            "creation-date": CREATED,
        },
    }
    return json.dumps(members)


def broken(bucket: str, image: str, *labels: str) -> str:
    """The same with one more label, whose metadata names no type: an error of the line that keeps it in the dataset."""
    members = json.loads(classified(bucket, image, *labels))
    return json.dumps({**members, "broken": 0, "broken-metadata": {"class-name": "broken"}})


def images(bucket: str, count: int, *labels: str) -> list[str]:
    """The lines of `count` images with the same labels."""
    return [classified(bucket, f"{'-'.join(labels) or 'unlabeled'}-{number}.png", *labels) for number in range(count)]


def unusable(count: int) -> Iterable[str]:
    """Lines of which no dataset can be made."""
    return ["no JSON"] * count
