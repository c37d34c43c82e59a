"""The topic for notifications."""

import os
from typing import Any

from lambdas.services.sdk import make_client

_sns = make_client("sns")


def publish(message: dict[str, Any]) -> None:
    """Publish to the topic. `message` has the arguments of Publish (Amazon SNS API Reference)."""
    _sns.publish(TopicArn=os.environ["TOPIC_ARN"], **message)
