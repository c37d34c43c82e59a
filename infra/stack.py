"""The stack, composed of its constructs."""

from aws_cdk import Aws, CfnOutput, Stack, Tags
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from constructs import Construct

from infra.functions import Functions
from infra.messaging.alarm_topic import AlarmTopic
from infra.messaging.chat_topic import ChatTopic
from infra.messaging.notification_topic import NotificationTopic
from infra.monitoring.alarms import Alarms
from infra.monitoring.dashboard import Dashboard
from infra.monitoring.saved_queries import SavedQueries
from infra.monitoring.unnoticed_endings import UnnoticedEndings
from infra.settings import Settings
from infra.storage.bucket_emptier import confine_bucket_emptier
from infra.storage.key import Key
from infra.storage.records import Records
from infra.storage.reports import Reports
from infra.triggers.dataset_created import DatasetCreated
from infra.triggers.schedule import Schedule
from infra.triggers.trail import Trail
from infra.version import VERSION
from infra.workflow.state_machine import Workflow
from infra.workflow.sweep import Sweep


class DatasetDistribution(Stack):
    """Distributes Custom Labels datasets. An event, a person or a sweep starts each execution."""

    def __init__(self, scope: Construct, *, settings: Settings) -> None:
        about = f"Distributes Amazon Rekognition Custom Labels datasets, version {VERSION}"
        # The bucket emptier of the CDK takes its tags from the stack only.
        super().__init__(scope, settings.stack_name, description=about, tags=dict(settings.tags))
        self._apply_to_all_resources(settings)
        key = Key(self, "Key", settings=settings).key
        records = Records(self, "Records", key=key, settings=settings)
        reports = Reports(self, "Reports", key=key, settings=settings)
        notifications = NotificationTopic(self, "Notifications", key=key, settings=settings)
        unnoticed = UnnoticedEndings(self, "Watch", key=key)
        functions = Functions(
            self,
            "Functions",
            records=records.table,
            reports=reports.bucket,
            topic=notifications.topic,
            dead_letter_queue=unnoticed.dead_letter_queue.queue,
            key=key,
            settings=settings,
        )
        chat = ChatTopic(self, "Chat", key=key)
        workflow = Workflow(
            self,
            "Workflow",
            functions=functions,
            topic=notifications.topic,
            chat=chat.topic,
            key=key,
            settings=settings,
        )
        machine = workflow.state_machine
        trigger = DatasetCreated(self, "Trigger", state_machine=machine, setting=settings.trigger, key=key)
        unnoticed.pass_endings(machine, functions.versions["notify_ending"])
        sweep = Sweep(self, "Sweep", functions=functions, workflow=machine, key=key, settings=settings)
        alarm_topic = AlarmTopic(self, "Operations", key=key, settings=settings)
        alarms = Alarms(
            self,
            "Alarms",
            state_machine=machine,
            functions=functions,
            rules={"Trigger": trigger, "Watch": unnoticed},
            sweep=sweep.state_machine,
            schedule=self._schedule(sweep, key, settings),
            alarm_topic=alarm_topic,
            settings=settings,
        )
        SavedQueries(self, "Queries", functions=functions.logs, state_machine=workflow.logs)
        if settings.create_dashboard:
            Dashboard(self, "Dashboard", state_machine=machine, functions=functions, alarms=alarms.all)
        trails = [Trail(self, "Trail", key=key, settings=settings)] if settings.create_trail else []
        buckets = [reports.bucket, *(trail.bucket for trail in trails)]
        confine_bucket_emptier(self, buckets=buckets, key=key, settings=settings)
        self._add_outputs(
            StateMachineArn=machine.state_machine_arn,
            StateMachineConsole=_console_url(
                f"states/home?region={Aws.REGION}#/statemachines/view/{machine.state_machine_arn}"
            ),
            SweepStateMachineArn=sweep.state_machine.state_machine_arn,
            RecordsTable=records.table.table_name,
            ReportsBucket=reports.bucket.bucket_name,
            ChatTopicArn=chat.topic.topic_arn,
            TopicArn=notifications.topic.topic_arn,
            AlarmTopicArn=alarm_topic.topic.topic_arn,
        )

    def _schedule(self, sweep: Sweep, key: kms.IKey, settings: Settings) -> Schedule | None:
        if not settings.sweep_hours:
            return None
        return Schedule(self, "Schedule", sweep=sweep.state_machine, key=key, settings=settings)

    def _apply_to_all_resources(self, settings: Settings) -> None:
        for key, value in settings.tags:
            Tags.of(self).add(key, value)
        if settings.permissions_boundary:
            boundary = iam.ManagedPolicy.from_managed_policy_arn(self, "Boundary", settings.permissions_boundary)
            iam.PermissionsBoundary.of(self).apply(boundary)

    def _add_outputs(self, **values: str) -> None:
        for name, value in values.items():
            CfnOutput(self, name, value=value)


def _console_url(page: str) -> str:
    return f"https://{Aws.REGION}.console.aws.amazon.com/{page}"
