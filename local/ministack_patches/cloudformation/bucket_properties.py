"""A bucket gets its tags and its encryption from its template."""

from collections.abc import Callable
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from local.ministack_patches.registry import patch

Properties = dict[str, Any]
Created = tuple[str, dict[str, str]]


@patch(
    "CloudFormation: a bucket gets its tags, those of its stack among them, and its encryption",
    why="MiniStack drops both. CloudFormation Template Reference, AWS::S3::Bucket.",
)
def install() -> None:
    bucket = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    for step in ("create", "update"):
        bucket[step] = _configure_bucket(bucket[step])
    # MiniStack adds the stack's tags where it finds this entry.
    provisioners._STACK_TAG_PROPERTY["AWS::S3::Bucket"] = ("Tags", "list")


def _configure_bucket(original: Callable[..., Created]) -> Callable[..., Created]:
    """In the arguments of both handlers, the properties are the last but one."""

    def provision(*arguments: Any) -> Created:
        name, attributes = original(*arguments)
        _configure(name, arguments[-2])
        return name, attributes

    return provision


def _configure(name: str, properties: Properties) -> None:
    s3._bucket_tags[name] = {tag["Key"]: tag["Value"] for tag in properties.get("Tags", [])}
    rules = properties.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
    if rules:
        s3._put_bucket_encryption(name, _encryption_xml(rules).encode())
    else:
        s3._delete_bucket_encryption(name)


def _encryption_xml(rules: list[Properties]) -> str:
    """The body of a PutBucketEncryption with these rules."""
    return f"<ServerSideEncryptionConfiguration>{''.join(map(_rule_xml, rules))}</ServerSideEncryptionConfiguration>"


def _rule_xml(rule: Properties) -> str:
    default = rule["ServerSideEncryptionByDefault"]
    chosen = "".join(
        f"<{name}>{escape(str(default[name]))}</{name}>"
        for name in ("SSEAlgorithm", "KMSMasterKeyID")
        if name in default
    )
    bucket_key = str(rule.get("BucketKeyEnabled", False)).lower()
    applied = f"<ApplyServerSideEncryptionByDefault>{chosen}</ApplyServerSideEncryptionByDefault>"
    return f"<Rule>{applied}<BucketKeyEnabled>{bucket_key}</BucketKeyEnabled></Rule>"
