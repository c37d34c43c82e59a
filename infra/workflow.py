"""The state machine: resolve the datasets, start the distribution, wait for it, tell people."""

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from aws_cdk import aws_stepfunctions_tasks as tasks
from constructs import Construct

from infra import messages
from infra.claim import Claim
from infra.functions import TIMEOUT, Functions
from infra.jsonata import jsonata, when
from infra.records import record_outcome
from infra.retries import LAMBDA_ERRORS, NEVER_ACCEPTED, SERVICE_ERRORS, retry, retry_unless
from infra.settings import Settings
from infra.waiting import DISTRIBUTION_STARTED, EXECUTION_STARTED, hours, past, wait


class Workflow(Construct):
    """A Standard state machine in JSONata. Its graph in the console is its documentation."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: Functions,
        topic: sns.ITopic,
        records: dynamodb.ITableV2,
        settings: Settings,
    ) -> None:
        super().__init__(scope, construct_id)
        self._creation_deadline = hours(settings.creation_deadline_hours)
        self._distribution_deadline = hours(settings.distribution_deadline_hours)
        self._topic = topic
        self._records = records
        self._failed = sfn.Fail.jsonata(
            self, "Failed", error=jsonata("$failure.Error"), cause=jsonata("$failure.Cause")
        )
        self._notify_failure = self._notify(
            "Notify failure", subject=messages.FAILURE_SUBJECT, message=messages.FAILURE_MESSAGE
        )
        self._notify_failure.add_catch(self._record_failure()).next(self._owner_or_not)
        self.state_machine = sfn.StateMachine(
            self,
            "StateMachine",
            comment="Distributes a Custom Labels training dataset into its project's empty test dataset",
            definition_body=sfn.DefinitionBody.from_chainable(self._begin().next(self._resolve(functions))),
            query_language=sfn.QueryLanguage.JSONATA,
            timeout=self._creation_deadline.plus(self._distribution_deadline).plus(Duration.hours(1)),
        )

    def _resolve(self, functions: Functions) -> sfn.IChainable:
        """Resolve datasets, again and again while they are being created, and do what the decision says."""
        resolve = self._task(
            "Resolve datasets",
            functions.resolve_datasets,
            {"Execution": jsonata("$states.context.Execution.Id"), "Input": jsonata(_INPUT)},
            assign={
                "pair": jsonata("$states.result.Payload"),
                "project": jsonata("$states.result.Payload.ProjectName"),
            },
        )
        retry(resolve, LAMBDA_ERRORS + SERVICE_ERRORS)
        self._fail_on_error(resolve)
        skipped = self._succeed("Skipped", "SKIPPED", "$pair")
        distributed = self._succeed("Already distributed", "ALREADY_DISTRIBUTED", "$pair")
        claim = Claim(
            self,
            "Claim",
            table=self._records,
            owned=self._ready(functions, resolve),
            again=resolve,
            aside=skipped,
            distributed=distributed,
            guard=self._guard,
        )
        decision = sfn.Choice.jsonata(self, "Anything to do?")
        decision.when(when("$pair.Action = 'SKIPPED' and $claimed"), self._record_skip(skipped))
        decision.when(when("$pair.Action = 'SKIPPED'"), skipped)
        decision.when(when("$pair.Action = 'ALREADY_DISTRIBUTED'"), distributed)
        decision.when(when("$pair.Action = 'DRY_RUN'"), self._succeed("Dry run", "DRY_RUN", "$pair"))
        decision.otherwise(claim.start)
        return resolve.next(decision)

    def _begin(self) -> sfn.Pass:
        """No expression may name a variable that was never assigned."""
        return sfn.Pass.jsonata(self, "Begin", assign={"claimed": jsonata("false"), "project": jsonata("''")})

    def _guard(self, task: sfn.TaskStateBase, answers: list[str]) -> None:
        retry_unless(task, answers)
        self._fail_on_error(task)

    def _ready(self, functions: Functions, resolve: sfn.IChainable) -> sfn.IChainable:
        pause = wait(self, "Wait for datasets", EXECUTION_STARTED)
        ready = sfn.Choice.jsonata(self, "Ready to distribute?")
        ready.when(when("$pair.Action = 'DISTRIBUTE'"), self._start(functions))
        ready.when(
            when("$pair.Action = 'CREATION_FAILED'"),
            self._notify_failure,
            assign=_failure("'DatasetCreationFailed'", "$pair.Reason"),
        )
        ready.when(
            when(past(self._creation_deadline, EXECUTION_STARTED)),
            self._notify_failure,
            assign=_failure("'CreationTimedOut'", "'The datasets were not ready in time. ' & $pair.Reason"),
        )
        ready.otherwise(pause)
        pause.next(resolve)
        return ready

    def _record_skip(self, skipped: sfn.IChainable) -> sfn.IChainable:
        """Whoever stands aside after all gives the pair back; nobody needs to hear of it."""
        record = record_outcome(self, "Record skip", table=self._records, outcome="SKIPPED", reason="$pair.Reason")
        return record.add_catch(skipped).next(skipped)

    def _record_failure(self) -> sfn.IChainable:
        """Whoever fails before it owns a pair has no record to complete."""
        record = record_outcome(
            self,
            "Record failure",
            table=self._records,
            outcome="FAILED",
            reason="$failure.Error & ': ' & $failure.Cause",
        )
        record.add_catch(self._failed).next(self._failed)
        self._owner_or_not = sfn.Choice.jsonata(self, "Pair claimed?")
        self._owner_or_not.when(when("$claimed"), record).otherwise(self._failed)
        return self._owner_or_not

    def _start(self, functions: Functions) -> sfn.IChainable:
        start = self._task(
            "Start distribution",
            functions.start_distribution,
            {"Execution": jsonata("$states.context.Execution.Id"), "Pair": jsonata("$pair")},
            assign={"started": jsonata("$states.context.State.EnteredTime")},
        )
        retry(start, NEVER_ACCEPTED)
        self._fail_on_error(start, more=_MAY_BE_RUNNING)
        return start.next(self._wait_until_finished(functions))

    def _wait_until_finished(self, functions: Functions) -> sfn.IChainable:
        pause = wait(self, "Wait before checking", DISTRIBUTION_STARTED)
        check = self._task(
            "Check distribution",
            functions.check_distribution,
            {"Execution": jsonata("$states.context.Execution.Id"), "Pair": jsonata("$pair")},
            assign={"result": jsonata("$states.result.Payload")},
        )
        retry(check, LAMBDA_ERRORS + SERVICE_ERRORS)
        self._fail_on_error(check, more=_MAY_BE_RUNNING)
        finished = sfn.Choice.jsonata(self, "Distribution finished?")
        finished.when(when("$result.State = 'COMPLETE'"), self._tell_success())
        finished.when(
            when("$result.State = 'FAILED'"),
            self._notify_failure,
            assign=_failure("'DistributionFailed'", "$result.Reason"),
        )
        finished.when(
            when(past(self._distribution_deadline, DISTRIBUTION_STARTED)),
            self._notify_failure,
            assign=_failure(
                "'DistributionTimedOut'",
                f"'Rekognition had not finished in time. ' & $result.Reason & '{_MAY_BE_RUNNING}'",
            ),
        )
        finished.otherwise(pause)
        return pause.next(check).next(finished)

    def _tell_success(self) -> sfn.IChainable:
        """Recorded first: should nobody hear of it, the next execution still knows."""
        notify = self._notify("Notify success", subject=messages.SUCCESS_SUBJECT, message=messages.SUCCESS_MESSAGE)
        notify.add_catch(
            self._failed,
            assign=_failure("$states.errorOutput.Error", f"'It is distributed, but nobody could be told: ' & {_CAUSE}"),
        )
        record = record_outcome(
            self,
            "Record success",
            table=self._records,
            outcome="DISTRIBUTED",
            reason="$result.Reason",
            TrainingEntries="$result.Training.TotalEntries",
            TestEntries="$result.Test.TotalEntries",
        )
        record.add_catch(notify)
        notify.next(self._succeed("Distributed", "DISTRIBUTED", "$result"))
        return record.next(notify)

    def _succeed(self, name: str, outcome: str, after: str) -> sfn.Succeed:
        """The outcome is the execution's output, always in the same shape."""
        return sfn.Succeed.jsonata(
            self,
            name,
            outputs={
                "Outcome": outcome,
                "Reason": jsonata(f"{after}.Reason"),
                "StartedBy": jsonata("$pair.StartedBy"),
                "ProjectName": jsonata("$pair.ProjectName"),
                "ProjectArn": jsonata("$pair.ProjectArn"),
                "Before": {"Training": jsonata("$pair.Training"), "Test": jsonata("$pair.Test")},
                "After": {"Training": jsonata(f"{after}.Training"), "Test": jsonata(f"{after}.Test")},
                "DryRun": jsonata("$pair.DryRun"),
                "Execution": jsonata("$states.context.Execution.Id"),
            },
        )

    def _task(self, name: str, function: Any, payload: dict[str, str], *, assign: dict[str, str]) -> tasks.LambdaInvoke:
        return tasks.LambdaInvoke.jsonata(
            self,
            name,
            lambda_function=function,
            payload=sfn.TaskInput.from_object(payload),
            assign=assign,
            retry_on_service_exceptions=False,  # each state says itself what may be repeated
            task_timeout=sfn.Timeout.duration(TIMEOUT.plus(Duration.seconds(30))),
        )

    def _notify(self, name: str, *, subject: str, message: str) -> tasks.SnsPublish:
        publish = tasks.SnsPublish.jsonata(
            self,
            name,
            topic=self._topic,
            subject=subject,
            message=sfn.TaskInput.from_text(message),
            task_timeout=sfn.Timeout.duration(Duration.seconds(60)),
        )
        retry_unless(publish, [])
        return publish

    def _fail_on_error(self, task: sfn.TaskStateBase, *, more: str = "") -> None:
        """`more` is told to people after the cause."""
        task.add_catch(self._notify_failure, assign=_failure("$states.errorOutput.Error", f"{_CAUSE} & '{more}'"))


# A task's arguments with the whole input in them may not exceed 256 KB; that error no Catch can catch.
_LONGEST_INPUT = 100_000
_INPUT = f"""(
    $length := $length($string($states.context.Execution.Input));
    $length > {_LONGEST_INPUT} ? $length & ' characters long' : $states.context.Execution.Input
)"""

_MAY_BE_RUNNING = " The distribution may be running: look at the datasets in Rekognition before you start again."

# A failed function's cause is JSON, whose errorMessage is the sentence a person wants; any other cause is text.
_CAUSE = """(
    $cause := $states.errorOutput.Cause;
    $said := $contains($cause, /^\\{.*\\}$/) ? $parse($cause).errorMessage;
    $exists($said) ? $string($said) : $exists($cause) ? $string($cause) : 'No cause was given.'
)"""


def _failure(error: str, cause: str) -> dict[str, Any]:
    return {"failure": {"Error": jsonata(error), "Cause": jsonata(cause)}}
