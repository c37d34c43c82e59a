"""Encryption in the template: the key, its policy, and TLS."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from infra.settings import Settings
from tests.deployment.template.policies import ACCOUNT, allowed
from tools.docs.template import template_for_assertions

ENCRYPTED: dict[str, Callable[[Any], dict[str, Any]]] = {
    "AWS::DynamoDB::Table": lambda key: {"SSESpecification": {"KMSMasterKeyId": key, "SSEEnabled": True}},
    "AWS::Logs::LogGroup": lambda key: {"KmsKeyId": key},
    "AWS::S3::Bucket": lambda key: {
        "BucketEncryption": {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"KMSMasterKeyID": key, "SSEAlgorithm": "aws:kms"}}
            ]
        }
    },
    "AWS::SNS::Topic": lambda key: {"KmsMasterKeyId": key},
    "AWS::SQS::Queue": lambda key: {"KmsMasterKeyId": key},
}


@pytest.mark.parametrize("kind", ENCRYPTED)
def test_all_data_is_encrypted_with_the_key(template: Template, kind: str) -> None:
    (key,) = template.find_resources("AWS::KMS::Key")
    assert template.find_resources(kind)
    template.all_resources_properties(kind, ENCRYPTED[kind]({"Fn::GetAtt": [key, "Arn"]}))


def test_key_rotates(template: Template) -> None:
    template.all_resources_properties("AWS::KMS::Key", {"EnableKeyRotation": True})


def arns(service: str, resource: str) -> dict[str, Any]:
    """The ARN pattern of resources in this account and Region."""
    partition, region, account = ({"Ref": f"AWS::{name}"} for name in ("Partition", "Region", "AccountId"))
    return {"Fn::Join": ["", ["arn:", partition, f":{service}:", region, ":", account, f":{resource}"]]}


def test_key_allows_only_the_services_that_have_no_role(template: Template) -> None:
    """CloudWatch for alarms, EventBridge for queues, and CloudWatch Logs, each limited to the stack or the account."""
    (key,) = template.find_resources("AWS::KMS::Key").values()
    services = {s["Sid"]: s for s in key["Properties"]["KeyPolicy"]["Statement"] if "Service" in s["Principal"]}
    logs = {"Fn::Join": ["", ["logs.", {"Ref": "AWS::Region"}, ".amazonaws.com"]]}
    folders = ("", "/aws/vendedlogs/states/")
    groups = [arns("logs", f"log-group:{folder}DatasetDistribution-*") for folder in folders]
    assert {sid: (s["Principal"]["Service"], s["Condition"]) for sid, s in services.items()} == {
        "Alarms": (
            "cloudwatch.amazonaws.com",
            {"ArnLike": {"aws:SourceArn": arns("cloudwatch", "alarm:DatasetDistribution-*")}, **ACCOUNT},
        ),
        "Rules": ("events.amazonaws.com", {"ArnLike": {"kms:EncryptionContext:aws:sqs:arn": arns("sqs", "*")}}),
        "Logs": (logs, {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}),
    }


def test_key_allows_no_alarms_of_another_topic() -> None:
    settings = Settings(alarm_topic_arn="arn:aws:sns:us-east-1:123456789012:alarms")
    (key,) = template_for_assertions(settings).find_resources("AWS::KMS::Key").values()
    assert "cloudwatch.amazonaws.com" not in str(key)


def test_alarm_topic_allows_alarms_of_this_stack_only(template: Template) -> None:
    ((principal, action, conditions),) = allowed(template, "AWS::SNS::TopicPolicy")
    assert (principal, action) == ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish")
    assert conditions == {"ArnLike": {"aws:SourceArn": arns("cloudwatch", "alarm:DatasetDistribution-*")}}


@pytest.mark.parametrize("kind", ["AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"])
def test_requests_without_tls_are_denied(template: Template, kind: str) -> None:
    denial = {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    template.all_resources_properties(
        kind, {"PolicyDocument": {"Statement": Match.array_with([Match.object_like(denial)])}}
    )
