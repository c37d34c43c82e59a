"""The topic for alarms: one of the stack, or the one that the setting `alarmTopicArn` names."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.messaging.topic import encrypted_topic
from infra.settings import Settings
from infra.storage.key import SENDING, allow_service, arns_of_stack


class AlarmTopic(Construct):
    """Receives the alarms. The addresses of `alarmEmail`, or else of `email`, are subscribed."""

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        given = settings.alarm_topic_arn
        self.topic = sns.Topic.from_topic_arn(self, "Topic", given) if given else self._create_topic(key, settings)

    def receive(self, alarm: cloudwatch.Alarm) -> None:
        """The topic receives the alarm when it goes off and when it is over."""
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        alarm.add_ok_action(actions.SnsAction(self.topic))

    def _create_topic(self, key: kms.IKey, settings: Settings) -> sns.Topic:
        topic = encrypted_topic(self, "Topic", about="alarms", key=key)
        # CloudWatch uses the key itself to publish ("Key management", Amazon SNS Developer Guide).
        alarms = {"ArnLike": {"aws:SourceArn": arns_of_stack(self, "cloudwatch", "alarm")}}
        account = {"StringEquals": {"aws:SourceAccount": Stack.of(self).account}}
        allow_service(key, "Alarms", "cloudwatch", SENDING, alarms | account)
        topic.add_to_resource_policy(_allow_alarms(topic, alarms))
        for address in settings.alarm_email or settings.email:
            topic.add_subscription(subscriptions.EmailSubscription(address))
        return topic


def _allow_alarms(topic: sns.Topic, alarms: dict[str, Any]) -> iam.PolicyStatement:
    """Alarms have no role. SNS's default policy allows this account's alarms, but our own policy replaces it."""
    return iam.PolicyStatement(
        sid="AlarmsOfThisStack",
        principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
        actions=["sns:Publish"],
        resources=[topic.topic_arn],
        conditions=alarms,
    )
