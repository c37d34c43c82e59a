"""Whoever uses what is encrypted needs its key, by policy of the key and of its own."""

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from local.aws import ACCOUNT, REGION, LocalAws
from local.queues import create_queue
from tests.executions import Subscriber
from tests.stacks import Stack
from tests.test_emulator import TRUST, sound_alarm, topic_for
from tests.test_redrive import ENDING, TABLE, Machine, task, unique

DELEGATING = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*"}
SEND = ["kms:GenerateDataKey", "kms:Decrypt"]
ALARMS = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:*"
LOGS = [f"kms:{name}" for name in ("Encrypt", "Decrypt", "ReEncrypt*", "GenerateDataKey*", "DescribeKey")]


def policy(*statements: dict[str, Any]) -> str:
    allowed = [{"Effect": "Allow", "Resource": "*", **statement} for statement in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": allowed})


def key_for(aws: LocalAws, *statements: dict[str, Any]) -> str:
    """The ARN of a key that delegates to IAM and has these statements."""
    made = aws.client("kms").create_key(Policy=policy(DELEGATING, *statements))
    return str(made["KeyMetadata"]["Arn"])


def service(name: str, actions: list[str], **condition: Any) -> dict[str, Any]:
    return {"Principal": {"Service": f"{name}.amazonaws.com"}, "Action": actions, "Condition": condition}


def role_that_may(aws: LocalAws, **statement: Any) -> tuple[str, dict[str, str]]:
    """The name of a role, and its credentials."""
    iam, name = aws.client("iam"), unique("role")
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=policy(statement))
    given = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]
    names = {"AccessKeyId": "access_key_id", "SecretAccessKey": "secret_access_key", "SessionToken": "session_token"}
    return name, {f"aws_{names[each]}": given[each] for each in names}


def let(aws: LocalAws, role: str, key: str, actions: list[str], via: str) -> None:
    """Let the role do this with the key through the service."""
    condition = {"StringEquals": {"kms:ViaService": f"{via}.{REGION}.amazonaws.com", "kms:CallerAccount": ACCOUNT}}
    document = policy({"Action": actions, "Resource": key, "Condition": condition})
    aws.client("iam").put_role_policy(RoleName=role, PolicyName="key", PolicyDocument=document)


def encrypt_topic(aws: LocalAws, topic: str, key: str) -> None:
    aws.client("sns").set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=key)


@pytest.mark.parametrize("lacking", SEND)
def test_a_publisher_needs_the_key_of_the_topic(local_aws: LocalAws, lacking: str) -> None:
    key, topic = key_for(local_aws), local_aws.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    encrypt_topic(local_aws, topic, key)
    role, credentials = role_that_may(local_aws, Action="sns:Publish")
    sns = local_aws.client("sns", **credentials)
    let(local_aws, role, key, [action for action in SEND if action != lacking], "sns")
    with pytest.raises(sns.exceptions.KMSAccessDeniedException, match=lacking):
        sns.publish(TopicArn=topic, Message="x")
    let(local_aws, role, key, SEND, "sqs")
    with pytest.raises(sns.exceptions.KMSAccessDeniedException):
        sns.publish(TopicArn=topic, Message="x")
    let(local_aws, role, key, SEND, "sns")
    assert sns.publish(TopicArn=topic, Message="x")["MessageId"]


def test_a_key_policy_that_does_not_delegate_lets_nobody_in(local_aws: LocalAws) -> None:
    kms, key = local_aws.client("kms"), key_for(local_aws)
    topic = local_aws.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    encrypt_topic(local_aws, topic, key)
    _, credentials = role_that_may(local_aws, Action=["sns:Publish", "kms:*"])
    sns = local_aws.client("sns", **credentials)
    assert sns.publish(TopicArn=topic, Message="x")["MessageId"]
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=policy(service("sns", SEND)))
    with pytest.raises(sns.exceptions.KMSAccessDeniedException):
        sns.publish(TopicArn=topic, Message="x")


def test_a_task_needs_the_key_of_its_topic(local_aws: LocalAws) -> None:
    key, topic = key_for(local_aws), local_aws.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    encrypt_topic(local_aws, topic, key)
    publish = task("sns:publish", {"TopicArn": topic, "Message": "x"}, Next="Done")
    machine = Machine(local_aws, {"Publish": publish, **ENDING})
    allowed = policy({"Action": "sns:Publish"})
    local_aws.client("iam").put_role_policy(RoleName=machine.role, PolicyName="q", PolicyDocument=allowed)
    refused = machine.describe(machine.run())
    assert refused["error"] == "SNS.KMSAccessDeniedException"
    assert "kms:GenerateDataKey" in refused["cause"]
    let(local_aws, machine.role, key, SEND, "sns")
    assert machine.describe(machine.run())["status"] == "SUCCEEDED"


@pytest.mark.parametrize("context", ["right", "wrong"])
def test_a_task_and_a_caller_need_the_key_of_the_table(local_aws: LocalAws, context: str) -> None:
    key, table, dynamodb = key_for(local_aws), unique("table"), local_aws.client("dynamodb")
    encryption = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key}
    dynamodb.create_table(TableName=table, SSESpecification=encryption, **TABLE)
    put = task("dynamodb:putItem", {"TableName": table, "Item": {"Id": {"S": "1"}}}, Next="Done")
    machine = Machine(local_aws, {"Put": put, **ENDING})
    role, credentials = role_that_may(local_aws, Action="dynamodb:*")
    assert machine.describe(machine.run())["error"] == "DynamoDB.AccessDeniedException"
    caller = local_aws.client("dynamodb", **credentials)
    with pytest.raises(ClientError, match=r"AccessDeniedException.*kms:Decrypt"):
        caller.get_item(TableName=table, Key={"Id": {"S": "1"}})
    condition = {"StringEquals": {"kms:EncryptionContext:aws:dynamodb:tableName": table if context == "right" else "x"}}
    for name in (role, machine.role):
        document = policy({"Action": "kms:Decrypt", "Resource": key, "Condition": condition})
        local_aws.client("iam").put_role_policy(RoleName=name, PolicyName="key", PolicyDocument=document)
    if context == "wrong":
        assert machine.describe(machine.run())["error"] == "DynamoDB.AccessDeniedException"
    else:
        assert machine.describe(machine.run())["status"] == "SUCCEEDED"
        assert caller.get_item(TableName=table, Key={"Id": {"S": "1"}})["Item"]


@pytest.mark.parametrize("bucket_key", [True, False])
def test_who_writes_and_reads_objects_needs_the_key_of_the_bucket(local_aws: LocalAws, bucket_key: bool) -> None:
    key, bucket, administrator = key_for(local_aws), unique("bucket"), local_aws.client("s3")
    administrator.create_bucket(Bucket=bucket)
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket_key}]}
    administrator.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rules)
    role, credentials = role_that_may(local_aws, Action="s3:*")
    s3 = local_aws.client("s3", **credentials)
    with pytest.raises(ClientError, match=r"AccessDenied.*kms:GenerateDataKey"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    let(local_aws, role, key, ["kms:GenerateDataKey"], "s3")
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    with pytest.raises(ClientError, match=r"AccessDenied.*kms:Decrypt"):
        s3.get_object(Bucket=bucket, Key="k")
    let(local_aws, role, key, SEND, "s3")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    context = {"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}" + ("" if bucket_key else "/k")}
    document = policy({"Action": SEND, "Resource": key, "Condition": {"StringEquals": context}})
    local_aws.client("iam").put_role_policy(RoleName=role, PolicyName="key", PolicyDocument=document)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (service("cloudwatch", SEND), 1),
        (
            service("cloudwatch", SEND, ArnLike={"aws:SourceArn": ALARMS}, StringEquals={"aws:SourceAccount": ACCOUNT}),
            1,
        ),
        (service("cloudwatch", SEND, StringEquals={"aws:SourceAccount": "210987654321"}), 0),
        (service("cloudwatch", SEND, StringEquals={"kms:CallerAccount": ACCOUNT}), 0),
        (service("cloudwatch", SEND[:1]), 0),
        (service("cloudwatch", SEND[1:]), 0),
        (service("events", SEND), 0),
    ],
)
def test_an_alarm_needs_the_key_of_its_topic(local_aws: LocalAws, statement: dict[str, Any], told: int) -> None:
    topic = topic_for(local_aws, "cloudwatch.amazonaws.com", {})
    subscriber = Subscriber(local_aws, topic)
    encrypt_topic(local_aws, topic, key_for(local_aws, statement))
    sound_alarm(local_aws, topic)
    assert len(subscriber.received()) == told


def received(aws: LocalAws, url: str) -> int:
    return len(aws.client("sqs").receive_message(QueueUrl=url, WaitTimeSeconds=1).get("Messages", []))


@pytest.mark.parametrize(("actions", "kept"), [(SEND, 1), (SEND[:1], 0), (SEND[1:], 0)])
def test_events_need_the_key_of_a_queue_and_the_role_of_a_rule_that_of_its_topic(
    local_aws: LocalAws, actions: list[str], kept: int
) -> None:
    """Of two targets, one is a queue that a key lets events into; the other a topic whose key the role may not use."""
    sqs, events, source = local_aws.client("sqs"), local_aws.client("events"), uuid.uuid4().hex
    (queue, queue_arn), (dead, dead_arn) = (create_queue(local_aws, "events.amazonaws.com") for _ in range(2))
    topic = local_aws.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    role, _ = role_that_may(local_aws, Action="sns:Publish")
    encrypt_topic(local_aws, topic, key_for(local_aws, service("events", SEND)))
    key = key_for(local_aws, service("events", actions))
    for url in (queue, dead):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": key})
    events.put_rule(Name=source, EventPattern=json.dumps({"source": [source]}))
    role_arn = f"arn:aws:iam::{ACCOUNT}:role/{role}"
    dead_letters = {"DeadLetterConfig": {"Arn": dead_arn}}
    targets = [{"Id": "queue", "Arn": queue_arn}, {"Id": "topic", "Arn": topic, "RoleArn": role_arn, **dead_letters}]
    events.put_targets(Rule=source, Targets=targets)
    events.put_events(Entries=[{"Source": source, "DetailType": "x", "Detail": "{}"}])
    assert (received(local_aws, queue), received(local_aws, dead)) == (kept, kept)
    events.remove_targets(Rule=source, Ids=["queue", "topic"])


def log_group(key: str, name: str = "") -> dict[str, Any]:
    named = {"LogGroupName": name} if name else {}
    return {"Type": "AWS::Logs::LogGroup", "Properties": {"KmsKeyId": key, **named}}


@pytest.mark.parametrize(("group", "actions"), [("*", LOGS), ("other", LOGS), ("*", LOGS[1:])])
def test_a_log_group_needs_a_key_that_lets_logs_in(local_aws: LocalAws, group: str, actions: list[str]) -> None:
    logs, name = local_aws.client("logs"), unique("group")
    arns = {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"}
    key = key_for(local_aws, service(f"logs.{REGION}", actions, ArnLike=arns))
    if (group, actions) == ("*", LOGS):
        logs.create_log_group(logGroupName=name, kmsKeyId=key)
        assert Stack(local_aws, Group=log_group(key)).ref("Group")
        return
    with pytest.raises(logs.exceptions.InvalidParameterException, match="not allowed to be used with LogGroup"):
        logs.create_log_group(logGroupName=name, kmsKeyId=key)
    with pytest.raises(WaiterError):
        Stack(local_aws, Group=log_group(key))


@pytest.mark.parametrize("kind", ["Table", "GlobalTable"])
def test_cloudformation_keeps_the_keys(local_aws: LocalAws, kind: str) -> None:
    key, other = key_for(local_aws), key_for(local_aws)

    def resources(key: str) -> dict[str, Any]:
        encryption: dict[str, Any] = {"SSEEnabled": True, "SSEType": "KMS"}
        more: dict[str, Any] = {"SSESpecification": {**encryption, "KMSMasterKeyId": key}}
        if kind == "GlobalTable":
            replica = {"Region": REGION, "SSESpecification": {"KMSMasterKeyId": key}}
            more = {"SSESpecification": encryption, "Replicas": [replica]}
        return {
            "Topic": {"Type": "AWS::SNS::Topic", "Properties": {"KmsMasterKeyId": key}},
            "Queue": {"Type": "AWS::SQS::Queue", "Properties": {"KmsMasterKeyId": key}},
            "Table": {"Type": f"AWS::DynamoDB::{kind}", "Properties": {**TABLE, **more}},
        }

    stack = Stack(local_aws, **resources(key))
    for wanted in (key, other):
        if wanted == other:
            stack.update(**resources(other))
        topic = local_aws.client("sns").get_topic_attributes(TopicArn=stack.ref("Topic"))
        queue = local_aws.client("sqs").get_queue_attributes(QueueUrl=stack.ref("Queue"), AttributeNames=["All"])
        table = local_aws.client("dynamodb").describe_table(TableName=stack.ref("Table"))
        assert topic["Attributes"]["KmsMasterKeyId"] == wanted
        assert queue["Attributes"]["KmsMasterKeyId"] == wanted
        assert table["Table"]["SSEDescription"]["KMSMasterKeyArn"] == wanted
    stack.delete()
