"""Queues that receive messages of AWS services, for the tests."""

import json
import uuid
from typing import Any

from local.aws import LocalAws


def create_queue(aws: LocalAws, service: str, **credentials: str) -> tuple[str, str]:
    """URL and ARN of a new queue whose policy allows the service, such as `sns.amazonaws.com`, to send messages."""
    sqs = aws.client("sqs", **credentials)
    url: str = sqs.create_queue(QueueName=f"queue-{uuid.uuid4().hex[:12]}")["QueueUrl"]
    arn: str = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    statement = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sqs:SendMessage", "Resource": arn}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": policy})
    return url, arn


def take(sqs: Any, queue: str, *, seconds: int = 0) -> list[str]:
    """The bodies of up to ten messages, which are deleted. Waits up to `seconds` for the first."""
    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10, WaitTimeSeconds=seconds)
    messages = received.get("Messages", [])
    if messages:
        entries = [{"Id": each["MessageId"], "ReceiptHandle": each["ReceiptHandle"]} for each in messages]
        sqs.delete_message_batch(QueueUrl=queue, Entries=entries)
    return [each["Body"] for each in messages]


def take_all(sqs: Any, queue: str, *, seconds: int = 0) -> list[str]:
    """The bodies of all messages, which are deleted. Waits up to `seconds` for the first."""
    bodies: list[str] = []
    while taken := take(sqs, queue, seconds=0 if bodies else seconds):
        bodies += taken
    return bodies
