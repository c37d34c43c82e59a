"""The Lambda functions, each under its own role with only what its calls need."""

from collections.abc import Iterable

from aws_cdk import Aws, Duration, RemovalPolicy, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.asset import function_code
from infra.executions import every_execution
from lambdas.trigger import Trigger

NAMESPACE = "DatasetDistribution"
TIMEOUT = Duration.seconds(60)


class Functions(Construct):
    """`resolve_datasets`, `start_distribution`, `check_distribution` and `report_distribution`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        records: dynamodb.ITableV2,
        reports: s3.IBucket,
        trigger: Trigger,
        image_buckets: Iterable[str],
    ) -> None:
        super().__init__(scope, construct_id)
        self._code = function_code()
        self.resolve_datasets = self._function("ResolveDatasets", "resolve_datasets")
        self.start_distribution = self._function("StartDistribution", "start_distribution")
        self.check_distribution = self._function("CheckDistribution", "check_distribution")
        self.report_distribution = self._function("ReportDistribution", "report_distribution")
        self.resolve_datasets.add_environment("TRIGGER", trigger)
        self.report_distribution.add_environment("REPORTS_BUCKET", reports.bucket_name)
        for function in (self.resolve_datasets, self.start_distribution):
            function.add_environment("RECORDS_TABLE", records.table_name)
            _allow(function, "dynamodb:GetItem", records.table_arn)
        _allow(self.report_distribution, "s3:PutObject", reports.arn_for_objects("*"))
        self._grant(image_buckets)

    def _grant(self, image_buckets: Iterable[str]) -> None:
        # DescribeProjects takes no resource (Service Authorization Reference, "Amazon Rekognition").
        _allow(self.resolve_datasets, "rekognition:DescribeProjects", "*")
        _allow(self.resolve_datasets, "rekognition:ListTagsForResource", self._projects_and_datasets())
        for function in (self.resolve_datasets, self.report_distribution):
            _allow(function, "rekognition:ListDatasetLabels", self._datasets())
        # The state machine's name, which comes after its functions, is not known here.
        _allow(self.report_distribution, "states:GetExecutionHistory", every_execution(self))
        for function in (self.resolve_datasets, self.start_distribution, self.check_distribution):
            _allow(function, "rekognition:DescribeDataset", self._datasets())
        _allow(self.start_distribution, "rekognition:DistributeDatasetEntries", self._datasets())
        for bucket in image_buckets:
            _allow(self.start_distribution, "s3:GetObject", f"arn:{Aws.PARTITION}:s3:::{bucket}/*")

    def _projects_and_datasets(self) -> str:
        return Stack.of(self).format_arn(service="rekognition", resource="project", resource_name="*")

    def _datasets(self) -> str:
        return Stack.of(self).format_arn(service="rekognition", resource="project", resource_name="*/dataset/*/*")

    def _function(self, construct_id: str, module: str) -> lambda_.Function:
        log_group = logs.LogGroup(
            self,
            f"{construct_id}Logs",
            retention=logs.RetentionDays.THREE_MONTHS,
            removal_policy=RemovalPolicy.DESTROY,
        )
        role = iam.Role(self, f"{construct_id}Role", assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"))
        log_group.grant_write(role)
        return lambda_.Function(
            self,
            construct_id,
            code=self._code,
            handler=f"lambdas.{module}.handler",
            runtime=lambda_.Runtime.PYTHON_3_14,
            architecture=lambda_.Architecture.ARM_64,
            # CPU comes with memory, and the cold start is CPU: importing boto3.
            memory_size=512,
            timeout=TIMEOUT,
            role=role,
            log_group=log_group,
            environment={"POWERTOOLS_SERVICE_NAME": module, "POWERTOOLS_METRICS_NAMESPACE": NAMESPACE},
        )


def _allow(function: lambda_.Function, action: str, resource: str) -> None:
    function.add_to_role_policy(iam.PolicyStatement(actions=[action], resources=[resource]))
