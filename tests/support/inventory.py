"""The resources that exist in the account, as the API of each service lists them. CloudFormation is not asked."""

from collections.abc import Callable, Iterable
from typing import Any

from local.aws import LocalAws

_ListNames = Callable[[LocalAws], Iterable[str]]


def _list_by(service: str, operation: str, member: str, name: str = "") -> _ListNames:
    """The member `name` of each listed object, or the listed objects themselves if no name is given."""

    def names(aws: LocalAws) -> Iterable[str]:
        client = aws.client(service)
        paged = client.can_paginate(operation)
        answers = client.get_paginator(operation).paginate() if paged else [getattr(client, operation)()]
        found = [each for answer in answers for each in answer.get(member, [])]
        return [each[name] if name else each for each in found]

    return names


def _list_function_versions(aws: LocalAws) -> Iterable[str]:
    functions = aws.client("lambda")
    for function in functions.list_functions()["Functions"]:
        for each in functions.list_versions_by_function(FunctionName=function["FunctionName"])["Versions"]:
            yield f"{each['FunctionName']}:{each['Version']}"


def _list_keys(aws: LocalAws) -> Iterable[str]:
    """`STACK/KEY` for each key that is not pending deletion."""
    return [
        f"{_read_stack_name(aws, key)}/{key['KeyId']}"
        for key in _describe_keys(aws)
        if key["KeyState"] != "PendingDeletion"
    ]


def list_keys_pending_deletion(aws: LocalAws) -> list[str]:
    return [key["KeyId"] for key in _describe_keys(aws) if key["KeyState"] == "PendingDeletion"]


def _describe_keys(aws: LocalAws) -> list[dict[str, Any]]:
    kms = aws.client("kms")
    return [kms.describe_key(KeyId=key["KeyId"])["KeyMetadata"] for key in kms.list_keys()["Keys"]]


def _read_stack_name(aws: LocalAws, key: dict[str, Any]) -> str:
    tags = aws.client("kms").list_resource_tags(KeyId=key["KeyId"])["Tags"]
    return next((tag["TagValue"] for tag in tags if tag["TagKey"] == "aws:cloudformation:stack-name"), "")


KINDS: dict[str, _ListNames] = {
    "AWS::CloudWatch::Alarm": _list_by("cloudwatch", "describe_alarms", "MetricAlarms", "AlarmName"),
    "AWS::CloudWatch::Dashboard": _list_by("cloudwatch", "list_dashboards", "DashboardEntries", "DashboardName"),
    "AWS::DynamoDB::Table": _list_by("dynamodb", "list_tables", "TableNames"),
    "AWS::Events::Rule": _list_by("events", "list_rules", "Rules", "Name"),
    "AWS::IAM::Role": _list_by("iam", "list_roles", "Roles", "RoleName"),
    "AWS::KMS::Key": _list_keys,
    "AWS::Lambda::Function": _list_by("lambda", "list_functions", "Functions", "FunctionName"),
    "AWS::Lambda::Version": _list_function_versions,
    "AWS::Logs::LogGroup": _list_by("logs", "describe_log_groups", "logGroups", "logGroupName"),
    "AWS::Logs::QueryDefinition": _list_by("logs", "describe_query_definitions", "queryDefinitions", "name"),
    "AWS::S3::Bucket": _list_by("s3", "list_buckets", "Buckets", "Name"),
    "AWS::Scheduler::Schedule": _list_by("scheduler", "list_schedules", "Schedules", "Name"),
    "AWS::Scheduler::ScheduleGroup": _list_by("scheduler", "list_schedule_groups", "ScheduleGroups", "Name"),
    "AWS::SNS::Topic": _list_by("sns", "list_topics", "Topics", "TopicArn"),
    "AWS::SQS::Queue": _list_by("sqs", "list_queues", "QueueUrls"),
    "AWS::StepFunctions::StateMachine": _list_by("stepfunctions", "list_state_machines", "stateMachines", "name"),
}

# Parts of another resource: the service deletes them together with that resource.
PARTS = {
    "AWS::CDK::Metadata",
    "AWS::IAM::Policy",
    "AWS::Lambda::Permission",
    "AWS::S3::BucketPolicy",
    "AWS::SNS::TopicPolicy",
    "AWS::SQS::QueuePolicy",
    "Custom::S3AutoDeleteObjects",
}


def list_all_resources(aws: LocalAws) -> dict[str, set[str]]:
    """The names of all resources in the account, by kind."""
    return {kind: set(names(aws)) for kind, names in KINDS.items()}


def list_stack_resources(aws: LocalAws, stack: str) -> dict[str, set[str]]:
    """The names of the stack's resources, by kind. A kind without resources is left out."""
    found = {
        kind: {name for name in names if stack.lower() in name.lower()}
        for kind, names in list_all_resources(aws).items()
    }
    return {kind: names for kind, names in found.items() if names}
