"""A small manifest with image-level labels, some frequent and some rare."""

import json
import random

IMAGES = {"scratch": 96, "dent": 54, "rust": 31, "crack": 19}
CREATED = "2026-11-01T10:00:00.000Z"


def sample_manifest() -> bytes:
    """200 lines, the same every time, with the labels shuffled."""
    labels = [label for label, count in IMAGES.items() for _ in range(count)]
    random.Random(0).shuffle(labels)
    return "".join(_line(number, label) for number, label in enumerate(labels, start=1)).encode()


def _line(number: int, label: str) -> str:
    entry = {
        "source-ref": f"s3://sample-images/parts/{number:04}.jpg",
        "defect": list(IMAGES).index(label),
        "defect-metadata": {
            "confidence": 1,
            "class-name": label,
            "human-annotated": "yes",
            "creation-date": CREATED,
            "type": "groundtruth/image-classification",
            "job-name": "labeling-job/defect",
        },
    }
    return json.dumps(entry) + "\n"
