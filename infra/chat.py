"""The same for a chat channel: a topic that Amazon Q Developer in chat applications can be connected to."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.completion import SOURCE
from infra.topic import encrypted_topic, publishing_role


class Chat(Construct):
    """A rule takes the form that a channel shows out of each completion event of this deployment."""

    def __init__(self, scope: Construct, construct_id: str, *, state_machine: sfn.IStateMachine, key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self.topic = encrypted_topic(self, "Topic", key=key)
        self.rule = events.Rule(
            self,
            "Completed",
            description="A distribution has been told, for the chat",
            event_pattern=events.EventPattern(
                source=[SOURCE], detail={"StateMachine": [state_machine.state_machine_arn]}
            ),
        )
        message = events.RuleTargetInput.from_event_path("$.detail.Chat")
        role = publishing_role(self, self.topic, key)
        self.rule.add_target(targets.SnsTopic(self.topic, message=message, role=role))
