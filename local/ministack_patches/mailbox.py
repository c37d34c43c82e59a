"""The e-mails that SNS sends."""

from collections.abc import Callable
from typing import Any

from ministack.services import sns

from local.ministack_patches.registry import patch

mails: list[dict[str, str]] = []
"""Every e-mail: {To, Subject, Text}."""


@patch("SNS: every e-mail is kept, to be read", why="MiniStack delivers no e-mail.")
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
            text = sns._resolve_message_for_protocol(message, structure, "email")
            if _receives(subscription, attributes or {}, text):
                mails.append({"To": subscription["endpoint"], "Subject": subject, "Text": text})

    return fanout


def _receives(subscription: dict[str, Any], attributes: dict[str, Any], text: str) -> bool:
    return subscription["protocol"] == "email" and bool(sns._matches_filter_policy(subscription, attributes, text))
