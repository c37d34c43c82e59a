"""A bucket of CloudFormation has the properties of its template, and stays while it is not empty."""

import pytest
from botocore.exceptions import WaiterError

from local.aws import LocalAws
from tests.support.stacks import Stack

KEY = "arn:aws:kms:us-east-1:123456789012:key/1"
TAGS = [{"Key": "a", "Value": "b"}]


def encryption(**default: str) -> dict[str, object]:
    return {"ServerSideEncryptionConfiguration": [{"ServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]}


def test_a_bucket_has_its_tags_and_its_encryption(local_aws: LocalAws) -> None:
    s3 = local_aws.client("s3")
    properties = {"Tags": TAGS, "BucketEncryption": encryption(SSEAlgorithm="aws:kms", KMSMasterKeyID=KEY)}
    stack = Stack(local_aws, B={"Type": "AWS::S3::Bucket", "Properties": properties})
    name = stack.ref("B")
    assert s3.get_bucket_tagging(Bucket=name)["TagSet"][:1] == TAGS
    (rule,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": KEY}
    assert rule["BucketKeyEnabled"]
    stack.update(B={"Type": "AWS::S3::Bucket", "Properties": {"Tags": [{"Key": "a", "Value": "c"}]}})
    tags = {tag["Key"]: tag["Value"] for tag in s3.get_bucket_tagging(Bucket=name)["TagSet"]}
    assert (tags.pop("a"), tags.pop("aws:cloudformation:logical-id")) == ("c", "B")
    assert tags.keys() == {"aws:cloudformation:stack-name", "aws:cloudformation:stack-id"}
    (rule,) = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "AES256"
    stack.delete()


def test_kms_without_a_key_uses_the_managed_key(local_aws: LocalAws) -> None:
    s3, properties = local_aws.client("s3"), {"BucketEncryption": encryption(SSEAlgorithm="aws:kms")}
    stack = Stack(local_aws, B={"Type": "AWS::S3::Bucket", "Properties": properties})
    put = s3.put_object(Bucket=stack.ref("B"), Key="k", Body=b"x", ServerSideEncryption="aws:kms")
    assert put["SSEKMSKeyId"].endswith(":alias/aws/s3")
    s3.delete_object(Bucket=stack.ref("B"), Key="k")
    stack.delete()


def test_a_bucket_that_is_not_empty_is_not_deleted(local_aws: LocalAws) -> None:
    s3, stack = local_aws.client("s3"), Stack(local_aws, B={"Type": "AWS::S3::Bucket"})
    name = stack.ref("B")
    s3.put_object(Bucket=name, Key="k", Body=b"x")
    with pytest.raises(WaiterError):
        stack.delete()
    assert "not empty" in stack.failure_reason()
    s3.delete_object(Bucket=name, Key="k")
    stack.delete()
    assert name not in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
