"""What each setting makes of the template."""

import json
from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest
from aws_cdk import App, RemovalPolicy
from aws_cdk.assertions import Match, Template

from infra.settings import LONGEST_WAIT, MOST_CHARACTERS, MOST_NAMES, Settings
from infra.stack import DatasetDistribution
from tools.docs.template import render_definition, template_for_assertions

STARTED = datetime(2026, 11, 24, tzinfo=UTC)

# Those that have no tags.
WITHOUT_TAGS = {
    "AWS::IAM::Policy",
    "AWS::Lambda::Version",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "Custom::S3AutoDeleteObjects",
    "AWS::Logs::QueryDefinition",
}
DATA = ("AWS::DynamoDB::Table", "AWS::KMS::Key", "AWS::Logs::LogGroup", "AWS::S3::Bucket")


@pytest.fixture(scope="module")
def with_trail() -> Template:
    return template_for_assertions(Settings(create_trail=True))


def test_the_boundary_is_on_every_role() -> None:
    arn = "arn:aws:iam::123456789012:policy/edge"
    template = template_for_assertions(Settings(permissions_boundary=arn, create_trail=True))
    template.all_resources_properties("AWS::IAM::Role", {"PermissionsBoundary": arn})


def test_the_tags_are_on_everything_that_has_tags() -> None:
    """And on the stack itself, from which CDK's own function and role get them at the deployment."""
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
    """As a list of pairs, or as an object."""
    return {"Key": "team", "Value": "vision"} in (tags or []) or tags == {"team": "vision"}


def test_logs_and_pages_are_kept_as_long_as_it_says() -> None:
    template = template_for_assertions(Settings(retention_days=731, create_trail=True))
    template.all_resources_properties("AWS::Logs::LogGroup", {"RetentionInDays": 731})
    rules = {"Rules": [Match.object_like({"ExpirationInDays": 731, "Status": "Enabled"})]}
    template.all_resources_properties("AWS::S3::Bucket", {"LifecycleConfiguration": rules})


@pytest.mark.parametrize(("setting", "policy"), [(RemovalPolicy.DESTROY, "Delete"), (RemovalPolicy.RETAIN, "Retain")])
def test_data_is_kept_or_not(setting: RemovalPolicy, policy: str) -> None:
    template = template_for_assertions(Settings(removal_policy=setting, create_trail=True))
    for kind in DATA:
        template.all_resources(kind, {"DeletionPolicy": policy, "UpdateReplacePolicy": policy})
    template.resource_count_is("Custom::S3AutoDeleteObjects", 2 if policy == "Delete" else 0)


def test_without_the_setting_there_is_no_trail() -> None:
    template_for_assertions(Settings()).resource_count_is("AWS::CloudTrail::Trail", 0)


def test_the_trail_has_management_events_that_write_of_this_region_encrypted_and_sealed(with_trail: Template) -> None:
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


def test_the_trail_comes_after_the_policy_of_its_bucket_and_goes_before_it_is_emptied(with_trail: Template) -> None:
    (trail,) = with_trail.find_resources("AWS::CloudTrail::Trail").values()
    resources = with_trail.to_json()["Resources"]
    assert {resources[name]["Type"] for name in trail["DependsOn"]} == {
        "AWS::S3::Bucket",
        "AWS::S3::BucketPolicy",
        "Custom::S3AutoDeleteObjects",
    }


def test_key_and_bucket_are_open_to_this_very_trail(with_trail: Template) -> None:
    partition, region, account = ({"Ref": f"AWS::{name}"} for name in ("Partition", "Region", "AccountId"))
    name = ":trail/DatasetDistribution-Trail"
    arn = {"Fn::Join": ["", ["arn:", partition, ":cloudtrail:", region, ":", account, name]]}
    assert opened_to_trails(with_trail) == [
        (["kms:DescribeKey", "kms:GenerateDataKey*"], {"StringEquals": {"aws:SourceArn": arn}}),
        ("s3:GetBucketAcl", {"StringEquals": {"aws:SourceArn": arn}}),
        (
            "s3:PutObject",
            {"StringEquals": {"aws:SourceArn": arn, "s3:x-amz-acl": "bucket-owner-full-control"}},
        ),
    ]


def opened_to_trails(template: Template) -> list[tuple[Any, Any]]:
    """Actions and conditions of every statement for CloudTrail, whatever policy it is in."""
    policies = [key["Properties"]["KeyPolicy"] for key in template.find_resources("AWS::KMS::Key").values()]
    buckets = template.find_resources("AWS::S3::BucketPolicy").values()
    policies += [bucket["Properties"]["PolicyDocument"] for bucket in buckets]
    statements = [statement for policy in policies for statement in policy["Statement"]]
    cloudtrail = {"Service": "cloudtrail.amazonaws.com"}
    return [(s["Action"], s.get("Condition")) for s in statements if s["Principal"] == cloudtrail]


@pytest.mark.parametrize(("setting", "count"), [(True, 1), (False, 0)])
def test_there_is_a_dashboard_or_none(setting: bool, count: int) -> None:
    template_for_assertions(Settings(create_dashboard=setting)).resource_count_is("AWS::CloudWatch::Dashboard", count)


def test_an_execution_is_old_when_it_says_so() -> None:
    old = {"MetricName": "ExecutionAge", "Threshold": 5400, "Dimensions": [{"Name": "service", "Value": "Vision"}]}
    template = template_for_assertions(Settings(oldest_execution_hours=1.5, stack_name="Vision"))
    template.resource_properties_count_is("AWS::CloudWatch::Alarm", old, 1)


@pytest.mark.parametrize("length", [3, MOST_CHARACTERS // MOST_NAMES])
def test_as_many_names_as_are_accepted_fit(length: int) -> None:
    """The environment of a function may have 4 KB (Lambda quotas), a role 10 managed policies (IAM quotas)."""
    names = tuple(f"{number:02}".ljust(length, "x") for number in range(MOST_NAMES))
    template = template_for_assertions(Settings(projects=names, image_buckets=names))
    functions = template.find_resources("AWS::Lambda::Function", {"Properties": {"Environment": Match.any_value()}})
    environments = [json.dumps(each["Properties"]["Environment"]) for each in functions.values()]
    assert MOST_NAMES * length < max(map(len, environments)) <= 4096
    overflow = template.find_resources("AWS::IAM::ManagedPolicy").values()
    roles = Counter(str(policy["Properties"]["Roles"]) for policy in overflow)
    assert max(roles.values(), default=0) <= 10


def test_an_execution_ends_by_itself_though_a_last_wait_oversteps_each_deadline() -> None:
    definition = render_definition(Settings(longest_wait_seconds=LONGEST_WAIT))
    deadlines = 2 * 24 * 3600
    assert definition["TimeoutSeconds"] - deadlines - 2 * LONGEST_WAIT >= 600
