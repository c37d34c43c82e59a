"""CloudFormation creates and deletes saved queries."""

from typing import Any

from local.aws import LocalAws
from tests.support.stacks import Stack


def query(text: str) -> dict[str, Any]:
    properties = {"Name": "folder/query", "QueryString": text, "LogGroupNames": ["group"]}
    return {"Type": "AWS::Logs::QueryDefinition", "Properties": properties}


def test_a_query_is_created_changed_and_deleted(local_aws: LocalAws) -> None:
    logs, stack = local_aws.client("logs"), Stack(local_aws, Q=query("fields @message"))
    name = stack.ref("Q")

    def saved() -> list[tuple[str, str, list[str]]]:
        found = logs.describe_query_definitions(queryDefinitionNamePrefix="folder/")["queryDefinitions"]
        return [(each["queryDefinitionId"], each["queryString"], each["logGroupNames"]) for each in found]

    assert saved() == [(name, "fields @message", ["group"])]
    stack.update(Q=query("fields @timestamp"))
    assert saved() == [(name, "fields @timestamp", ["group"])]
    stack.delete()
    assert saved() == []
