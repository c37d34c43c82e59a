"""A dead-letter queue for a rule, and an alarm that goes off when the queue has a message (docs/operations.md)."""

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sqs as sqs
from constructs import Construct


class DeadLetterQueue(Construct):
    """The `queue` keeps each event for 14 days."""

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey, why: str, advice: str) -> None:
        """`why` and `advice` are sentences for the readers of the `alarm`."""
        super().__init__(scope, construct_id)
        self.queue = sqs.Queue(
            self,
            "Queue",
            enforce_ssl=True,
            encryption=sqs.QueueEncryption.KMS,
            encryption_master_key=key,
            retention_period=Duration.days(14),
        )
        # EventBridge and Lambda name the attribute differently ("Using dead-letter queues to process undelivered events
        # in EventBridge", Amazon EventBridge User Guide; "Capturing records of Lambda asynchronous invocations", AWS
        # Lambda Developer Guide).
        reason = "the attribute ERROR_MESSAGE or ErrorMessage of each says why"
        where = f"The events are in the queue {self.queue.queue_name}; {reason}."
        self.alarm = self.queue.metric_approximate_number_of_messages_visible(period=Duration.minutes(1)).create_alarm(
            self,
            "Alarm",
            alarm_description=f"{why} {where} {advice} Then purge the queue.",
            threshold=1,
            evaluation_periods=1,
            # An inactive queue has no metric, also while it still has a message ("Monitoring Amazon SQS queues using
            # CloudWatch", Amazon SQS Developer Guide).
            treat_missing_data=cloudwatch.TreatMissingData.IGNORE,
        )
