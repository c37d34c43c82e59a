"""Manifests that cannot be read, or have a name without an extension; a test dataset beyond a limit."""

from typing import Any

from account.verify.answer import Answer
from account.verify.lab import ACCEPTED, Lab, refusal
from account.verify.manifest import images

MOST_TEST_IMAGES = 1000  # of a label, by an older text of "Guidelines and quotas" (Custom Labels Developer Guide)


def observe_manifests(lab: Lab) -> list[Answer]:
    """Creates datasets from a missing manifest, and from one without an extension."""
    missing = {"GroundTruthManifest": {"S3Object": {"Bucket": lab.bucket, "Name": "missing.manifest"}}}
    unreadable = _create(lab, missing)
    plain = _create(lab, lab.put(images(lab.bucket, 10, "cat", "pet"), "verify"))
    return [
        Answer("unreadable_manifest", "async" if unreadable.startswith(ACCEPTED) else "sync", unreadable),
        Answer("manifest_extension_required", not plain.endswith("CREATE_COMPLETE"), plain),
    ]


def observe_test_limit(lab: Lab) -> list[Answer]:
    """Creates a test dataset with more images of one label than an older text of AWS allows."""
    test = lab.create(lab.project(), "TEST", images(lab.bucket, MOST_TEST_IMAGES + 1, "cat", "pet"))
    described = lab.describe(test)
    found = f"{MOST_TEST_IMAGES + 1} images: {described['Status']}, {described.get('StatusMessage')!r}"
    most = 0 if described["Status"] == "CREATE_COMPLETE" else MOST_TEST_IMAGES
    return [Answer("max_test_images_per_label", most, found)]


def _create(lab: Lab, source: dict[str, Any]) -> str:
    """The error, or ACCEPTED with the status after the creation."""
    project = lab.project()
    code = refusal(lab.rekognition.create_dataset, ProjectArn=project, DatasetType="TRAIN", DatasetSource=source)
    if code != ACCEPTED:
        return code
    name = project.split("/")[1]
    (described,) = lab.rekognition.describe_projects(ProjectNames=[name])["ProjectDescriptions"]
    sights = lab.watch(described["Datasets"][0]["DatasetArn"], quiet=0)
    return f"{ACCEPTED}, then {sights[-1].shown[0]['Status']}"
