"""What the template promises: one promise a test."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from infra.settings import Settings
from lambdas.rules.trigger import Trigger
from tools.docs.grants import Grant, grants_of_roles
from tools.docs.template import template_for_assertions


@pytest.fixture(scope="module")
def template() -> Template:
    return template_for_assertions(Settings())


def test_the_state_machine_is_standard(template: Template) -> None:
    template.resource_count_is("AWS::StepFunctions::StateMachine", 1)
    template.has_resource_properties("AWS::StepFunctions::StateMachine", {"StateMachineType": Match.absent()})


def test_functions_run_on_arm_with_the_newest_python(template: Template) -> None:
    template.resource_properties_count_is(
        "AWS::Lambda::Function", {"Architectures": ["arm64"], "Runtime": "python3.14"}, 5
    )


def test_each_function_writes_to_a_log_group_of_the_stack(template: Template) -> None:
    """CDK's own, too."""
    template.all_resources_properties("AWS::Lambda::Function", {"LoggingConfig": {"LogGroup": Match.any_value()}})


def test_every_function_may_write_its_logs(template: Template) -> None:
    writing = {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Effect": "Allow"}
    template.resource_properties_count_is(
        "AWS::IAM::Policy", {"PolicyDocument": {"Statement": Match.array_with([Match.object_like(writing)])}}, 6
    )


def test_logs_are_not_kept_forever(template: Template) -> None:
    template.all_resources_properties("AWS::Logs::LogGroup", {"RetentionInDays": 90})


def test_no_role_has_a_managed_policy(template: Template) -> None:
    template.all_resources_properties("AWS::IAM::Role", {"ManagedPolicyArns": Match.absent()})


def test_what_empties_a_bucket_makes_no_log_group_and_may_ask_whether_it_still_is_to(template: Template) -> None:
    """Where a deployment is to keep the bucket, its policy lets nobody ask any more."""
    actions = [grant.action for grant in grants(template) if grant.owner.startswith("CustomS3")]
    assert actions == ["logs:CreateLogStream", "logs:PutLogEvents", "s3:GetBucketTagging"]


@pytest.mark.parametrize("action", ["rekognition:DescribeDataset", "rekognition:DistributeDatasetEntries"])
@pytest.mark.parametrize("projects", [("*",), ("demo",), ("defects-*", "demo")])
def test_dataset_permissions_are_on_datasets_of_the_projects_only(action: str, projects: tuple[str, ...]) -> None:
    granted = [
        grant for grant in grants(template_for_assertions(Settings(projects=projects))) if grant.action == action
    ]
    assert granted
    assert {(grant.owner, grant.resource["Fn::Join"][1][-1]) for grant in granted} == {
        (grant.owner, f":project/{name}/dataset/*/*") for grant in granted for name in projects
    }


def test_what_is_granted_on_everything_knows_no_resource(template: Template) -> None:
    """Service Authorization Reference: none of these actions has a resource type."""
    assert {grant.action for grant in grants(template) if grant.resource == "*"} == {
        "logs:CreateLogDelivery",
        "logs:DeleteLogDelivery",
        "logs:DescribeLogGroups",
        "logs:DescribeResourcePolicies",
        "logs:GetLogDelivery",
        "logs:ListLogDeliveries",
        "logs:PutResourcePolicy",
        "logs:UpdateLogDelivery",
        "rekognition:DescribeProjects",
        "xray:GetSamplingRules",
        "xray:GetSamplingTargets",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }


def grants(template: Template) -> list[Grant]:
    return grants_of_roles(dict(template.to_json()))


def test_only_completion_events_of_ours_may_be_put(template: Template) -> None:
    (statement,) = [grant.statement for grant in grants(template) if grant.action == "events:PutEvents"]
    assert statement["Condition"] == {
        "StringEquals": {
            "events:source": "dataset-distribution",
            "events:detail-type": ["Dataset Distribution Succeeded", "Dataset Distribution Failed"],
        }
    }


def test_nothing_of_the_stack_listens_to_events_that_anybody_can_put(template: Template) -> None:
    """AWS alone puts events whose source begins with aws."""
    patterns = [rule["Properties"]["EventPattern"] for rule in template.find_resources("AWS::Events::Rule").values()]
    sources = {source for pattern in patterns for source in pattern["source"]}
    assert sources
    assert all(source.startswith("aws.") for source in sources)


def test_an_execution_is_described_where_it_is_one_of_this_state_machine(template: Template) -> None:
    (machine,) = template.find_resources("AWS::StepFunctions::StateMachine")
    granted = {grant.action: grant.resource for grant in grants(template)}
    for action in ("states:DescribeExecution", "states:GetExecutionHistory"):
        assert {"Fn::GetAtt": [machine, "Name"]} in granted[action]["Fn::Join"][1]


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
    template = template_for_assertions(Settings(trigger=Trigger(trigger)))
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
        },
    )


def topic_of(template: Template, box: str = "Notifications") -> str:
    (topic,) = [name for name in template.find_resources("AWS::SNS::Topic") if name.startswith(box)]
    return topic


def test_alarms_are_told_to_the_topic_of_operations(template: Template) -> None:
    topic = [{"Ref": topic_of(template, "Operations")}]
    template.all_resources_properties("AWS::CloudWatch::Alarm", {"AlarmActions": topic, "OKActions": topic})


def test_alarms_are_told_to_the_topic_of_the_setting() -> None:
    arn = "arn:aws:sns:us-east-1:123456789012:alarms"
    template = template_for_assertions(Settings(alarm_topic_arn=arn))
    template.all_resources_properties("AWS::CloudWatch::Alarm", {"AlarmActions": [arn]})
    assert [name for name in template.find_resources("AWS::SNS::Topic") if name.startswith("Operations")] == []


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
def test_whatever_holds_data_is_encrypted_with_the_one_key(template: Template, kind: str) -> None:
    (key,) = template.find_resources("AWS::KMS::Key")
    assert template.find_resources(kind)
    template.all_resources_properties(kind, ENCRYPTED[kind]({"Fn::GetAtt": [key, "Arn"]}))


def test_the_key_rotates(template: Template) -> None:
    template.all_resources_properties("AWS::KMS::Key", {"EnableKeyRotation": True})


ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def arns(service: str, resource: str) -> dict[str, Any]:
    """Every one of the account and Region."""
    partition, region, account = ({"Ref": f"AWS::{name}"} for name in ("Partition", "Region", "AccountId"))
    return {"Fn::Join": ["", ["arn:", partition, f":{service}:", region, ":", account, f":{resource}"]]}


def test_the_key_is_opened_to_the_services_that_use_it_by_themselves_and_to_no_others(template: Template) -> None:
    """CloudWatch for alarms, EventBridge for queues, CloudWatch Logs; each for what is the stack's or the account's."""
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


def test_the_key_is_not_opened_to_alarms_where_their_topic_is_not_the_stacks() -> None:
    settings = Settings(alarm_topic_arn="arn:aws:sns:us-east-1:123456789012:alarms")
    (key,) = template_for_assertions(settings).find_resources("AWS::KMS::Key").values()
    assert "cloudwatch.amazonaws.com" not in str(key)


def test_the_topics_policy_lets_in_the_alarms_of_this_stack_only(template: Template) -> None:
    ((principal, action, conditions),) = allowed(template, "AWS::SNS::TopicPolicy")
    assert (principal, action) == ({"Service": "cloudwatch.amazonaws.com"}, "sns:Publish")
    assert conditions == {"ArnLike": {"aws:SourceArn": arns("cloudwatch", "alarm:DatasetDistribution-*")}}


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


def test_a_rule_may_publish_to_its_topic_and_nothing_else(template: Template) -> None:
    (name,) = [name for name in template.find_resources("AWS::IAM::Role") if name.startswith("Watch")]
    (key,) = template.find_resources("AWS::KMS::Key")
    assert [(grant.action, grant.resource) for grant in grants(template) if grant.owner == name] == [
        ("sns:Publish", {"Ref": topic_of(template)}),
        ("kms:Decrypt", {"Fn::GetAtt": [key, "Arn"]}),
        ("kms:GenerateDataKey", {"Fn::GetAtt": [key, "Arn"]}),
    ]
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
    template = template_for_assertions(Settings(email=("team@example.com",)))
    for box in ("Notifications", "Operations"):
        topic = {"Ref": topic_of(template, box)}
        subscription = {"Protocol": "email", "Endpoint": "team@example.com", "TopicArn": topic}
        template.resource_properties_count_is("AWS::SNS::Subscription", subscription, 1)


def test_alarms_may_have_addresses_of_their_own() -> None:
    template = template_for_assertions(Settings(email=("team@example.com",), alarm_email=("ops@example.com",)))
    subscription = {"Endpoint": "ops@example.com", "TopicArn": {"Ref": topic_of(template, "Operations")}}
    template.resource_properties_count_is("AWS::SNS::Subscription", subscription, 1)
    template.resource_count_is("AWS::SNS::Subscription", 2)


def test_records_are_found_by_project(template: Template) -> None:
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
        "RecordsTable",
        "ReportsBucket",
        "TopicArn",
        "ChatTopicArn",
        "AlarmTopicArn",
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
            "LifecycleConfiguration": {"Rules": Match.array_with([Match.object_like({"ExpirationInDays": 90})])},
        },
    )


def test_only_the_function_that_reports_may_write_reports(template: Template) -> None:
    policies = template.find_resources("AWS::IAM::Policy")
    (name,) = [name for name, policy in policies.items() if "s3:Put" in str(policy)]
    assert "ReportOutcome" in name


def test_nothing_has_a_physical_name(template: Template) -> None:
    names = {
        "FunctionName",
        "StateMachineName",
        "TopicName",
        "QueueName",
        "RoleName",
        "LogGroupName",
        "BucketName",
        "AlarmName",
        "DashboardName",
    }
    resources = template.to_json()["Resources"].values()
    written = {r["Type"]: {n for n in names if isinstance(r.get("Properties", {}).get(n), str)} for r in resources}
    assert {kind: found for kind, found in written.items() if found} == {}


def test_nothing_may_train_a_model(template: Template) -> None:
    rekognition = {grant.action for grant in grants(template) if grant.action.startswith(("rekognition:", "*"))}
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
    template_for_assertions(settings).resource_properties_count_is(
        "AWS::IAM::Policy", {"PolicyDocument": {"Statement": Match.array_with([granted])}}, 1
    )
