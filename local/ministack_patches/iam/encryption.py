"""The KMS keys of topics, queues, tables and buckets."""

from dataclasses import dataclass
from typing import Any

from ministack.core import responses
from ministack.services import dynamodb, s3, sns, sqs

from local.ministack_patches.iam.keys import Context
from local.ministack_patches.s3_managed_key import KEY

Headers = dict[str, str]


@dataclass(frozen=True)
class Encryption:
    """A key, which may be the empty string, and the encryption context with which a service uses it."""

    key: str
    context: Context


def encryption_of(arn: str) -> Encryption:
    """The encryption of a topic, a queue or a table."""
    service = arn.split(":")[2]
    if service == "sns":
        topic = sns._topic_by_arn_any_scope(arn) or {"attributes": {}}
        return Encryption(topic["attributes"].get("KmsMasterKeyId", ""), {"aws:sns:topicArn": arn})
    if service == "sqs":
        queue = sqs._queue_by_arn(arn) or {"attributes": {}}
        return Encryption(queue["attributes"].get("KmsMasterKeyId", ""), {"aws:sqs:arn": arn})
    name = arn.partition(":table/")[2].partition("/")[0]
    table: dict[str, Any] = dynamodb._tables.get(name) or {}
    context = {"aws:dynamodb:tableName": name, "aws:dynamodb:subscriberId": responses.get_account_id()}
    return Encryption((table.get("SSEDescription") or {}).get("KMSMasterKeyArn", ""), context)


def object_encryption(arn: str, action: str, headers: Headers) -> Encryption:
    """The key of an object: for s3:PutObject the one that the request names, or the bucket's; else the stored one.

    With an S3 Bucket Key, the encryption context names the bucket instead of the object (Amazon S3 User Guide,
    "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys").
    """
    bucket, _, key = arn.removeprefix("arn:aws:s3:::").partition("/")
    has_bucket_key = "<BucketKeyEnabled>true<" in s3._bucket_encryption.get(bucket, "")
    context = {"aws:s3:arn": f"arn:aws:s3:::{bucket}" if has_bucket_key else arn}
    if action == "s3:PutObject":
        return Encryption(headers.get(KEY) or s3._bucket_default_sse_headers(bucket).get(KEY, ""), context)
    found = (s3._buckets.get(bucket) or {"objects": {}})["objects"].get(key)
    return Encryption(s3._stored_sse_headers(found).get(KEY, "") if found else "", context)
