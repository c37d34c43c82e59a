"""The promises of the template, one for each test."""

from collections.abc import Callable
from typing import Any

import pytest
from aws_cdk.assertions import Match, Template

from infra.functions import FUNCTIONS, OF_SWEEP, OF_WORKFLOW, construct_id_of
from infra.settings import Settings
from lambdas.rules.tags import Trigger
from tools.docs.grants import Grant, grants_of_roles, plain
from tools.docs.template import template_for_assertions


@pytest.fixture(scope="module")
def template() -> Template:
    return template_for_assertions(Settings())


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


def test_every_function_may_write_its_logs(template: Template) -> None:
    writing = {"Action": ["logs:CreateLogStream", "logs:PutLogEvents"], "Effect": "Allow"}
    template.resource_properties_count_is(
        "AWS::IAM::Policy",
        {"PolicyDocument": {"Statement": Match.array_with([Match.object_like(writing)])}},
        len(FUNCTIONS) + 1,
    )


def test_every_log_group_has_a_retention(template: Template) -> None:
    template.all_resources_properties("AWS::Logs::LogGroup", {"RetentionInDays": 90})


def test_no_role_has_a_managed_policy(template: Template) -> None:
    template.all_resources_properties("AWS::IAM::Role", {"ManagedPolicyArns": Match.absent()})


def test_bucket_emptier_may_only_log_and_read_tags(template: Template) -> None:
    """A deployment that retains the bucket removes the bucket's policy, so the role itself must allow the tags."""
    actions = [grant.action for grant in grants(template) if grant.owner.startswith("CustomS3")]
    assert actions == ["logs:CreateLogStream", "logs:PutLogEvents", "s3:GetBucketTagging"]


@pytest.mark.parametrize("action", ["rekognition:DescribeDataset", "rekognition:DistributeDatasetEntries"])
@pytest.mark.parametrize("projects", [("*",), ("demo",), ("defects-*", "demo")])
def test_dataset_permissions_cover_the_projects_only(action: str, projects: tuple[str, ...]) -> None:
    granted = [
        grant for grant in grants(template_for_assertions(Settings(projects=projects))) if grant.action == action
    ]
    assert granted
    assert {(grant.owner, grant.resource["Fn::Join"][1][-1]) for grant in granted} == {
        (grant.owner, f":project/{name}/dataset/*/*") for grant in granted for name in projects
    }


def test_actions_on_all_resources_take_no_resource(template: Template) -> None:
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


def test_only_completion_events_may_be_put(template: Template) -> None:
    (statement,) = [grant.statement for grant in grants(template) if grant.action == "events:PutEvents"]
    assert statement["Condition"] == {
        "StringEquals": {
            "events:source": "dataset-distribution",
            "events:detail-type": ["Dataset Distribution Succeeded", "Dataset Distribution Failed"],
        }
    }


def test_rules_match_events_of_aws_only(template: Template) -> None:
    """Only AWS can put events whose source begins with `aws.`."""
    patterns = [rule["Properties"]["EventPattern"] for rule in template.find_resources("AWS::Events::Rule").values()]
    sources = {source for pattern in patterns for source in pattern["source"]}
    assert sources
    assert all(source.startswith("aws.") for source in sources)


def test_only_executions_of_the_workflow_may_be_read(template: Template) -> None:
    machine = machine_of(template, "Workflow")
    actions = ("states:DescribeExecution", "states:GetExecutionHistory")
    granted = [grant.resource["Fn::Join"][1] for grant in grants(template) if grant.action in actions]
    assert granted
    assert [parts for parts in granted if {"Fn::GetAtt": [machine, "Name"]} not in parts] == []


def test_only_the_schedule_and_the_sweep_itself_start_a_sweep(template: Template) -> None:
    starting = [grant for grant in grants(template) if grant.action == "states:StartExecution"]
    started = {(plain(grant.owner), plain(grant.resource["Ref"])) for grant in starting}
    assert started == {
        ("WorkflowStateMachineEventsRole", "WorkflowStateMachine"),
        ("SweepRole", "WorkflowStateMachine"),
        ("SweepRole", "SweepStateMachine"),
        ("ScheduleRole", "SweepStateMachine"),
    }


def machine_of(template: Template, box: str) -> str:
    (machine,) = [name for name in template.find_resources("AWS::StepFunctions::StateMachine") if name.startswith(box)]
    return machine


def test_only_start_distribution_may_distribute(template: Template) -> None:
    policies = template.find_resources("AWS::IAM::Policy")
    allowed = [name for name, policy in policies.items() if "DistributeDatasetEntries" in str(policy)]
    assert len(allowed) == 1
    assert "StartDistribution" in allowed[0]


def test_rule_matches_successful_calls_of_create_dataset(template: Template) -> None:
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
def test_trigger_setting_enables_the_rule(trigger: str, state: str) -> None:
    template = template_for_assertions(Settings(trigger=Trigger(trigger)))
    (rule,) = [
        each for name, each in template.find_resources("AWS::Events::Rule").items() if name.startswith("Trigger")
    ]
    assert rule["Properties"]["State"] == state
    template.has_resource_properties("AWS::Lambda::Function", {"Environment": {"Variables": {"TRIGGER": trigger}}})


@pytest.mark.parametrize("box", ["Trigger", "Watch"])
def test_rules_have_dead_letter_queues(template: Template, box: str) -> None:
    (rule,) = [rule for name, rule in template.find_resources("AWS::Events::Rule").items() if name.startswith(box)]
    (target,) = rule["Properties"]["Targets"]
    assert target["DeadLetterConfig"] == {"Arn": {"Fn::GetAtt": [queue_of(template, box), "Arn"]}}
    assert "RetryPolicy" not in target


def test_no_rule_has_a_target_without_a_dead_letter_queue(template: Template) -> None:
    rules = template.find_resources("AWS::Events::Rule").values()
    targets = [target for rule in rules for target in rule["Properties"]["Targets"]]
    assert len(targets) >= len(rules) > 0
    assert [target["Arn"] for target in targets if "DeadLetterConfig" not in target] == []


def queue_of(template: Template, box: str) -> str:
    (queue,) = [name for name in template.find_resources("AWS::SQS::Queue") if name.startswith(box)]
    return queue


@pytest.mark.parametrize("box", ["Trigger", "Watch", "Schedule"])
def test_message_in_a_dead_letter_queue_raises_an_alarm(template: Template, box: str) -> None:
    template.has_resource_properties(
        "AWS::CloudWatch::Alarm",
        {
            "Namespace": "AWS/SQS",
            "MetricName": "ApproximateNumberOfMessagesVisible",
            "Dimensions": [{"Name": "QueueName", "Value": {"Fn::GetAtt": [queue_of(template, box), "QueueName"]}}],
            "ComparisonOperator": "GreaterThanOrEqualToThreshold",
            "Statistic": "Maximum",
            "Threshold": 1,
            "TreatMissingData": "ignore",
        },
    )


def topic_of(template: Template, box: str = "Notifications") -> str:
    (topic,) = [name for name in template.find_resources("AWS::SNS::Topic") if name.startswith(box)]
    return topic


def test_alarms_go_to_the_alarm_topic(template: Template) -> None:
    topic = [{"Ref": topic_of(template, "Operations")}]
    template.all_resources_properties("AWS::CloudWatch::Alarm", {"AlarmActions": topic, "OKActions": topic})


def test_alarms_go_to_the_topic_of_the_setting() -> None:
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
def test_all_data_is_encrypted_with_the_key(template: Template, kind: str) -> None:
    (key,) = template.find_resources("AWS::KMS::Key")
    assert template.find_resources(kind)
    template.all_resources_properties(kind, ENCRYPTED[kind]({"Fn::GetAtt": [key, "Arn"]}))


def test_key_rotates(template: Template) -> None:
    template.all_resources_properties("AWS::KMS::Key", {"EnableKeyRotation": True})


ACCOUNT = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


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


def test_dead_letter_queue_allows_its_rule_only(template: Template) -> None:
    rules = [
        {"Fn::GetAtt": [name, "Arn"]}
        for name, rule in template.find_resources("AWS::Events::Rule").items()
        if "DeadLetterConfig" in rule["Properties"]["Targets"][0]
    ]
    found = allowed(template, "AWS::SQS::QueuePolicy")
    assert len(found) == len(rules)
    for rule in rules:
        sender = {"Service": "events.amazonaws.com"}
        assert (sender, "sqs:SendMessage", {"ArnEquals": {"aws:SourceArn": rule}}) in found


def allowed(template: Template, kind: str) -> list[tuple[Any, Any, Any]]:
    """The principal, action and condition of each statement that policies of this type allow."""
    policies = template.find_resources(kind).values()
    statements = [s for policy in policies for s in policy["Properties"]["PolicyDocument"]["Statement"]]
    return [(s["Principal"], s["Action"], s.get("Condition")) for s in statements if s["Effect"] == "Allow"]


def test_rule_for_endings_may_only_invoke_its_function(template: Template) -> None:
    """A target with a role may receive nothing ("Using resource-based policies for Amazon EventBridge")."""
    (name,) = [name for name in template.find_resources("AWS::Events::Rule") if name.startswith("Watch")]
    (target,) = template.find_resources("AWS::Events::Rule")[name]["Properties"]["Targets"]
    assert target.keys() == {"Arn", "DeadLetterConfig", "Id"}
    (permission,) = template.find_resources("AWS::Lambda::Permission").values()
    assert permission["Properties"] == {
        "Action": "lambda:InvokeFunction",
        "FunctionName": target["Arn"],
        "Principal": "events.amazonaws.com",
        "SourceArn": {"Fn::GetAtt": [name, "Arn"]},
    }


def test_only_the_function_that_a_rule_invokes_has_a_dead_letter_queue(template: Template) -> None:
    queue = {"TargetArn": {"Fn::GetAtt": [queue_of(template, "Watch"), "Arn"]}}
    template.resource_properties_count_is("AWS::Lambda::Function", {"DeadLetterConfig": Match.any_value()}, 1)
    template.has_resource_properties(
        "AWS::Lambda::Function", {"Handler": "lambdas.notify_ending.handler", "DeadLetterConfig": queue}
    )


@pytest.mark.parametrize(("machine", "functions"), [("Workflow", OF_WORKFLOW), ("Sweep", (*OF_SWEEP, "notify_ending"))])
def test_a_state_machine_may_invoke_the_functions_of_its_states_only(
    template: Template, machine: str, functions: tuple[str, ...]
) -> None:
    invoked = str([g.resource for g in grants(template) if g.action == "lambda:InvokeFunction" and machine in g.owner])
    assert {name for name in FUNCTIONS if f"Functions{construct_id_of(name)}" in invoked} == set(functions)


@pytest.mark.parametrize("kind", ["AWS::SNS::TopicPolicy", "AWS::SQS::QueuePolicy", "AWS::S3::BucketPolicy"])
def test_requests_without_tls_are_denied(template: Template, kind: str) -> None:
    denial = {"Effect": "Deny", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    template.all_resources_properties(
        kind, {"PolicyDocument": {"Statement": Match.array_with([Match.object_like(denial)])}}
    )


def test_default_stack_has_no_subscription(template: Template) -> None:
    template.resource_count_is("AWS::SNS::Subscription", 0)


def test_address_of_the_setting_is_subscribed() -> None:
    template = template_for_assertions(Settings(email=("team@example.com",)))
    for box in ("Notifications", "Operations"):
        topic = {"Ref": topic_of(template, box)}
        subscription = {"Protocol": "email", "Endpoint": "team@example.com", "TopicArn": topic}
        template.resource_properties_count_is("AWS::SNS::Subscription", subscription, 1)


def test_alarms_can_have_their_own_addresses() -> None:
    template = template_for_assertions(Settings(email=("team@example.com",), alarm_email=("ops@example.com",)))
    subscription = {"Endpoint": "ops@example.com", "TopicArn": {"Ref": topic_of(template, "Operations")}}
    template.resource_properties_count_is("AWS::SNS::Subscription", subscription, 1)
    template.resource_count_is("AWS::SNS::Subscription", 2)


@pytest.mark.parametrize("stack_name", ["Left", "Right"])
def test_mails_of_a_topic_name_the_stack_and_the_subject(stack_name: str) -> None:
    """A person who confirms several subscriptions can tell them apart."""
    topics = template_for_assertions(Settings(stack_name=stack_name)).find_resources("AWS::SNS::Topic").values()
    names = [topic["Properties"]["DisplayName"] for topic in topics]
    assert len(set(names)) == len(names) == 3
    assert all(name.startswith(f"{stack_name} ") for name in names)


@pytest.mark.parametrize(
    ("service", "resource"), [("states.amazonaws.com", ":stateMachine:*"), ("events.amazonaws.com", ":rule/*")]
)
def test_service_assumes_a_role_for_this_account_only(template: Template, service: str, resource: str) -> None:
    """AWS documents both conditions for these services."""
    documents = [
        role["Properties"]["AssumeRolePolicyDocument"] for role in template.find_resources("AWS::IAM::Role").values()
    ]
    trusted = [each for document in documents for each in document["Statement"]]
    of_service = [each for each in trusted if each["Principal"] == {"Service": service}]
    assert of_service
    for statement in of_service:
        assert statement["Condition"]["StringEquals"] == {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}
        parts = statement["Condition"]["ArnLike"]["aws:SourceArn"]["Fn::Join"][1]
        assert {"Ref": "AWS::AccountId"} in parts
        assert parts[-1] == resource


def test_scheduler_assumes_its_role_for_the_group_of_the_schedule_only(template: Template) -> None:
    """A condition with the ARN of a schedule never matches: the source is the group."""
    (group,) = template.find_resources("AWS::Scheduler::ScheduleGroup")
    trusted = [
        statement["Condition"]
        for role in template.find_resources("AWS::IAM::Role").values()
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "scheduler.amazonaws.com"}
    ]
    source = {"aws:SourceAccount": {"Ref": "AWS::AccountId"}, "aws:SourceArn": {"Fn::GetAtt": [group, "Arn"]}}
    assert trusted == [{"StringEquals": source}]
    template.has_resource_properties("AWS::Scheduler::Schedule", {"GroupName": {"Ref": group}})


def test_schedule_is_created_after_the_rights_of_its_role(template: Template) -> None:
    """Without a start date, a schedule with a rate invokes its target at once."""
    (schedule,) = template.find_resources("AWS::Scheduler::Schedule").values()
    assert {plain(name) for name in schedule["DependsOn"]} == {"ScheduleRole", "ScheduleRoleDefaultPolicy"}


def test_lambda_assumes_a_role_for_this_account_only(template: Template) -> None:
    """The CDK makes the role of the bucket emptier."""
    roles = template.find_resources("AWS::IAM::Role").items()
    lambdas = {
        name: statement.get("Condition")
        for name, role in roles
        for statement in role["Properties"]["AssumeRolePolicyDocument"]["Statement"]
        if statement["Principal"] == {"Service": "lambda.amazonaws.com"}
    }
    free = [name for name, condition in lambdas.items() if condition != ACCOUNT]
    assert len(lambdas) == len(FUNCTIONS) + 1
    assert [name.partition("Role")[0] for name in free] == ["CustomS3AutoDeleteObjectsCustomResourceProvider"]


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


def test_only_report_outcome_may_write_reports(template: Template) -> None:
    policies = template.find_resources("AWS::IAM::Policy")
    (name,) = [name for name, policy in policies.items() if "s3:Put" in str(policy)]
    assert "ReportOutcome" in name


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


def test_no_role_may_train_a_model(template: Template) -> None:
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


def test_setting_allows_reading_images() -> None:
    granted = {
        "Action": "s3:GetObject",
        "Effect": "Allow",
        "Resource": {"Fn::Join": ["", ["arn:", {"Ref": "AWS::Partition"}, ":s3:::images/*"]]},
    }
    settings = Settings(image_buckets=("images",))
    template_for_assertions(settings).resource_properties_count_is(
        "AWS::IAM::Policy", {"PolicyDocument": {"Statement": Match.array_with([granted])}}, 1
    )


def test_setting_allows_decrypting_images_through_s3_only() -> None:
    key = "arn:aws:kms:us-east-1:123456789012:key/0123"
    template = template_for_assertions(Settings(image_buckets=("images",), image_keys=(key,)))
    (grant,) = [each for each in grants(template) if each.resource == key]
    assert grant.owner.startswith("FunctionsStartDistributionRole")
    assert (grant.action, grant.via) == ("kms:Decrypt", "s3")
