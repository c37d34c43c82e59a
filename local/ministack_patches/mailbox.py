"""The e-mails and text messages that SNS sends."""

from collections.abc import Callable
from typing import Any

from ministack.services import sns

from local.ministack_patches.registry import patch

mails: list[dict[str, str]] = []
"""Every e-mail and SMS: {To, Subject, Text}. A phone shows no subject."""

KEPT = ("email", "sms")
"""The protocols of these."""


@patch("SNS: every e-mail and SMS is kept, to be read", why="MiniStack delivers none.")
def install() -> None:
    sns._fanout = _keep_mails(sns._fanout)


def _keep_mails(original: Callable[..., None]) -> Callable[..., None]:
    def fanout(
        topic_arn: str,
        message_id: str,
        message: str,
        subject: str,
        structure: str = "",
        attributes: dict[str, Any] | None = None,
        **more: str,
    ) -> None:
        original(topic_arn, message_id, message, subject, structure, attributes, **more)
        topic = sns._topic_by_arn_any_scope(topic_arn) or {"subscriptions": []}
        for subscription in topic["subscriptions"]:
            protocol = subscription["protocol"]
            text = sns._resolve_message_for_protocol(message, structure, protocol)
            if protocol in KEPT and sns._matches_filter_policy(subscription, attributes or {}, text):
                mails.append({"To": subscription["endpoint"], "Subject": subject, "Text": text})

    return fanout
