"""The effect of each setting on the template."""

import json
from collections import Counter
from typing import Any

import pytest
from aws_cdk import App, RemovalPolicy
from aws_cdk.assertions import Match, Template

from infra.functions import OF_WORKFLOW
from infra.setting_types import LONGEST_WAIT, MOST_CHARACTERS, MOST_NAMES
from infra.settings import Settings
from infra.stack import DatasetDistribution
from tools.docs.template import render_definition, template_for_assertions

# These types do not support tags.
WITHOUT_TAGS = {
    "AWS::IAM::Policy",
    "AWS::Lambda::Permission",
    "AWS::Lambda::Version",
    "AWS::S3::BucketPolicy",
    "AWS::Scheduler::Schedule",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "Custom::S3AutoDeleteObjects",
    "AWS::Logs::QueryDefinition",
}
DATA = ("AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::S3::Bucket")


@pytest.fixture(scope="module")
def with_trail() -> Template:
    return template_for_assertions(Settings(create_trail=True))


def test_every_role_has_the_boundary() -> None:
    arn = "arn:aws:iam::123456789012:policy/edge"
    template = template_for_assertions(Settings(permissions_boundary=arn, create_trail=True))
    template.all_resources_properties("AWS::IAM::Role", {"PermissionsBoundary": arn})


def test_every_taggable_resource_has_the_tags() -> None:
    """The stack has them, too: the bucket emptier and its role get them from there at the deployment."""
    stack = DatasetDistribution(App(), settings=Settings(tags=(("team", "vision"),), create_trail=True))
    assert stack.tags.tag_values() == {"team": "vision"}
    resources = Template.from_stack(stack).to_json()["Resources"]
    of_cdk = {name for name in resources if name.startswith("CustomS3AutoDeleteObjectsCustomResourceProvider")}
    untagged = {
        resource["Type"]
        for name, resource in resources.items()
        if not has_tag(resource.get("Properties", {}).get("Tags")) and name not in of_cdk
    }
    assert untagged - {"AWS::CDK::Metadata"} == WITHOUT_TAGS


def has_tag(tags: Any) -> bool:
    """Whether the tag is there, in a list of pairs or in an object."""
    return {"Key": "team", "Value": "vision"} in (tags or []) or tags == {"team": "vision"}


def test_logs_and_pages_expire_after_the_retention() -> None:
    template = template_for_assertions(Settings(retention_days=731, create_trail=True))
    template.all_resources_properties("AWS::Logs::LogGroup", {"RetentionInDays": 731})
    rules = {"Rules": [Match.object_like({"ExpirationInDays": 731, "Status": "Enabled"})]}
    template.all_resources_properties("AWS::S3::Bucket", {"LifecycleConfiguration": rules})


@pytest.mark.parametrize(("setting", "policy"), [(RemovalPolicy.DESTROY, "Delete"), (RemovalPolicy.RETAIN, "Retain")])
def test_removal_policy_is_on_every_resource_with_data(setting: RemovalPolicy, policy: str) -> None:
    template = template_for_assertions(Settings(removal_policy=setting, create_trail=True))
    for kind in DATA:
        template.all_resources(kind, {"DeletionPolicy": policy, "UpdateReplacePolicy": policy})
    template.resource_count_is("Custom::S3AutoDeleteObjects", 2 if policy == "Delete" else 0)


def test_default_stack_has_no_trail() -> None:
    template_for_assertions(Settings()).resource_count_is("AWS::CloudTrail::Trail", 0)


def test_trail_logs_encrypted_write_events_of_this_region(with_trail: Template) -> None:
    (key,) = with_trail.find_resources("AWS::KMS::Key")
    (trail,) = with_trail.find_resources("AWS::CloudTrail::Trail").values()
    bucket = trail["Properties"].pop("S3BucketName")["Ref"]
    assert trail["Properties"] == {
        "TrailName": "DatasetDistribution-Trail",
        "IsLogging": True,
        "IsMultiRegionTrail": False,
        "IncludeGlobalServiceEvents": False,
        "EnableLogFileValidation": True,
        "EventSelectors": [{"IncludeManagementEvents": True, "ReadWriteType": "WriteOnly"}],
        "KMSKeyId": {"Fn::GetAtt": [key, "Arn"]},
    }
    made = with_trail.find_resources("AWS::S3::Bucket")[bucket]["Properties"]
    assert json.dumps({"Fn::GetAtt": [key, "Arn"]}) in json.dumps(made["BucketEncryption"])


def test_trail_depends_on_its_bucket_policy_and_emptier(with_trail: Template) -> None:
    (trail,) = with_trail.find_resources("AWS::CloudTrail::Trail").values()
    resources = with_trail.to_json()["Resources"]
    assert {resources[name]["Type"] for name in trail["DependsOn"]} == {
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "Custom::S3AutoDeleteObjects",
    }


def test_key_and_bucket_allow_this_trail_only(with_trail: Template) -> None:
    partition, region, account = ({"Ref": f"AWS::{name}"} for name in ("Partition", "Region", "AccountId"))
    name = ":trail/DatasetDistribution-Trail"
    arn = {"Fn::Join": ["", ["arn:", partition, ":cloudtrail:", region, ":", account, name]]}
    assert allowed_for_trails(with_trail) == [
        (["kms:DescribeKey", "kms:GenerateDataKey*"], {"StringEquals": {"aws:SourceArn": arn}}),
        ("s3:GetBucketAcl", {"StringEquals": {"aws:SourceArn": arn}}),
        (
            "s3:PutObject",
            {"StringEquals": {"aws:SourceArn": arn, "s3:x-amz-acl": "bucket-owner-full-control"}},
        ),
    ]


def allowed_for_trails(template: Template) -> list[tuple[Any, Any]]:
    """The actions and conditions of every statement for CloudTrail in any policy."""
    policies = [key["Properties"]["KeyPolicy"] for key in template.find_resources("AWS::KMS::Key").values()]
    buckets = template.find_resources("AWS::S3::BucketPolicy").values()
    policies += [bucket["Properties"]["PolicyDocument"] for bucket in buckets]
    statements = [statement for policy in policies for statement in policy["Statement"]]
    cloudtrail = {"Service": "cloudtrail.amazonaws.com"}
    return [(s["Action"], s.get("Condition")) for s in statements if s["Principal"] == cloudtrail]


@pytest.mark.parametrize(("setting", "count"), [(True, 1), (False, 0)])
def test_dashboard_is_optional(setting: bool, count: int) -> None:
    template_for_assertions(Settings(create_dashboard=setting)).resource_count_is("AWS::CloudWatch::Dashboard", count)


def test_alarm_on_old_executions_has_the_threshold() -> None:
    old = {"MetricName": "ExecutionAge", "Threshold": 5400, "Dimensions": [{"Name": "service", "Value": "Vision"}]}
    template = template_for_assertions(Settings(oldest_execution_hours=1.5, stack_name="Vision"))
    template.resource_properties_count_is("AWS::CloudWatch::Alarm", old, 1)


@pytest.mark.parametrize(("oldest", "seconds"), [(12, "3600"), (0.5, "1800")])
def test_executions_send_their_age_before_the_alarm_needs_it(oldest: float, seconds: str) -> None:
    template = template_for_assertions(Settings(oldest_execution_hours=oldest))
    variables = {"Environment": {"Variables": {"AGE_SENT_FROM_SECONDS": seconds}}}
    template.resource_properties_count_is("AWS::Lambda::Function", variables, len(OF_WORKFLOW))


@pytest.mark.parametrize("length", [3, MOST_CHARACTERS // MOST_NAMES])
def test_the_most_accepted_names_fit(length: int) -> None:
    """A function's environment may have 4 KB (Lambda quotas), and a role 10 managed policies (IAM quotas)."""
    names = tuple(f"{number:02}".ljust(length, "x") for number in range(MOST_NAMES))
    keys = tuple(f"arn:aws:kms:us-east-1:123456789012:key/{number:036}" for number in range(MOST_CHARACTERS // 75))
    template = template_for_assertions(Settings(projects=names, image_buckets=names, image_keys=keys))
    functions = template.find_resources("AWS::Lambda::Function", {"Properties": {"Environment": Match.any_value()}})
    environments = [json.dumps(each["Properties"]["Environment"]) for each in functions.values()]
    assert MOST_NAMES * length < max(map(len, environments)) <= 4096
    overflow = template.find_resources("AWS::IAM::ManagedPolicy").values()
    roles = Counter(str(policy["Properties"]["Roles"]) for policy in overflow)
    assert max(roles.values(), default=0) <= 10


def test_timeout_leaves_time_for_two_last_waits() -> None:
    definition = render_definition(Settings(longest_wait_seconds=LONGEST_WAIT))
    deadlines = 2 * 24 * 3600
    assert definition["TimeoutSeconds"] - deadlines - 2 * LONGEST_WAIT >= 600
