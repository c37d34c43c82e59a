"""How lines are read about which AWS's guide contradicts itself, or says nothing, and how they are listed."""

import json

from account.verify.answer import Answer
from account.verify.images import BYTE_ORDER_MARK
from account.verify.lab import Lab
from account.verify.manifest import boxed, broken, classified, images

TOO_MANY = 51  # labels on an image


def observe_lines(lab: Lab) -> list[Answer]:
    """Creates a dataset with one line for each question, and lists its entries."""
    train = lab.create(lab.project(), "TRAIN", [*_lines(lab.bucket), *images(lab.bucket, 12, "cat", "pet")])
    listed = lab.rekognition.list_dataset_entries(DatasetArn=train)["DatasetEntries"]
    faulty = lab.rekognition.list_dataset_entries(DatasetArn=train, HasErrors=True)["DatasetEntries"]
    entries, errors = _by_name(listed), _by_name(faulty)

    def fate(name: str, *, kept: str, error: str = "error", dropped: str | None = None) -> Answer:
        setting = name.replace("-", "_")
        if name not in entries:
            return Answer(setting, dropped, "the line was dropped")
        return Answer(setting, error if name in errors else kept, entries[name][-300:])

    return [
        fate("byte-order-mark", kept="skip", dropped="drop_line"),
        fate("float-boxes", kept="accept"),
        fate("missing-annotations", kept="unlabeled"),
        fate("multilabel-type", kept="accept"),
        fate("too-many-image-labels", kept="accept", dropped="drop_line"),
        *read_listing(entries["listed-errors"], entries["cat-pet-0"]),
    ]


def read_listing(faulty: str, valid: str) -> list[Answer]:
    """The shape of a listed line whose only label has an error, and of one without errors."""
    named = next((name for name in ("cl-errors", "errors") if f'"{name}"' in faulty), None)
    labeled = json.loads(faulty)["cl-metadata"]["is_labeled"]
    return [
        Answer("listed_errors", named, faulty),
        Answer("labeled_entries", "any_label" if labeled else "valid_label", faulty),
        Answer("listed_lines", "as_given" if '": ' in valid else "compact", valid),
    ]


def _lines(bucket: str) -> list[str]:
    multilabel = classified(bucket, "multilabel-type.png", "cat")
    labels = (f"label {number}" for number in range(TOO_MANY))
    return [
        BYTE_ORDER_MARK + classified(bucket, "byte-order-mark.png", "cat"),
        boxed(bucket, "float-boxes.png", left=10.5),
        boxed(bucket, "missing-annotations.png").replace('"annotations"', '"none"'),
        multilabel.replace("image-classification", "image-classification-multilabel"),
        classified(bucket, "too-many-image-labels.png", *labels),
        broken(bucket, "listed-errors.png"),
    ]


def _by_name(listed: list[str]) -> dict[str, str]:
    """Listed lines by the name of the image."""
    return {json.loads(line)["source-ref"].rpartition("/")[2].removesuffix(".png"): line for line in listed}
