"""Where alarms go: a topic of the stack, or the one that the settings name."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_cloudwatch_actions as actions
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from infra.settings import Settings
from infra.topic import encrypted_topic


class Operations(Construct):
    """Tells alarms to whoever runs the stack."""

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey, settings: Settings) -> None:
        super().__init__(scope, construct_id)
        given = settings.alarm_topic_arn
        self.topic = sns.Topic.from_topic_arn(self, "Topic", given) if given else self._own(key, settings)

    def tell(self, alarm: cloudwatch.Alarm) -> None:
        """When it goes off, and when it is over."""
        alarm.add_alarm_action(actions.SnsAction(self.topic))
        alarm.add_ok_action(actions.SnsAction(self.topic))

    def _own(self, key: kms.IKey, settings: Settings) -> sns.Topic:
        topic = encrypted_topic(self, "Topic", key=key)
        topic.add_to_resource_policy(self._alarms_may_publish(topic))
        for address in settings.alarm_email or settings.email:
            topic.add_subscription(subscriptions.EmailSubscription(address))
        return topic

    def _alarms_may_publish(self, topic: sns.Topic) -> iam.PolicyStatement:
        """Alarms have no role. A topic that has a policy has SNS's default no more, which lets this account's in."""
        alarms = Stack.of(self).format_arn(
            service="cloudwatch", resource="alarm", resource_name="*", arn_format=ArnFormat.COLON_RESOURCE_NAME
        )
        return iam.PolicyStatement(
            sid="AlarmsOfThisAccount",
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[topic.topic_arn],
            conditions={"ArnLike": {"aws:SourceArn": alarms}},
        )
