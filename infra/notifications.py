"""The SNS topic that people subscribe to."""

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct


class Notifications(Construct):
    """One topic for every outcome; `email` subscribes an address, which must then confirm."""

    def __init__(self, scope: Construct, construct_id: str, *, email: str | None) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", display_name="Dataset distribution", enforce_ssl=True)
        self.topic.add_to_resource_policy(self._alarms_may_publish())
        if email:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))

    def _alarms_may_publish(self) -> iam.PolicyStatement:
        """Alarms have no role. A topic that has a policy has SNS's default no more, which lets this account's in."""
        alarms = Stack.of(self).format_arn(
            service="cloudwatch", resource="alarm", resource_name="*", arn_format=ArnFormat.COLON_RESOURCE_NAME
        )
        return iam.PolicyStatement(
            sid="AlarmsOfThisAccount",
            principals=[iam.ServicePrincipal("cloudwatch.amazonaws.com")],
            actions=["sns:Publish"],
            resources=[self.topic.topic_arn],
            conditions={"ArnLike": {"aws:SourceArn": alarms}},
        )
