"""Whether a distribution needs the right to read images."""

from typing import Any

from account.verify.answer import Answer
from account.verify.lab import ACCEPTED, Lab, refusal
from account.verify.manifest import images


def observe_rights(lab: Lab, rekognition_of_role: Any) -> list[Answer]:
    """Distributes a pair with the client of a role that may distribute, but may read no image."""
    pair = lab.pair(images(lab.bucket, 10, "cat", "pet"))
    code = refusal(rekognition_of_role.distribute_dataset_entries, Datasets=[{"Arn": arn} for arn in pair])
    if code == ACCEPTED:
        sights = lab.watch(*pair)
        code = f"{ACCEPTED}, then {sights[-1].shown[1]['Status']}"
    succeeded = code.endswith("UPDATE_COMPLETE")
    return [Answer("distribution_reads_images", not succeeded, f"a role without s3:GetObject: {code}")]
