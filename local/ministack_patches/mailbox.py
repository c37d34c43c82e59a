"""The e-mails that SNS sends, kept for whoever wants to read them: MiniStack delivers none."""

from collections.abc import Callable
from typing import Any

from ministack.services import sns


class Mailbox:
    """Of every address."""

    def __init__(self) -> None:
        self.mails: list[dict[str, str]] = []

    def install(self) -> None:
        sns._fanout = self._keeping(sns._fanout)

    def _keeping(self, original: Callable[..., None]) -> Callable[..., None]:
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
                if _gets(subscription, attributes or {}, text):
                    self.mails.append({"To": subscription["endpoint"], "Subject": subject, "Text": text})

        return fanout


def _gets(subscription: dict[str, Any], attributes: dict[str, Any], text: str) -> bool:
    return subscription["protocol"] == "email" and bool(sns._matches_filter_policy(subscription, attributes, text))
