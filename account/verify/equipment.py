"""What the kit makes besides projects: one CloudFormation stack with a bucket, queues, rules and a role."""

import json
from typing import Any

from botocore.exceptions import ClientError

from account.session import Account
from account.verify.lab import PREFIX

# What each queue receives: from topics of the deployed stack, or by a rule of the kit's own.
FROM_TOPICS = {"Notices": "TopicArn", "Chat": "ChatTopicArn", "Alarms": "AlarmTopicArn"}
FROM_RULES = {
    "Trail": {"source": ["aws.rekognition"], "detail": {"eventName": ["CreateDataset"]}},
    "Completed": {"source": ["dataset-distribution"]},
}
SECONDS_BETWEEN_LOOKS = 5


def template() -> dict[str, Any]:
    """The template of the stack. A run deletes the stack at its end."""
    resources: dict[str, Any] = {"Bucket": {"Type": "AWS::S3::Bucket"}, "Role": _role()}
    for name in (*FROM_TOPICS, *FROM_RULES):
        service = "sns" if name in FROM_TOPICS else "events"
        resources |= {name: {"Type": "AWS::SQS::Queue"}, f"{name}Policy": _policy(name, f"{service}.amazonaws.com")}
    for name, pattern in FROM_RULES.items():
        target = {"Id": "queue", "Arn": {"Fn::GetAtt": [name, "Arn"]}}
        resources[f"{name}Rule"] = {
            "Type": "AWS::Events::Rule",
            "Properties": {"EventPattern": pattern, "Targets": [target]},
        }
    refs = ("Bucket", *FROM_TOPICS, *FROM_RULES)
    outputs: dict[str, Any] = {name: {"Value": {"Ref": name}} for name in refs}
    outputs |= {f"{name}Arn": {"Value": {"Fn::GetAtt": [name, "Arn"]}} for name in (*FROM_TOPICS, "Role")}
    return {"Description": "Verifies dataset distribution", "Resources": resources, "Outputs": outputs}


def create(account: Account, run: str) -> dict[str, str]:
    """Create the stack of this run. Returns its outputs."""
    cloudformation, name = account.client("cloudformation"), f"{PREFIX}{run}"
    cloudformation.create_stack(
        StackName=name, TemplateBody=json.dumps(template()), Capabilities=["CAPABILITY_IAM"], OnFailure="DELETE"
    )
    _wait(account, name, "stack_create_complete")
    (described,) = cloudformation.describe_stacks(StackName=name)["Stacks"]
    return {each["OutputKey"]: str(each["OutputValue"]) for each in described["Outputs"]}


def delete(account: Account, name: str) -> None:
    """Delete a stack of the kit, with what is in its bucket."""
    for page in account.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=name):
        for each in page["StackResourceSummaries"]:
            if each["ResourceType"] == "AWS::S3::Bucket" and each.get("PhysicalResourceId"):
                _empty(account.client("s3"), each["PhysicalResourceId"])
    account.client("cloudformation").delete_stack(StackName=name)
    _wait(account, name, "stack_delete_complete")


def _empty(s3: Any, bucket: str) -> None:
    try:
        for page in s3.get_paginator("list_objects_v2").paginate(Bucket=bucket):
            for each in page.get("Contents", []):
                s3.delete_object(Bucket=bucket, Key=each["Key"])
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise


def _wait(account: Account, name: str, waiter: str) -> None:
    config = {"Delay": SECONDS_BETWEEN_LOOKS, "MaxAttempts": 180}
    account.client("cloudformation").get_waiter(waiter).wait(StackName=name, WaiterConfig=config)


def _policy(queue: str, service: str) -> dict[str, Any]:
    arn = {"Fn::GetAtt": [queue, "Arn"]}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": "sqs:SendMessage",
        "Resource": arn,
        "Condition": {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}},
    }
    document = {"Version": "2012-10-17", "Statement": [statement]}
    return {"Type": "AWS::SQS::QueuePolicy", "Properties": {"Queues": [{"Ref": queue}], "PolicyDocument": document}}


def _role() -> dict[str, Any]:
    """May distribute and describe datasets of the kit, and read no image. Creating a dataset is denied to it."""
    trust = {
        "Effect": "Allow",
        "Principal": {"AWS": {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:root"}},
        "Action": "sts:AssumeRole",
    }
    datasets = f"arn:${{AWS::Partition}}:rekognition:${{AWS::Region}}:${{AWS::AccountId}}:project/{PREFIX}*"
    allowed = {
        "Effect": "Allow",
        "Action": ["rekognition:DistributeDatasetEntries", "rekognition:DescribeDataset"],
        "Resource": {"Fn::Sub": datasets},
    }
    version = "2012-10-17"
    return {
        "Type": "AWS::IAM::Role",
        "Properties": {
            "AssumeRolePolicyDocument": {"Version": version, "Statement": [trust]},
            "Policies": [{"PolicyName": "distribute", "PolicyDocument": {"Version": version, "Statement": [allowed]}}],
        },
    }
