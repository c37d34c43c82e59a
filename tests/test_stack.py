"""What the template promises: one promise a test."""

import pytest
from aws_cdk import App
from aws_cdk.assertions import Match, Template

from infra.settings import Settings
from infra.stack import DatasetDistribution
from lambdas.trigger import Trigger


def synthesize(settings: Settings) -> Template:
    return Template.from_stack(DatasetDistribution(App(), "Stack", settings=settings))


@pytest.fixture(scope="module")
def template() -> Template:
    return synthesize(Settings())


def test_the_state_machine_is_standard(template: Template) -> None:
    template.resource_count_is("AWS::StepFunctions::StateMachine", 1)
    template.has_resource_properties("AWS::StepFunctions::StateMachine", {"StateMachineType": Match.absent()})


def test_functions_run_on_arm_with_the_newest_python(template: Template) -> None:
    template.resource_properties_count_is(
        "AWS::Lambda::Function", {"Architectures": ["arm64"], "Runtime": "python3.14"}, 3
    )


def test_each_function_writes_to_a_log_group_of_the_stack(template: Template) -> None:
    template.resource_properties_count_is(
        "AWS::Lambda::Function", {"LoggingConfig": {"LogGroup": Match.any_value()}}, 3
    )


def test_every_function_may_write_its_logs(template: Template) -> None:
    writing = {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Effect": "Allow"}
    template.resource_properties_count_is(
        "AWS::IAM::Policy", {"PolicyDocument": {"Statement": Match.array_with([Match.object_like(writing)])}}, 3
    )


def test_logs_are_not_kept_forever(template: Template) -> None:
    template.all_resources_properties("AWS::Logs::LogGroup", {"RetentionInDays": 90})


def test_no_function_has_the_basic_managed_policy(template: Template) -> None:
    template.all_resources_properties("AWS::IAM::Role", {"ManagedPolicyArns": Match.absent()})


@pytest.mark.parametrize("action", ["rekognition:DescribeDataset", "rekognition:DistributeDatasetEntries"])
def test_dataset_permissions_are_on_datasets_only(template: Template, action: str) -> None:
    datasets = {"Fn::Join": ["", Match.array_with([Match.string_like_regexp(r":project/\*/dataset/\*/\*$")])]}
    template.has_resource_properties(
        "AWS::IAM::Policy",
        {
            "PolicyDocument": {
                "Statement": Match.array_with([{"Action": action, "Effect": "Allow", "Resource": datasets}])
            }
        },
    )


def test_only_describing_projects_is_on_everything(template: Template) -> None:
    policies = template.find_resources("AWS::IAM::Policy").values()
    statements = [s for policy in policies for s in policy["Properties"]["PolicyDocument"]["Statement"]]
    assert [s["Action"] for s in statements if s["Resource"] == "*"] == ["rekognition:DescribeProjects"]


def test_only_the_function_that_starts_a_distribution_may_start_one(template: Template) -> None:
    policies = template.find_resources("AWS::IAM::Policy")
    allowed = [name for name, policy in policies.items() if "DistributeDatasetEntries" in str(policy)]
    assert len(allowed) == 1
    assert "StartDistribution" in allowed[0]


def test_the_rule_matches_successful_calls_of_create_dataset(template: Template) -> None:
    template.has_resource_properties(
        "AWS::Events::Rule",
        {
            "EventPattern": {
                "source": ["aws.rekognition"],
                "detail-type": ["AWS API Call via CloudTrail"],
                "detail": {
                    "eventSource": ["rekognition.amazonaws.com"],
                    "eventName": ["CreateDataset"],
                    "errorCode": [{"exists": False}],
                },
            }
        },
    )


@pytest.mark.parametrize(("trigger", "state"), [("off", "DISABLED"), ("created", "ENABLED"), ("tagged", "ENABLED")])
def test_the_rule_is_as_the_setting_says(trigger: str, state: str) -> None:
    template = synthesize(Settings(trigger=Trigger(trigger)))
    template.has_resource_properties("AWS::Events::Rule", {"State": state})
    template.has_resource_properties("AWS::Lambda::Function", {"Environment": {"Variables": {"TRIGGER": trigger}}})


def test_the_rule_passes_the_whole_event(template: Template) -> None:
    target = {"Input": Match.absent(), "InputPath": Match.absent(), "InputTransformer": Match.absent()}
    template.has_resource_properties("AWS::Events::Rule", {"Targets": [target]})


def test_what_the_rule_cannot_deliver_is_kept(template: Template) -> None:
    queue = next(iter(template.find_resources("AWS::SQS::Queue")))
    template.has_resource_properties(
        "AWS::Events::Rule", {"Targets": [{"DeadLetterConfig": {"Arn": {"Fn::GetAtt": [queue, "Arn"]}}}]}
    )


@pytest.mark.parametrize("kind", ["AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy"])
def test_nobody_speaks_plain_http(template: Template, kind: str) -> None:
    refusal = {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    template.has_resource_properties(
        kind, {"PolicyDocument": {"Statement": Match.array_with([Match.object_like(refusal)])}}
    )


def test_nobody_is_subscribed_unasked(template: Template) -> None:
    template.resource_count_is("AWS::SNS::Subscription", 0)


def test_an_address_from_context_is_subscribed() -> None:
    template = synthesize(Settings(email="team@example.com"))
    template.has_resource_properties("AWS::SNS::Subscription", {"Protocol": "email", "Endpoint": "team@example.com"})


def test_records_are_found_by_project(template: Template) -> None:
    template.has_resource_properties(
        "AWS::DynamoDB::GlobalTable",
        {
            "KeySchema": [
                {"AttributeName": "ProjectName", "KeyType": "HASH"},
                {"AttributeName": "TestDatasetArn", "KeyType": "RANGE"},
            ],
            "BillingMode": "PAY_PER_REQUEST",
        },
    )


@pytest.mark.parametrize("output", ["StateMachineArn", "StateMachineConsole", "RecordsTable", "TopicArn"])
def test_the_outputs_say_where_things_are(template: Template, output: str) -> None:
    template.has_output(output, {"Value": Match.any_value()})


def test_nothing_has_a_physical_name(template: Template) -> None:
    names = {"FunctionName", "StateMachineName", "TopicName", "QueueName", "RoleName", "LogGroupName", "Name"}
    resources = template.to_json()["Resources"].values()
    assert [r["Type"] for r in resources if names & r.get("Properties", {}).keys()] == []
