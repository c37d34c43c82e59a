"""CloudFormation does not delete a bucket that is not empty."""

from collections.abc import Callable
from typing import Any

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from local.ministack_patches.registry import patch

Properties = dict[str, Any]


@patch(
    "CloudFormation: the deletion of a bucket that is not empty fails",
    why="MiniStack deletes the bucket with its objects. DeleteBucket, Amazon S3 API Reference: every object and "
    "version must be deleted first.",
)
def install() -> None:
    bucket = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    bucket["delete"] = _require_empty(bucket["delete"])


def _require_empty(original: Callable[[str, Properties], None]) -> Callable[[str, Properties], None]:
    def delete(name: str, properties: Properties) -> None:
        if name in s3._buckets and (s3._buckets[name]["objects"] or s3._bucket_has_versions(name)):
            raise ValueError(f"The bucket you tried to delete is not empty: {name}")
        original(name, properties)

    return delete
