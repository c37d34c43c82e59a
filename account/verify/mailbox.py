"""A queue of the kit, and the messages that it has received."""

from typing import Any


class Mailbox:
    """Keeps every message, so that each can be asked for by any word that it contains."""

    def __init__(self, sqs: Any, url: str) -> None:
        self._sqs, self._url = sqs, url
        self._kept: list[str] = []

    def with_word(self, word: str) -> list[str]:
        """The messages so far that contain the word."""
        while messages := self._sqs.receive_message(QueueUrl=self._url, MaxNumberOfMessages=10).get("Messages"):
            for each in messages:
                self._kept.append(each["Body"])
                self._sqs.delete_message(QueueUrl=self._url, ReceiptHandle=each["ReceiptHandle"])
        return [body for body in self._kept if word in body]
