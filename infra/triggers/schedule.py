"""Starts a sweep at regular times."""

from aws_cdk import Duration
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_scheduler as scheduler
from aws_cdk import aws_scheduler_targets as targets
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.permissions import allow, schedules_of_group, via_service
from infra.settings import Settings
from infra.storage.key import SENDING
from infra.triggers.dead_letter_queue import DeadLetterQueue
from lambdas.rules.input.execution_input import SCHEDULE
from lambdas.rules.tags import Trigger


class Schedule(Construct):
    """The schedule, with a dead-letter queue. It is disabled if events start nothing, either."""

    def __init__(
        self, scope: Construct, construct_id: str, *, sweep: sfn.IStateMachine, key: kms.IKey, settings: Settings
    ) -> None:
        super().__init__(scope, construct_id)
        self.dead_letter_queue = DeadLetterQueue(
            self,
            "Undelivered",
            key=key,
            why="The schedule could not start a sweep.",
            advice="Fix the cause. Start a sweep yourself.",
        )
        # CloudWatch counts invocations by group ("Monitoring Amazon EventBridge Scheduler with Amazon CloudWatch",
        # EventBridge Scheduler User Guide). The group has this schedule alone. CloudFormation chooses its name.
        self.group = scheduler.CfnScheduleGroup(self, "Group")
        role = iam.Role(self, "Role", assumed_by=schedules_of_group(self.group))
        allow(role, "states:StartExecution", sweep.state_machine_arn)
        queue = self.dead_letter_queue.queue
        allow(role, "sqs:SendMessage", queue.queue_arn)
        for action in SENDING:
            allow(role, action, key.key_arn, conditions=via_service("sqs"))
        schedule = scheduler.Schedule(
            self,
            "Sweep",
            schedule_group=scheduler.ScheduleGroup.from_schedule_group_name(self, "Own", self.group.ref),
            description="Starts executions for pairs that nothing has started one for",
            schedule=scheduler.ScheduleExpression.rate(Duration.hours(settings.sweep_hours)),
            enabled=settings.trigger != Trigger.OFF,
            target=targets.StepFunctionsStartExecution(
                sweep,
                input=scheduler.ScheduleTargetInput.from_object({"StartedBy": SCHEDULE}),
                role=role,
                dead_letter_queue=queue,
            ),
        )
        # The first sweep begins as soon as the schedule exists ("Schedule types on EventBridge Scheduler", same guide).
        schedule.node.add_dependency(role)
