"""The topic for notifications."""

import os
from typing import Any

import boto3

from lambdas.services.sdk import CONFIG

_sns = boto3.client("sns", config=CONFIG)


def publish(message: dict[str, Any]) -> None:
    """Publish to the topic. `message` has the arguments of Publish (Amazon SNS API Reference)."""
    _sns.publish(TopicArn=os.environ["TOPIC_ARN"], **message)
