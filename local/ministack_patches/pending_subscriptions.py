"""SNS lists a subscription without its ARN until it is confirmed."""

from collections.abc import Callable
from typing import Any

from ministack.services import sns

from local.ministack_patches.registry import patch


@patch(
    "SNS: an unconfirmed subscription is listed as `PendingConfirmation`",
    why='MiniStack lists its ARN. SNS Developer Guide, "Deleting an Amazon SNS subscription and topic": a pending '
    "subscription has none.",
)
def install() -> None:
    sns._list_subscriptions_by_topic = _hide_pending(sns._list_subscriptions_by_topic)


def _hide_pending(original: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def list_subscriptions_by_topic(params: Any) -> Any:
        status, headers, body = original(params)
        topic = sns._topics.get(sns._p(params, "TopicArn")) or {}
        for each in topic.get("subscriptions", []):
            if not each["confirmed"]:
                body = body.replace(f">{each['arn']}<".encode(), b">PendingConfirmation<")
        return status, headers, body

    return list_subscriptions_by_topic
