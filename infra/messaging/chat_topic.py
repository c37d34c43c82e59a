"""The topic for a chat channel, which Amazon Q Developer in chat applications can be connected to."""

from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.messaging.topic import encrypted_topic


class ChatTopic(Construct):
    """Only the state machine publishes to it: no event, which anybody in the account can forge, leads there."""

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self.topic = encrypted_topic(self, "Topic", key=key)
