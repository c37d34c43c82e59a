"""An object that asks for KMS without a key gets the account's key `aws/s3`."""

from collections.abc import Callable
from typing import Any

from ministack.core import responses
from ministack.services import s3

from local.ministack_patches.registry import patch

Headers = dict[str, str]

ALGORITHM = "x-amz-server-side-encryption"
KEY = f"{ALGORITHM}-aws-kms-key-id"


@patch(
    "S3: an object that asks for KMS without a key gets the account's key `aws/s3`",
    why="MiniStack refuses the object. PutObject, Amazon S3 API Reference.",
)
def install() -> None:
    s3._resolve_sse_write_headers = _add_managed_key(s3._resolve_sse_write_headers)


def _add_managed_key(original: Callable[[Headers, str], Any]) -> Callable[[Headers, str], Any]:
    def resolve(headers: Headers, bucket: str) -> Any:
        if headers.get(ALGORITHM) == "aws:kms" and not headers.get(KEY):
            home = f"{responses.get_region()}:{responses.get_account_id()}"
            headers = {**headers, KEY: f"arn:aws:kms:{home}:alias/aws/s3"}
        return original(headers, bucket)

    return resolve
