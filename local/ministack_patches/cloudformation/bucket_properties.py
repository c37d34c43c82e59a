"""A bucket gets its tags and its encryption from CloudFormation, and stays while it is not empty: MiniStack forgets.

Among its tags are those of its stack: of a bucket without any, GetBucketTagging knows no set of tags.
"""

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from ministack.core import responses
from ministack.services import s3
from ministack.services.cloudformation import provisioners

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]
Headers = dict[str, str]

ALGORITHM = "x-amz-server-side-encryption"
KEY = f"{ALGORITHM}-aws-kms-key-id"


def install() -> None:
    """Complete what MiniStack's CloudFormation does with AWS::S3::Bucket."""
    bucket = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    bucket["create"] = _then_configured(bucket["create"])
    bucket["update"] = _then_configured(bucket["update"])
    bucket["delete"] = _if_empty(bucket["delete"])
    provisioners._STACK_TAG_PROPERTY["AWS::S3::Bucket"] = ("Tags", "list")
    s3._resolve_sse_write_headers = _with_managed_key(s3._resolve_sse_write_headers)


def _then_configured(original: Callable[..., Created]) -> Callable[..., Created]:
    """Of both handlers, the properties are the last argument but one."""

    def provision(*arguments: Any) -> Created:
        name, attributes = original(*arguments)
        _configure(name, arguments[-2])
        return name, attributes

    return provision


def _configure(name: str, properties: Properties) -> None:
    s3._bucket_tags[name] = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    rules = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    if rules:
        s3._put_bucket_encryption(name, _encryption(rules).encode())
    else:
        s3._delete_bucket_encryption(name)


def _encryption(rules: list[Properties]) -> str:
    """The properties as PutBucketEncryption takes them."""
    return f"<ServerSideEncryptionConfiguration>{''.join(map(_rule, rules))}</ServerSideEncryptionConfiguration>"


def _rule(rule: Properties) -> str:
    default = rule["ServerSideEncryptionByDefault"]
    chosen = "".join(
        f"<{name}>{escape(str(default[name]))}</{name}>"
        for name in ("SSEAlgorithm", "KMSMasterKeyID")
        if name in default
    )
    bucket_key = str(rule.get("BucketKeyEnabled", False)).lower()
    applied = f"<ApplyServerSideEncryptionByDefault>{chosen}</ApplyServerSideEncryptionByDefault>"
    return f"<Rule>{applied}<BucketKeyEnabled>{bucket_key}</BucketKeyEnabled></Rule>"


def _if_empty(original: Callable[[str, Properties], None]) -> Callable[[str, Properties], None]:
    def delete(name: str, properties: Properties) -> None:
        if name in s3._buckets and (s3._buckets[name]["objects"] or s3._bucket_has_versions(name)):
            raise ValueError(f"The bucket you tried to delete is not empty: {name}")
        original(name, properties)

    return delete


def _with_managed_key(original: Callable[[Headers, str], Any]) -> Callable[[Headers, str], Any]:
    """Who asks for KMS and names no key gets the account's `aws/s3` (PutObject, Amazon S3 API Reference)."""

    def resolve(headers: Headers, bucket: str) -> Any:
        if headers.get(ALGORITHM) == "aws:kms" and not headers.get(KEY):
            home = f"{responses.get_region()}:{responses.get_account_id()}"
            headers = {**headers, KEY: f"arn:aws:kms:{home}:alias/aws/s3"}
        return original(headers, bucket)

    return resolve
