"""Notifies people of executions that ended and could not send their own notification."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.messaging.topic import publishing_role
from infra.triggers.dead_letter_queue import DeadLetterQueue
from infra.workflow.plain_words import execution_link
from lambdas.rules.failures.ending import NOBODY_NOTIFIED, WHAT_TO_DO


class UnnoticedEndings(Construct):
    """A rule that publishes such an ending to the topic, with a dead-letter queue.

    While SNS accepts no message at all, the alarm of that queue is visible in the CloudWatch console only.
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
            why="An execution ended without sending a notification, and EventBridge could not publish one to SNS "
            "either. People may not receive this alarm.",
            advice="Fix the cause. Read the error of each execution that the events name, and start a new execution "
            "for its project.",
        )
        self.rule = events.Rule(
            self,
            "Untold",
            description="An execution ended and may not have sent a notification",
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


# The event has what DescribeExecution answers, so also the cause ("EventBridge (CloudWatch Events) for Step Functions
# execution status changes", AWS Step Functions Developer Guide). The published examples have none.
_UNNOTICED = [
    {"status": ["TIMED_OUT", "ABORTED"]},
    {"status": ["FAILED"], "cause": [{"prefix": NOBODY_NOTIFIED}]},
    # An error that no Catch catches. Every other failure has the advice in its cause.
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
    """Only what AWS itself says about an execution, without input or cause. EventBridge puts each line in quotes."""
    region = events.EventField.region
    name, status, arn = (
        events.EventField.from_path(f"$.detail.{field}") for field in ("name", "status", "executionArn")
    )
    return "\n".join(
        [
            f"{status}: {name}",
            f"This execution ended at {events.EventField.time}. It may not have sent a notification of its outcome.",
            f"{WHAT_TO_DO} open the execution and read its error and cause. If somebody stopped it on purpose, do "
            "nothing. Otherwise start a new execution for the project in its input, unless the cause says that this is "
            "not needed. The new execution continues where this one ended and distributes nothing twice. The record of "
            "the pair shows which execution owns the pair.",
            f"Execution: {execution_link(region)}{arn}",
        ]
    )
