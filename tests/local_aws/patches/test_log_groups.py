"""A log group has its stack's name in its own, as CloudFormation gives it."""

from typing import Any

from local.aws import LocalAws
from tests.support.stacks import NAME_PREFIX, Stack


def log_group(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Logs::LogGroup", "Properties": properties}


def test_a_log_group_without_a_name_is_named_after_its_stack_and_keeps_its_name(local_aws: LocalAws) -> None:
    stack, logs = Stack(local_aws, Group=log_group(RetentionInDays=30)), local_aws.client("logs")
    name = stack.ref("Group")
    assert name.startswith(f"{NAME_PREFIX}-")
    assert "-Group-" in name
    logs.create_log_stream(logGroupName=name, logStreamName="stream")
    stack.update(Group=log_group(RetentionInDays=60))
    (group,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert (stack.ref("Group"), group["logGroupName"], group["retentionInDays"]) == (name, name, 60)
    assert [each["logStreamName"] for each in logs.describe_log_streams(logGroupName=name)["logStreams"]] == ["stream"]


def test_a_log_group_with_a_name_has_that(local_aws: LocalAws) -> None:
    assert Stack(local_aws, Group=log_group(LogGroupName="/a/name")).ref("Group") == "/a/name"
