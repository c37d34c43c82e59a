"""Starts an execution when a dataset is created: an EventBridge rule with a dead-letter queue."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.permissions import rules_of_account
from infra.triggers.dead_letter_queue import DeadLetterQueue
from lambdas.rules.tags import Trigger

_DETAIL_TYPE, _EVENT_NAME = "AWS API Call via CloudTrail", "CreateDataset"


class DatasetCreated(Construct):
    """The rule passes on the ARNs of the event, and nothing about its caller.

    It filters on no key whose casing CloudTrail does not promise.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        state_machine: sfn.StateMachine,
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
                detail_type=[_DETAIL_TYPE],
                detail={
                    "eventSource": ["rekognition.amazonaws.com"],
                    "eventName": [_EVENT_NAME],
                    "errorCode": [{"exists": False}],
                },
            ),
        )
        self.rule.add_target(
            targets.SfnStateMachine(
                state_machine,
                input=events.RuleTargetInput.from_object(_INPUT),
                # The logical id that the CDK gives to the role of such a target.
                role=iam.Role(state_machine, "EventsRole", assumed_by=rules_of_account(self)),
                dead_letter_queue=self.dead_letter_queue.queue,
            )
        )


def _either_casing(path: str) -> str:
    """The value at this path, whether the name of its member begins with a small letter or a capital.

    A path that the event does not have adds nothing to a text ("Amazon EventBridge input transformation", Amazon
    EventBridge User Guide). Without the project, the name in the dataset's ARN serves. Without both, the execution
    fails with InvalidInput, of which people are notified.
    """
    parent, _, member = path.rpartition(".")
    capital = f"{parent}.{member[0].upper()}{member[1:]}"
    return events.EventField.from_path(path) + events.EventField.from_path(capital)


# What the workflow reads. The rest of the event has the caller's ARN, IP address and access key, and the bucket of the
# manifest. With the `eventID` a person who may read CloudTrail finds all that.
_INPUT = {
    "detail-type": _DETAIL_TYPE,
    "detail": {
        "eventID": events.EventField.from_path("$.detail.eventID"),
        "eventName": _EVENT_NAME,
        "requestParameters": {"projectArn": _either_casing("$.detail.requestParameters.projectArn")},
        "responseElements": {"datasetArn": _either_casing("$.detail.responseElements.datasetArn")},
    },
}
