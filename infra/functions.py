"""The Lambda functions. Each has its own role, which allows only the calls of this function."""

from typing import cast

from aws_cdk import Aws, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.asset import function_code
from infra.logs import log_group
from infra.messaging.topic import allow_publish
from infra.metrics import NAMESPACE
from infra.permissions import allow, functions_of_account, via_service
from infra.settings import Settings
from infra.storage.key import SENDING

TIMEOUT = Duration.seconds(60)


OF_WORKFLOW = ("resolve_datasets", "claim_pair", "start_distribution", "check_distribution", "report_outcome")
OF_SWEEP = ("list_projects", "examine_project", "list_endings", "report_sweep")
"""Each names a module of lambdas/ (`claim_pair`), a construct (`ClaimPair`) and a state (*Claim pair*)."""

FUNCTIONS = (*OF_WORKFLOW, *OF_SWEEP, "notify_ending")
"""A rule of EventBridge invokes the last one, and the sweep does (*Notify ending*)."""


def construct_id_of(function: str) -> str:
    """`ResolveDatasets` for `resolve_datasets`."""
    return "".join(map(str.capitalize, function.split("_")))


class Functions(Construct):
    """All functions, and the current version of each by its name.

    Earlier versions stay until the stack is deleted. An execution keeps the definition that it began with, which names
    them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        records: dynamodb.ITable,
        reports: s3.IBucket,
        topic: sns.ITopic,
        dead_letter_queue: sqs.IQueue,
        key: kms.IKey,
        settings: Settings,
    ) -> None:
        """`notify_ending` publishes to the topic. The queue receives the events with which it fails."""
        super().__init__(scope, construct_id)
        self._key = key
        self._settings = settings
        self._code = function_code()
        self.logs: list[logs.ILogGroup] = []
        functions = {name: self._function(construct_id_of(name), name) for name in (*OF_WORKFLOW, *OF_SWEEP)}
        functions["notify_ending"] = self._function(
            construct_id_of("notify_ending"), "notify_ending", dead_letter_queue=dead_letter_queue
        )
        self._functions = functions
        self.all = tuple(functions.values())
        self.of_workflow = self._of(*OF_WORKFLOW)
        self.of_sweep = self._of(*OF_SWEEP, "notify_ending")
        self._set_environment(settings)
        self._grant_records(records)
        self._grant_reports(reports)
        self._grant_rekognition()
        self._grant_notifications(topic)
        # A version freezes the configuration, which is complete only here.
        self.versions = {name: function.current_version for name, function in functions.items()}

    def role_of(self, name: str) -> iam.IRole:
        return cast("iam.IRole", self._functions[name].role)

    def _of(self, *names: str) -> tuple[lambda_.Function, ...]:
        return tuple(self._functions[name] for name in names)

    def _set_environment(self, settings: Settings) -> None:
        for function in self._of("resolve_datasets", "examine_project"):
            function.add_environment("TRIGGER", settings.trigger)
        for function in self._of("resolve_datasets", "list_projects"):
            function.add_environment("PROJECTS", ",".join(settings.projects))
        look_back = 2 * max(settings.sweep_hours, 24)  # an ending that one sweep does not reach, the next one does
        self._functions["list_endings"].add_environment("LOOK_BACK_SECONDS", f"{look_back * 3600}")
        # CloudWatch bills a metric for each hour in which it is sent, and most executions end within their first hour.
        sent_from = min(1, settings.oldest_execution_hours) * 3600
        for function in self.of_workflow:
            function.add_environment("AGE_SENT_FROM_SECONDS", f"{sent_from:g}")
        self._functions["examine_project"].add_environment("QUIET_SECONDS", f"{settings.quiet_hours * 3600:g}")

    def _grant_records(self, records: dynamodb.ITable) -> None:
        users = {
            "GetItem": self._of("resolve_datasets", "claim_pair", "examine_project", "notify_ending"),
            "PutItem": self._of("claim_pair", "notify_ending"),
            "UpdateItem": self._of("claim_pair", "start_distribution", "report_outcome"),
        }
        for action, granted in users.items():
            for function in granted:
                allow(function, f"dynamodb:{action}", records.table_arn)
        for function in {function: None for granted in users.values() for function in granted}:
            function.add_environment("RECORDS_TABLE", records.table_name)
            allow(function, "kms:Decrypt", self._key.key_arn, conditions=via_service("dynamodb"))

    def _grant_reports(self, reports: s3.IBucket) -> None:
        report = self._functions["report_outcome"]
        report.add_environment("REPORTS_BUCKET", reports.bucket_name)
        allow(report, "s3:PutObject", reports.arn_for_objects("*"))
        allow(report, "kms:GenerateDataKey", self._key.key_arn, conditions=via_service("s3"))

    def _grant_notifications(self, topic: sns.ITopic) -> None:
        notify = self._functions["notify_ending"]
        notify.add_environment("TOPIC_ARN", topic.topic_arn)
        allow_publish(notify, [topic], self._key)
        for action in SENDING:  # to its dead-letter queue, which Lambda does under the role of the function
            allow(notify, action, self._key.key_arn, conditions=via_service("sqs"))

    def _grant_rekognition(self) -> None:
        resolve, _, start, check, report, names, examine, *_ = self._of(*FUNCTIONS)
        datasets = self._project_arns("/dataset/*/*")
        # DescribeProjects takes no resource (Service Authorization Reference, "Amazon Rekognition").
        for function in (resolve, names, examine):
            allow(function, "rekognition:DescribeProjects", "*")
        for function in (resolve, examine):
            allow(function, "rekognition:ListTagsForResource", *self._project_arns("/*"))
        for function in (resolve, report):
            allow(function, "rekognition:ListDatasetLabels", *datasets)
        for function in (resolve, start, check, examine):
            allow(function, "rekognition:DescribeDataset", *datasets)
        allow(start, "rekognition:DistributeDatasetEntries", *datasets)
        for bucket in self._settings.image_buckets:
            allow(start, "s3:GetObject", f"arn:{Aws.PARTITION}:s3:::{bucket}/*")
        if self._settings.image_keys:
            allow(start, "kms:Decrypt", *self._settings.image_keys, conditions=via_service("s3"))

    def _project_arns(self, rest: str) -> list[str]:
        return [
            Stack.of(self).format_arn(service="rekognition", resource="project", resource_name=name + rest)
            for name in self._settings.projects
        ]

    def _function(
        self, construct_id: str, module: str, *, dead_letter_queue: sqs.IQueue | None = None
    ) -> lambda_.Function:
        role = iam.Role(self, f"{construct_id}Role", assumed_by=functions_of_account(self))
        group = log_group(self, f"{construct_id}Logs", key=self._key, settings=self._settings)
        self.logs.append(group)
        group.grant_write(role)
        return lambda_.Function(
            self,
            construct_id,
            code=self._code,
            handler=f"lambdas.{module}.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            # Lambda gives CPU in proportion to memory ("Configure Lambda function memory", AWS Lambda Developer Guide),
            # and a cold start needs CPU to import the SDK.
            memory_size=512,
            timeout=TIMEOUT,
            role=role,
            log_group=group,
            dead_letter_queue=dead_letter_queue,
            # The functions do without X-Ray's SDK, which would make cold starts longer.
            tracing=lambda_.Tracing.ACTIVE,
            environment={
                "POWERTOOLS_SERVICE_NAME": Stack.of(self).stack_name,
                "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE,
            },
            # A deployment that is rolled back deletes its version: Lambda does not publish the same version twice.
            current_version_options=lambda_.VersionOptions(removal_policy=RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE),
        )
