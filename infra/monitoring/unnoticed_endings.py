"""Tells people what an execution cannot say of itself: that it ended before it could, or did not get through."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.messaging.topic import publishing_role
from infra.triggers.dead_letter_queue import DeadLetterQueue
from infra.workflow.plain_words import NOBODY_TOLD
from lambdas.rules.ending import WHAT_TO_DO


class UnnoticedEndings(Construct):
    """A rule on the ends of executions, for the topic; and a queue for what SNS did not take.

    While SNS takes nothing at all, that queue's alarm is red in the CloudWatch console and reaches nobody.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine: sfn.IStateMachine,
        topic: sns.ITopic,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letter_queue = DeadLetterQueue(
            self,
            "Undelivered",
            key=key,
            why="An execution ended without a word of its own, and SNS did not take the message that says so: "
            "it may not have taken this one either.",
            advice="Mend that, look at the executions that the events name, and start them again by hand.",
        )
        self.rule = events.Rule(
            self,
            "Untold",
            description="An execution ended, and people do not know",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={"stateMachineArn": [state_machine.state_machine_arn], "$or": _UNNOTICED},
            ),
        )
        self.rule.add_target(
            targets.SnsTopic(
                topic,
                message=events.RuleTargetInput.from_multiline_text(_message()),
                dead_letter_queue=self.dead_letter_queue.queue,
                role=publishing_role(self, topic, key),
            )
        )


_UNNOTICED = [
    {"status": ["TIMED_OUT", "ABORTED"]},
    {"status": ["FAILED"], "cause": [{"wildcard": f"*{NOBODY_NOTIFIED}*"}]},
    # An error that no Catch can catch, or of a state that has none.
    {
        "status": ["FAILED"],
        "cause": events.Match.any_of(
            events.Match.anything_but_wildcard(f"*{WHAT_TO_DO}*"),
            events.Match.does_not_exist(),
            events.Match.null_value(),
        ),
    },
]


def _message() -> str:
    """Only what AWS itself says of an execution, no input and no cause. EventBridge puts each line in quotes."""
    region = events.EventField.region
    name, status, arn = (
        events.EventField.from_path(f"$.detail.{field}") for field in ("name", "status", "executionArn")
    )
    return "\n".join(
        [
            f"{status}: {name}",
            f"It ended without a word of its own, at {events.EventField.time}.",
            f"{WHAT_TO_DO} read its error and its cause. Unless they say otherwise, start it again by hand, for the "
            "project that its input names: a new execution goes on where this one ended. The record of the pair says "
            "who owned it.",
            f"Execution: https://{region}.console.aws.amazon.com/states/home?region={region}"
            f"#/v2/executions/details/{arn}",
        ]
    )
