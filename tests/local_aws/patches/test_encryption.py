"""Using an encrypted resource needs its key: by the key's policy, and for a principal by its own policy, too."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

from local.aws import ACCOUNT, REGION, LocalAws
from tests.support.executions import Subscriber
from tests.support.machines import SUCCEED, TABLE, Machine, task
from tests.support.queues import create_queue
from tests.support.roles import Role, allow_policy
from tests.support.stacks import Stack
from tests.support.topics import create_topic_for, trigger_alarm
from tests.support.unique import unique

DELEGATING = {"Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}, "Action": "kms:*"}
SEND = ["kms:GenerateDataKey", "kms:Decrypt"]
ALARMS = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:*"
LOGS = [f"kms:{name}" for name in ("Encrypt", "Decrypt", "ReEncrypt*", "GenerateDataKey*", "DescribeKey")]


def key_for(aws: LocalAws, *statements: dict[str, Any]) -> str:
    """The ARN of a key that delegates to IAM and has these statements."""
    made = aws.client("kms").create_key(Policy=allow_policy(DELEGATING, *statements))
    return str(made["KeyMetadata"]["Arn"])


def service(name: str, actions: list[str], **condition: Any) -> dict[str, Any]:
    return {"Principal": {"Service": f"{name}.amazonaws.com"}, "Action": actions, "Condition": condition}


def let(role: Role, key: str, actions: list[str], via: str) -> None:
    """Let the role do this with the key through the service."""
    condition = {"kms:ViaService": f"{via}.{REGION}.amazonaws.com", "kms:CallerAccount": ACCOUNT}
    let_if(role, key, actions, condition)


def let_if(role: Role, key: str, actions: list[str], condition: dict[str, str]) -> None:
    role.allow({"Action": actions, "Resource": key, "Condition": {"StringEquals": condition}}, policy="key")


def encrypt_topic(aws: LocalAws, topic: str, key: str) -> None:
    aws.client("sns").set_topic_attributes(TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=key)


@pytest.mark.parametrize("lacking", SEND)
def test_a_publisher_needs_the_key_of_the_topic(local_aws: LocalAws, lacking: str) -> None:
    key, topic = key_for(local_aws), local_aws.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    encrypt_topic(local_aws, topic, key)
    role = Role(local_aws, {"Action": "sns:Publish"})
    sns = role.client("sns")
    let(role, key, [action for action in SEND if action != lacking], "sns")
    with pytest.raises(sns.exceptions.KMSAccessDeniedException, match=lacking):
        sns.publish(TopicArn=topic, Message="x")
    let(role, key, SEND, "sqs")
    with pytest.raises(sns.exceptions.KMSAccessDeniedException):
        sns.publish(TopicArn=topic, Message="x")
    let(role, key, SEND, "sns")
    assert sns.publish(TopicArn=topic, Message="x")["MessageId"]


def test_a_key_policy_without_delegation_refuses_every_principal(local_aws: LocalAws) -> None:
    kms, key = local_aws.client("kms"), key_for(local_aws)
    topic = local_aws.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    encrypt_topic(local_aws, topic, key)
    sns = Role(local_aws, {"Action": ["sns:Publish", "kms:*"]}).client("sns")
    assert sns.publish(TopicArn=topic, Message="x")["MessageId"]
    kms.put_key_policy(KeyId=key, PolicyName="default", Policy=allow_policy(service("sns", SEND)))
    with pytest.raises(sns.exceptions.KMSAccessDeniedException):
        sns.publish(TopicArn=topic, Message="x")


def test_a_task_needs_the_key_of_its_topic(local_aws: LocalAws) -> None:
    key, topic = key_for(local_aws), local_aws.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    encrypt_topic(local_aws, topic, key)
    publish = task("sns:publish", {"TopicArn": topic, "Message": "x"}, Next="Done")
    machine = Machine(local_aws, {"Publish": publish, **SUCCEED}, actions=["sns:Publish"])
    refused = machine.describe(machine.run())
    assert refused["error"] == "SNS.KMSAccessDeniedException"
    assert "kms:GenerateDataKey" in refused["cause"]
    let(machine.role, key, SEND, "sns")
    assert machine.describe(machine.run())["status"] == "SUCCEEDED"


class EncryptedTable:
    """A table with a key, and a state machine and a role that may do everything with it, but not use the key."""

    def __init__(self, aws: LocalAws) -> None:
        self._key, self.name = key_for(aws), unique("table")
        encryption = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": self._key}
        aws.client("dynamodb").create_table(TableName=self.name, SSESpecification=encryption, **TABLE)
        put = task("dynamodb:putItem", {"TableName": self.name, "Item": {"Id": {"S": "1"}}}, Next="Done")
        self._machine, self._role = Machine(aws, {"Put": put, **SUCCEED}), Role(aws, {"Action": "dynamodb:*"})

    def let(self, *, for_table: str) -> None:
        """Let both use the key for the table of this name."""
        for role in (self._machine.role, self._role):
            let_if(role, self._key, ["kms:Decrypt"], {"kms:EncryptionContext:aws:dynamodb:tableName": for_table})

    def put(self) -> dict[str, Any]:
        """The description of an execution that puts an item."""
        return self._machine.describe(self._machine.run())

    def get(self) -> Any:
        return self._role.client("dynamodb").get_item(TableName=self.name, Key={"Id": {"S": "1"}})["Item"]

    def put_in_a_transaction(self) -> None:
        put = {"Put": {"TableName": self.name, "Item": {"Id": {"S": "2"}}}}
        self._role.client("dynamodb").transact_write_items(TransactItems=[put])


def assert_refused(table: EncryptedTable) -> None:
    assert table.put()["error"] == "DynamoDB.AccessDeniedException"
    for call in (table.get, table.put_in_a_transaction):
        with pytest.raises(ClientError, match=r"AccessDeniedException.*kms:Decrypt"):
            call()


def test_tasks_and_callers_need_the_key_of_the_table(local_aws: LocalAws) -> None:
    table = EncryptedTable(local_aws)
    assert_refused(table)
    table.let(for_table="other")
    assert_refused(table)
    table.let(for_table=table.name)
    assert table.put()["status"] == "SUCCEEDED"
    assert table.get() == {"Id": {"S": "1"}}
    table.put_in_a_transaction()


@pytest.mark.parametrize("bucket_key", [True, False])
def test_reading_and_writing_objects_needs_the_key_of_the_bucket(local_aws: LocalAws, bucket_key: bool) -> None:
    key, bucket, administrator = key_for(local_aws), unique("bucket"), local_aws.client("s3")
    administrator.create_bucket(Bucket=bucket)
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rules = {"Rules": [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": bucket_key}]}
    administrator.put_bucket_encryption(Bucket=bucket, ServerSideEncryptionConfiguration=rules)
    role = Role(local_aws, {"Action": "s3:*"})
    s3 = role.client("s3")
    with pytest.raises(ClientError, match=r"AccessDenied.*kms:GenerateDataKey"):
        s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    let(role, key, ["kms:GenerateDataKey"], "s3")
    s3.put_object(Bucket=bucket, Key="k", Body=b"x")
    with pytest.raises(ClientError, match=r"AccessDenied.*kms:Decrypt"):
        s3.get_object(Bucket=bucket, Key="k")
    let(role, key, SEND, "s3")
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"
    context = {"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::{bucket}" + ("" if bucket_key else "/k")}
    let_if(role, key, SEND, context)
    assert s3.get_object(Bucket=bucket, Key="k")["Body"].read() == b"x"


@pytest.mark.parametrize(
    ("statement", "received"),
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
def test_an_alarm_needs_the_key_of_its_topic(local_aws: LocalAws, statement: dict[str, Any], received: int) -> None:
    topic = create_topic_for(local_aws, "cloudwatch.amazonaws.com", {})
    subscriber = Subscriber(local_aws, topic)
    encrypt_topic(local_aws, topic, key_for(local_aws, statement))
    trigger_alarm(local_aws, topic)
    assert len(subscriber.receive_all()) == received


@pytest.mark.parametrize(("actions", "kept"), [(SEND, 1), (SEND[:1], 0), (SEND[1:], 0)])
def test_a_rule_needs_the_keys_of_its_queue_and_topic(local_aws: LocalAws, actions: list[str], kept: int) -> None:
    """The rule has two targets: a queue with a key, and a topic whose key the rule's role may not use."""
    sqs, events, source = local_aws.client("sqs"), local_aws.client("events"), unique("source")
    (queue, queue_arn), (dead, dead_arn) = (create_queue(local_aws, "events.amazonaws.com") for _ in range(2))
    topic = local_aws.client("sns").create_topic(Name=unique("topic"))["TopicArn"]
    role = Role(local_aws, {"Action": "sns:Publish"})
    encrypt_topic(local_aws, topic, key_for(local_aws, service("events", SEND)))
    key = key_for(local_aws, service("events", actions))
    for url in (queue, dead):
        sqs.set_queue_attributes(QueueUrl=url, Attributes={"KmsMasterKeyId": key})
    events.put_rule(Name=source, EventPattern=json.dumps({"source": [source]}))
    dead_letters = {"DeadLetterConfig": {"Arn": dead_arn}}
    targets = [{"Id": "queue", "Arn": queue_arn}, {"Id": "topic", "Arn": topic, "RoleArn": role.arn, **dead_letters}]
    events.put_targets(Rule=source, Targets=targets)
    events.put_events(Entries=[{"Source": source, "DetailType": "x", "Detail": "{}"}])
    for url in (queue, dead):
        assert len(sqs.receive_message(QueueUrl=url).get("Messages", [])) == kept
    events.remove_targets(Rule=source, Ids=["queue", "topic"])


def log_group(key: str) -> dict[str, Any]:
    return {"Type": "AWS::Logs::LogGroup", "Properties": {"KmsKeyId": key}}


def key_for_logs(aws: LocalAws, group: str, actions: list[str]) -> str:
    arns = {"kms:EncryptionContext:aws:logs:arn": f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{group}"}
    return key_for(aws, service(f"logs.{REGION}", actions, ArnLike=arns))


def test_a_log_group_has_a_key_whose_policy_allows_logs(local_aws: LocalAws) -> None:
    key = key_for_logs(local_aws, "*", LOGS)
    local_aws.client("logs").create_log_group(logGroupName=unique("group"), kmsKeyId=key)
    assert Stack(local_aws, Group=log_group(key)).ref("Group")


@pytest.mark.parametrize(("group", "actions"), [("other", LOGS), ("*", LOGS[1:])])
def test_a_log_group_needs_a_key_whose_policy_allows_logs(local_aws: LocalAws, group: str, actions: list[str]) -> None:
    logs, key = local_aws.client("logs"), key_for_logs(local_aws, group, actions)
    with pytest.raises(logs.exceptions.InvalidParameterException, match="not allowed to be used with LogGroup"):
        logs.create_log_group(logGroupName=unique("group"), kmsKeyId=key)
    with pytest.raises(WaiterError):
        Stack(local_aws, Group=log_group(key))


def encrypted(kind: str, key: str) -> dict[str, Any]:
    """Resources with this key. In a GlobalTable, the replica has it."""
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


def keys_of(aws: LocalAws, stack: Stack) -> list[str]:
    """The keys of its topic, its queue and its table."""
    topic = aws.client("sns").get_topic_attributes(TopicArn=stack.ref("Topic"))
    queue = aws.client("sqs").get_queue_attributes(QueueUrl=stack.ref("Queue"), AttributeNames=["All"])
    table = aws.client("dynamodb").describe_table(TableName=stack.ref("Table"))
    attributes = [topic["Attributes"]["KmsMasterKeyId"], queue["Attributes"]["KmsMasterKeyId"]]
    return [*attributes, table["Table"]["SSEDescription"]["KMSMasterKeyArn"]]


@pytest.mark.parametrize("kind", ["Table", "GlobalTable"])
def test_cloudformation_gives_resources_their_keys(local_aws: LocalAws, kind: str) -> None:
    key, other = key_for(local_aws), key_for(local_aws)
    stack = Stack(local_aws, **encrypted(kind, key))
    assert keys_of(local_aws, stack) == [key] * 3
    stack.update(**encrypted(kind, other))
    assert keys_of(local_aws, stack) == [other] * 3
    stack.delete()
