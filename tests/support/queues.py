"""Queues that receive messages of AWS services, for the tests."""

import json
import uuid

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
