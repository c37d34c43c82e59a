"""Passes the endings of executions to the function that notifies people of those that nobody was notified of."""

from aws_cdk import aws_events as events
from aws_cdk import aws_events_targets as targets
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.triggers.dead_letter_queue import DeadLetterQueue


class UnnoticedEndings(Construct):
    """A rule, and the dead-letter queue of the rule and of its function.

    EventBridge sends the event there if it cannot invoke the function. Lambda sends it there after the function has
    failed three times, within about three minutes ("How Lambda handles errors and retries with asynchronous
    invocation", AWS Lambda Developer Guide). It is no on-failure destination: a dead-letter queue receives the event
    itself, as from EventBridge, and each version of the function keeps it ("Capturing records of Lambda asynchronous
    invocations", same guide).

    While SNS accepts no message at all, the alarm of the queue is visible in the CloudWatch console only.
    """

    rule: events.Rule

    def __init__(self, scope: Construct, construct_id: str, *, key: kms.IKey) -> None:
        super().__init__(scope, construct_id)
        self.dead_letter_queue = DeadLetterQueue(
            self,
            "Undelivered",
            key=key,
            why="An execution ended and may not have sent a notification, and the function notify_ending could not "
            "send one either. People may not receive this alarm.",
            advice="Fix the cause. Read the error of each execution that the events name, and start a new execution "
            "for its project.",
        )

    def pass_endings(self, state_machine: sfn.IStateMachine, function: lambda_.IFunction) -> None:
        """Invoke the function with each ending of the state machine that is not a success."""
        self.rule = events.Rule(
            self,
            "Endings",
            description="An execution ended and may not have sent a notification",
            event_pattern=events.EventPattern(
                source=["aws.states"],
                detail_type=["Step Functions Execution Status Change"],
                detail={
                    "stateMachineArn": [state_machine.state_machine_arn],
                    "status": ["FAILED", "TIMED_OUT", "ABORTED"],
                },
            ),
        )
        self.rule.add_target(targets.LambdaFunction(function, dead_letter_queue=self.dead_letter_queue.queue))
