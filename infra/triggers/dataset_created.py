"""Starts an execution when a dataset is created: an EventBridge rule with a dead-letter queue."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.triggers.dead_letter_queue import DeadLetterQueue
from lambdas.rules.tags import Trigger


class DatasetCreated(Construct):
    """The rule passes on the whole event. It filters on no key whose casing CloudTrail does not promise."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine: sfn.IStateMachine,
        setting: Trigger,
        key: kms.IKey,
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letter_queue = DeadLetterQueue(
            self,
            "Undelivered",
            key=key,
            why="EventBridge could not start an execution for a new dataset.",
            advice="Fix the cause. Start a new execution for the project of each event.",
        )
        self.rule = events.Rule(
            self,
            "DatasetCreated",
            description="A Custom Labels dataset was created",
            enabled=setting != Trigger.OFF,
            event_pattern=events.EventPattern(
                source=["aws.rekognition"],
                detail_type=["AWS API Call via CloudTrail"],
                detail={
                    "eventSource": ["rekognition.amazonaws.com"],
                    "eventName": ["CreateDataset"],
                    "errorCode": [{"exists": False}],
                },
            ),
        )
        self.rule.add_target(targets.SfnStateMachine(state_machine, dead_letter_queue=self.dead_letter_queue.queue))
