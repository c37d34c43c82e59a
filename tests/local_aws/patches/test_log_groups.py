"""CloudFormation names a log group after its stack."""

from typing import Any

from local.aws import LocalAws
from tests.support.stacks import NAME_PREFIX, Stack


def log_group(**properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Logs::LogGroup", "Properties": properties}


def test_a_log_group_keeps_the_name_from_its_stack(local_aws: LocalAws) -> None:
    stack, logs = Stack(local_aws, Group=log_group(RetentionInDays=30)), local_aws.client("logs")
    name = stack.ref("Group")
    assert name.startswith(f"{NAME_PREFIX}-")
    assert "-Group-" in name
    logs.create_log_stream(logGroupName=name, logStreamName="stream")
    stack.update(Group=log_group(RetentionInDays=60))
    (group,) = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
    assert (stack.ref("Group"), group["logGroupName"], group["retentionInDays"]) == (name, name, 60)
    assert [each["logStreamName"] for each in logs.describe_log_streams(logGroupName=name)["logStreams"]] == ["stream"]


def test_a_log_group_keeps_a_given_name(local_aws: LocalAws) -> None:
    assert Stack(local_aws, Group=log_group(LogGroupName="/a/name")).ref("Group") == "/a/name"
