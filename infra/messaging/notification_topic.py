"""The topic for notifications, which people subscribe to."""

from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.messaging.topic import encrypted_topic
from infra.settings import Settings


class NotificationTopic(Construct):
    """Receives every outcome. The addresses of the setting `email` are subscribed, and must confirm."""

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        self.topic = encrypted_topic(self, "Topic", about="outcomes", key=key)
        for address in settings.email:
            self.topic.add_subscription(subscriptions.EmailSubscription(address))
