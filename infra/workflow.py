"""The state machine: resolve the datasets, claim the pair, distribute it, tell people."""

from aws_cdk import ArnFormat, Duration, Stack
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.claim import Claim
from infra.distribution import Distribution, asked
from infra.endings import Endings
from infra.functions import Functions
from infra.jsonata import jsonata, when
from infra.logs import log_group, vended_name
from infra.retries import retry_function, retry_unless
from infra.settings import Settings
from infra.steps import EXECUTION, failure, invoke, succeed
from infra.waiting import EXECUTION_STARTED, hours, past, wait
from infra.workflow_role import workflow_role

# A task's arguments with the whole input in them may not exceed 256 KB; that error no Catch can catch.
_LONGEST_INPUT = 50_000  # characters, of up to four bytes each
_INPUT = f"""(
    $length := $length($string($states.context.Execution.Input));
    $length > {_LONGEST_INPUT} ? $length & ' characters long' : $states.context.Execution.Input
)"""

# What fails in there has not said which project it was. The input has, in a form of lambdas/rules/execution_input.py.
_PROJECT = """(
    $input := $states.context.Execution.Input;
    $arns := $string([$input.ProjectArn, $input.Datasets, $input.detail.requestParameters]);
    $project != '' ? $project : $states.errorOutput.Error = 'InvalidInput' ? '' : [
        $match($string($input.ProjectName), /^[a-zA-Z0-9_.-]{1,255}$/).match,
        $match($arns, /:project\\/([a-zA-Z0-9_.-]{1,255})\\//).groups,
        ''
    ][0]
)"""


class Workflow(Construct):
    """A Standard state machine in JSONata. Its graph in the console is its documentation."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: Functions,
        topic: sns.ITopic,
        records: dynamodb.ITable,
        key: kms.IKey,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self._settings = settings
        self._functions = functions
        self._records = records
        self._creation_deadline = hours(settings.creation_deadline_hours)
        self._claim = Claim(self, "Claim", table=records, guard=self._guard)
        self._endings = Endings(self, "Endings", functions=functions, table=records, topic=topic, claim=self._claim)
        self.logs = log_group(self, "Logs", key=key, settings=settings, name=vended_name(self))
        role = workflow_role(self, "Role", functions=functions.all, table=records, topic=topic, key=key)
        deadlines = self._creation_deadline.plus(hours(settings.distribution_deadline_hours))
        self.state_machine = sfn.StateMachine(
            self,
            "StateMachine",
            comment="Distributes a Custom Labels training dataset into its project's empty test dataset",
            definition_body=sfn.DefinitionBody.from_chainable(self._begin().next(self._resolve())),
            query_language=sfn.QueryLanguage.JSONATA,
            timeout=deadlines.plus(Duration.hours(1)),
            role=role.without_policy_updates(),
            # Which states, when: no input and no output, for what people call things may be confidential.
            logs=sfn.LogOptions(
                destination=self.logs,
                level=sfn.LogLevel.ALL,
                include_execution_data=False,
            ),
            tracing_enabled=True,
        )
        self.state_machine.node.add_dependency(role)
        self._allow_reading_executions(role, functions)

    def _allow_reading_executions(self, role: iam.Role, functions: Functions) -> None:
        """In policies of their own, which can come after the state machine, for they have its name in them."""
        executions = Stack.of(self).format_arn(
            service="states",
            resource="execution",
            resource_name=f"{self.state_machine.state_machine_name}:*",
            arn_format=ArnFormat.COLON_RESOURCE_NAME,
        )
        readers: dict[str, iam.IRole] = {"DescribeExecution": role, "GetExecutionHistory": functions.report_role}
        for action, reader in readers.items():
            statement = iam.PolicyStatement(actions=[f"states:{action}"], resources=[executions])
            iam.Policy(self, action, statements=[statement], roles=[reader])

    def _begin(self) -> sfn.Pass:
        """No expression may name a variable that was never assigned."""
        nothing = dict.fromkeys(("project", "asked", "before", "refusal", "limited", "report"), jsonata("''"))
        no = dict.fromkeys(("claimed", "busy", "looked"), jsonata("false"))
        return sfn.Pass.jsonata(self, "Begin", assign={**no, **nothing, "pair": jsonata("{}"), "notes": jsonata("[]")})

    def _resolve(self) -> sfn.IChainable:
        """Resolve datasets, again and again while they are being created, and do what the decision says."""
        resolve = invoke(
            self,
            "Resolve datasets",
            self._functions.resolve_datasets,
            {
                **EXECUTION,
                "Input": jsonata(_INPUT),
                "Looked": jsonata("$looked"),
            },
            assign={
                "pair": jsonata("$states.result.Payload"),
                "project": jsonata("$states.result.Payload.ProjectName"),
            },
        )
        retry_function(resolve)
        self._endings.fail_on_error(resolve, assign={"project": jsonata(_PROJECT)})
        return resolve.next(self._decide(resolve))

    def _decide(self, resolve: sfn.IChainable) -> sfn.Choice:
        skipped = succeed(self, "Skipped", "SKIPPED", "$pair")
        distributed = succeed(self, "Already distributed", "ALREADY_DISTRIBUTED", "$pair")
        self._claim.lead(owned=self._ready(resolve), again=resolve, aside=skipped, distributed=distributed)
        decision = sfn.Choice.jsonata(self, "Anything to do?")
        decision.when(when("$pair.Action = 'SKIPPED' and $claimed"), self._endings.skip(skipped))
        decision.when(when("$pair.Action = 'SKIPPED'"), skipped)
        decision.when(when("$pair.Action = 'ALREADY_DISTRIBUTED'"), distributed)
        decision.when(when("$pair.Action = 'DRY_RUN'"), succeed(self, "Dry run", "DRY_RUN", "$pair"))
        return decision.otherwise(self._claim.start)

    def _ready(self, resolve: sfn.IChainable) -> sfn.Choice:
        distribution = Distribution(
            self,
            "Distribution",
            functions=self._functions,
            table=self._records,
            settings=self._settings,
            claim=self._claim,
            endings=self._endings,
            again=resolve,
        )
        failed, not_in_time = (
            failure("'DatasetCreationFailed'", "$pair.Reason"),
            failure("'CreationTimedOut'", "'The datasets were not ready in time. ' & $pair.Reason"),
        )
        too_late = past(self._creation_deadline, EXECUTION_STARTED)
        ready = sfn.Choice.jsonata(self, "Ready to distribute?")
        ready.when(when("$pair.Action = 'DISTRIBUTE'"), distribution.start)
        ready.when(when("$pair.Action = 'CHECK'"), distribution.until_finished, assign=asked())
        ready.when(when("$pair.Action = 'CREATION_FAILED'"), self._endings.failure, assign=failed)
        ready.when(when(too_late), self._endings.failure, assign=not_in_time)
        return ready.otherwise(wait(self, "Wait for datasets", EXECUTION_STARTED, self._settings).next(resolve))

    def _guard(self, task: sfn.TaskStateBase, answers: list[str]) -> None:
        retry_unless(task, answers)
        self._endings.fail_on_error(task)
