"""The one stack: composes the boxes and grants."""

from aws_cdk import Aws, CfnOutput, Stack
from constructs import Construct

from infra.chat import Chat
from infra.functions import Functions
from infra.notifications import Notifications
from infra.records import Records
from infra.reports import Reports
from infra.settings import Settings
from infra.trigger import Trigger
from infra.watch import Watch
from infra.workflow import Workflow


class DatasetDistribution(Stack):
    """Distributes Custom Labels datasets: by event, or by hand from the Step Functions console."""

    def __init__(self, scope: Construct, construct_id: str, *, settings: Settings) -> None:
        super().__init__(scope, construct_id, description="Distributes Amazon Rekognition Custom Labels datasets")
        records = Records(self, "Records")
        reports = Reports(self, "Reports")
        functions = Functions(
            self,
            "Functions",
            records=records.table,
            reports=reports.bucket,
            trigger=settings.trigger,
            image_buckets=settings.image_buckets,
        )
        notifications = Notifications(self, "Notifications", email=settings.email)
        workflow = Workflow(
            self,
            "Workflow",
            functions=functions,
            topic=notifications.topic,
            records=records.table,
            settings=settings,
        )
        Trigger(
            self,
            "Trigger",
            state_machine=workflow.state_machine,
            setting=settings.trigger,
            topic=notifications.topic,
        )
        chat = Chat(self, "Chat")
        Watch(self, "Watch", state_machine=workflow.state_machine, topic=notifications.topic)

        arn = workflow.state_machine.state_machine_arn
        console = f"https://{Aws.REGION}.console.aws.amazon.com"
        CfnOutput(self, "StateMachineArn", value=arn)
        CfnOutput(
            self, "StateMachineConsole", value=f"{console}/states/home?region={Aws.REGION}#/statemachines/view/{arn}"
        )
        CfnOutput(self, "RecordsTable", value=records.table.table_name)
        CfnOutput(self, "ReportsBucket", value=reports.bucket.bucket_name)
        CfnOutput(self, "ChatTopicArn", value=chat.topic.topic_arn)
        CfnOutput(self, "TopicArn", value=notifications.topic.topic_arn)
