"""A call of CloudFormation answers once its operation has ended."""

import json
from typing import Any

from local.aws import LocalAws
from tests.support.unique import unique

TOPICS = 100  # in a nested stack. MiniStack deploys it in a thread, and without the patch answers long before its end


def template(aws: LocalAws, topics: int) -> dict[str, str]:
    """The template of a stack with a nested stack that has these topics."""
    s3, name = aws.client("s3"), unique("templates")
    s3.create_bucket(Bucket=name)
    nested = {"Resources": {f"T{number}": {"Type": "AWS::SNS::Topic"} for number in range(topics)}}
    s3.put_object(Bucket=name, Key="nested", Body=json.dumps(nested))
    properties = {"TemplateURL": f"{aws.endpoint_url}/{name}/nested"}
    return {
        "TemplateBody": json.dumps(
            {"Resources": {"N": {"Type": "AWS::CloudFormation::Stack", "Properties": properties}}}
        )
    }


def status(cloudformation: Any, stack: str) -> str:
    return str(cloudformation.describe_stacks(StackName=stack)["Stacks"][0]["StackStatus"])


def test_a_call_answers_once_its_operation_has_ended(local_aws: LocalAws) -> None:
    cloudformation, name = local_aws.client("cloudformation"), unique("ended")
    change_set = {"StackName": name, "ChangeSetName": "first"}
    stack = cloudformation.create_change_set(ChangeSetType="CREATE", **change_set, **template(local_aws, TOPICS))[
        "StackId"
    ]
    assert status(cloudformation, stack) == "REVIEW_IN_PROGRESS"
    cloudformation.execute_change_set(**change_set)
    assert status(cloudformation, stack) == "CREATE_COMPLETE"
    cloudformation.update_stack(StackName=name, **template(local_aws, 2 * TOPICS))
    assert status(cloudformation, stack) == "UPDATE_COMPLETE"
    cloudformation.delete_stack(StackName=name)
    assert status(cloudformation, stack) == "DELETE_COMPLETE"
