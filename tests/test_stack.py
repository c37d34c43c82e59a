"""What the template promises: one promise a test."""

from typing import Any

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
        "AWS::Lambda::Function", {"Architectures": ["arm64"], "Runtime": "python3.14"}, 4
    )


def test_each_function_writes_to_a_log_group_of_the_stack(template: Template) -> None:
    template.resource_properties_count_is(
        "AWS::Lambda::Function", {"LoggingConfig": {"LogGroup": Match.any_value()}}, 4
    )


def test_every_function_may_write_its_logs(template: Template) -> None:
    writing = {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Effect": "Allow"}
    template.resource_properties_count_is(
        "AWS::IAM::Policy", {"PolicyDocument": {"Statement": Match.array_with([Match.object_like(writing)])}}, 4
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


@pytest.mark.parametrize("box", ["Trigger", "Watch"])
def test_what_a_rule_cannot_deliver_is_kept(template: Template, box: str) -> None:
    (rule,) = [rule for name, rule in template.find_resources("AWS::Events::Rule").items() if name.startswith(box)]
    (target,) = rule["Properties"]["Targets"]
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [queue_of(template, box), "Arn"]}}
    assert "RetryPolicy" not in target


def queue_of(template: Template, box: str) -> str:
    (queue,) = [name for name in template.find_resources("AWS::SQS::Queue") if name.startswith(box)]
    return queue


@pytest.mark.parametrize("box", ["Trigger", "Watch"])
def test_a_queue_that_is_not_empty_alarms(template: Template, box: str) -> None:
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue_of(template, box), "QueueName"]}}],
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Statistic": "Maximum",
            "Threshold": 1,
            "TreatMissingData": "notBreaching",
            "AlarmActions": [{"Ref": topic_of(template)}],
        },
    )


def topic_of(template: Template, box: str = "Notifications") -> str:
    (topic,) = [name for name in template.find_resources("AWS::SNS::Topic") if name.startswith(box)]
    return topic


def test_queues_are_encrypted(template: Template) -> None:
    template.all_resources_properties("AWS::SQS::Queue", {"SqsManagedSseEnabled": True})


def test_the_topics_policy_lets_in_the_alarms_of_this_account_only(template: Template) -> None:
    ((principal, action, conditions),) = allowed(template, "AWS::SNS::TopicPolicy")
    assert (principal, action) == ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish")
    partition, region, account = ({"Ref": f"AWS::{name}"} for name in ("Partition", "Region", "AccountId"))
    alarms = {"Fn::Join": ["", ["arn:", partition, ":cloudwatch:", region, ":", account, ":alarm:*"]]}
    assert conditions == {"ArnLike": {"aws:SourceArn": alarms}}


def test_the_policy_of_a_queue_lets_in_its_rule_only(template: Template) -> None:
    rules = [
        {"Fn::GetAtt": [name, "Arn"]}
        for name, rule in template.find_resources("AWS::Events::Rule").items()
        if "DeadLetterConfig" in rule["Properties"]["Targets"][0]
    ]
    assert allowed(template, "AWS::SQS::QueuePolicy") == [
        ({"Service": "events.amazonaws.com"}, "sqs:SendMessage", {"ArnEquals": {"aws:SourceArn": rule}})
        for rule in rules
    ]


def allowed(template: Template, kind: str) -> list[tuple[Any, Any, Any]]:
    """Whom policies of this kind let in, to do what, and when."""
    policies = template.find_resources(kind).values()
    statements = [s for policy in policies for s in policy["Properties"]["PolicyDocument"]["Statement"]]
    return [(s["Principal"], s["Action"], s.get("Condition")) for s in statements if s["Effect"] == "Allow"]


@pytest.mark.parametrize(("box", "topic"), [("Watch", "Notifications"), ("Chat", "Chat")])
def test_a_rule_may_publish_to_its_topic_and_nothing_else(template: Template, box: str, topic: str) -> None:
    (name,) = [name for name in template.find_resources("AWS::IAM::Role") if name.startswith(box)]
    policies = [policy["Properties"] for policy in template.find_resources("AWS::IAM::Policy").values()]
    (statements,) = [policy["PolicyDocument"]["Statement"] for policy in policies if {"Ref": name} in policy["Roles"]]
    assert statements == [{"Action": "sns:Publish", "Effect": "Allow", "Resource": {"Ref": topic_of(template, topic)}}]
    template.has_resource_properties("AWS::Events::Rule", {"Targets": [{"RoleArn": {"Fn::GetAtt": [name, "Arn"]}}]})


def test_the_watch_passes_on_nothing_that_others_wrote(template: Template) -> None:
    (rule,) = [r for name, r in template.find_resources("AWS::Events::Rule").items() if name.startswith("Watch")]
    passed = rule["Properties"]["Targets"][0]["InputTransformer"]["InputPathsMap"].values()
    detail = {"$.detail.status", "$.detail.name", "$.detail.executionArn"}
    assert set(passed) == {"$.region", "$.time", *detail}


@pytest.mark.parametrize("kind", ["AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"])
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


@pytest.mark.parametrize(
    "output",
    [
        "StateMachineArn",
        "StateMachineConsole",
        "RecordsTable",
        "ReportsBucket",
        "TopicArn",
        "ChatTopicArn",
    ],
)
def test_the_outputs_say_where_things_are(template: Template, output: str) -> None:
    template.has_output(output, {"Value": Match.any_value()})


def test_reports_are_private_encrypted_and_not_kept_forever(template: Template) -> None:
    blocked = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
    template.has_resource_properties(
        "AWS::S3::Bucket",
        {
            "PublicAccessBlockConfiguration": dict.fromkeys(blocked, True),
            "BucketEncryption": Match.any_value(),
            "LifecycleConfiguration": {"Rules": [{"ExpirationInDays": 90, "Status": "Enabled"}]},
        },
    )


def test_only_the_function_that_reports_may_write_reports(template: Template) -> None:
    policies = template.find_resources("AWS::IAM::Policy")
    (name,) = [name for name, policy in policies.items() if "s3:" in str(policy)]
    assert "ReportDistribution" in name


def test_nothing_has_a_physical_name(template: Template) -> None:
    names = {
        "FunctionName",
        "StateMachineName",
        "TopicName",
        "QueueName",
        "RoleName",
        "LogGroupName",
        "BucketName",
        "Name",
    }
    resources = template.to_json()["Resources"].values()
    assert [r["Type"] for r in resources if names & r.get("Properties", {}).keys()] == []


def test_nothing_may_train_a_model(template: Template) -> None:
    policies = template.find_resources("AWS::IAM::Policy").values()
    statements = [s for policy in policies for s in policy["Properties"]["PolicyDocument"]["Statement"]]
    actions = [
        action for s in statements for action in ([s["Action"]] if isinstance(s["Action"], str) else s["Action"])
    ]
    rekognition = {action for action in actions if action.startswith(("rekognition:", "*"))}
    assert rekognition == {
        f"rekognition:{action}"
        for action in (
            "DescribeDataset",
            "DescribeProjects",
            "DistributeDatasetEntries",
            "ListDatasetLabels",
            "ListTagsForResource",
        )
    }


def test_images_may_be_read_where_the_setting_says_so() -> None:
    granted = {
        "Action": "s3:GetObject",
        "Effect": "Allow",
        "Resource": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::images/*"]]},
    }
    settings = Settings(image_buckets=("images",))
    synthesize(settings).resource_properties_count_is(
        "AWS::IAM::Policy", {"PolicyDocument": {"Statement": Match.array_with([granted])}}, 1
    )
