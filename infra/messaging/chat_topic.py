"""The topic for a chat channel. Amazon Q Developer in chat applications can subscribe to it."""

from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.messaging.topic import encrypted_topic


class ChatTopic(Construct):
    """Only the state machine publishes to it.

    A rule could only forward completion events, which whoever may call `events:PutEvents` can forge.
    """

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self.topic = encrypted_topic(self, "Topic", about="chat", key=key)
