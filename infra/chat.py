"""The same for a chat channel: a topic that Amazon Q Developer in chat applications can be connected to."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_sns as sns
from constructs import Construct

from infra.completion import SOURCE


class Chat(Construct):
    """A rule takes the form that a channel shows out of each completion event."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(self, "Topic", display_name="Dataset distribution", enforce_ssl=True)
        rule = events.Rule(
            self,
            "Completed",
            description="A distribution has been told, for the chat",
            event_pattern=events.EventPattern(source=[SOURCE]),
        )
        message = events.RuleTargetInput.from_event_path("$.detail.Chat")
        rule.add_target(targets.SnsTopic(self.topic, message=message, authorize_using_role=True))
