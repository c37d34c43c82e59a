"""The promises of the template, one for each test."""

import pytest
from aws_cdk.assertions import Match, Template

from infra.functions import FUNCTIONS


def test_both_state_machines_are_standard(template: Template) -> None:
    """That of the workflow and that of the sweep."""
    template.resource_count_is("AWS::StepFunctions::StateMachine", 2)
    template.all_resources_properties("AWS::StepFunctions::StateMachine", {"StateMachineType": Match.absent()})


def test_functions_run_on_arm_with_the_newest_python(template: Template) -> None:
    template.resource_properties_count_is(
        "AWS::Lambda::Function", {"Architectures": ["arm64"], "Runtime": "python3.14"}, len(FUNCTIONS)
    )


def test_each_function_writes_to_a_log_group_of_the_stack(template: Template) -> None:
    """The bucket emptier of the CDK does, too."""
    template.all_resources_properties("AWS::Lambda::Function", {"LoggingConfig": {"LogGroup": Match.any_value()}})


def test_every_log_group_has_a_retention(template: Template) -> None:
    template.all_resources_properties("AWS::Logs::LogGroup", {"RetentionInDays": 90})


def test_records_can_be_queried_by_project(template: Template) -> None:
    template.has_resource_properties(
        "AWS::DynamoDB::Table",
        {
            "KeySchema": [
                {"AttributeName": "ProjectName", "KeyType": "HASH"},
                {"AttributeName": "TestDatasetArn", "KeyType": "RANGE"},
            ],
            "BillingMode": "PAY_PER_REQUEST",
        },
    )


@pytest.mark.parametrize(
    "output",
    [
        "StateMachineArn",
        "StateMachineConsole",
        "SweepStateMachineArn",
        "RecordsTable",
        "ReportsBucket",
        "TopicArn",
        "ChatTopicArn",
        "AlarmTopicArn",
    ],
)
def test_stack_has_the_output(template: Template, output: str) -> None:
    template.has_output(output, {"Value": Match.any_value()})


def test_reports_are_private_encrypted_and_expire(template: Template) -> None:
    blocked = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "PublicAccessBlockConfiguration": dict.fromkeys(blocked, True),
            "BucketEncryption": Match.any_value(),
            "LifecycleConfiguration": {"Rules": Match.array_with([Match.object_like({"ExpirationInDays": 90})])},
        },
    )


def test_only_log_groups_of_state_machines_have_a_physical_name(template: Template) -> None:
    """Their names have the id of the stack. A Ref is no name of the resource itself, but names another resource."""
    names = {
        "FunctionName",
        "StateMachineName",
        "TopicName",
        "QueueName",
        "RoleName",
        "LogGroupName",
        "BucketName",
        "TableName",
        "AlarmName",
        "DashboardName",
    }
    properties = [resource.get("Properties", {}) for resource in template.to_json()["Resources"].values()]
    named = [(name, each[name]) for each in properties for name in names & each.keys()]
    literal = [(name, "AWS::StackId" in str(value)) for name, value in named if set(value) != {"Ref"}]
    assert literal == [("LogGroupName", True)] * 2
