"""The state machine: resolve the datasets, start the distribution, wait for it, tell people."""

from typing import Any

from aws_cdk import Duration
from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra import messages
from infra.claim import Claim
from infra.failures import BUSY
from infra.functions import Functions
from infra.jsonata import jsonata, when
from infra.records import REFUSED, number, outcome, text, update_record
from infra.retries import PASSING, retry_function, retry_unless
from infra.settings import Settings
from infra.steps import CAUSE, failure, invoke, publish, succeed
from infra.waiting import EXECUTION_STARTED, FIRST_ASKED, GRACE, LAST_ASKED, hours, past, wait


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
            self, "Failed", error=jsonata("$failure.Error"), cause=jsonata(f"$failure.Cause & {_WHAT_TO_DO}")
        )
        self._claim = Claim(self, "Claim", table=records, guard=self._guard)
        self._failure = sfn.Pass.jsonata(self, "Find advice", assign={"advice": messages.ADVICE})
        self._failure.next(self._fail_if_owner())
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
        resolve = invoke(
            self,
            "Resolve datasets",
            functions.resolve_datasets,
            {"Execution": jsonata("$states.context.Execution.Id"), "Input": jsonata(_INPUT)},
            assign={
                "pair": jsonata("$states.result.Payload"),
                "project": jsonata("$states.result.Payload.ProjectName"),
            },
        )
        retry_function(resolve)
        self._fail_on_error(resolve)
        skipped = succeed(self, "Skipped", "SKIPPED", "$pair")
        distributed = succeed(self, "Already distributed", "ALREADY_DISTRIBUTED", "$pair")
        ready = self._ready(functions, resolve)
        self._claim.lead(owned=ready, again=resolve, aside=skipped, distributed=distributed)
        decision = sfn.Choice.jsonata(self, "Anything to do?")
        decision.when(when("$pair.Action = 'SKIPPED' and $claimed"), self._record_skip(skipped))
        decision.when(when("$pair.Action = 'SKIPPED'"), skipped)
        decision.when(when("$pair.Action = 'ALREADY_DISTRIBUTED'"), distributed)
        decision.when(when("$pair.Action = 'DRY_RUN'"), succeed(self, "Dry run", "DRY_RUN", "$pair"))
        decision.otherwise(self._claim.start)
        return resolve.next(decision)

    def _begin(self) -> sfn.Pass:
        """No expression may name a variable that was never assigned."""
        nothing = dict.fromkeys(("project", "asked", "before", "refusal"), jsonata("''"))
        return sfn.Pass.jsonata(self, "Begin", assign={"claimed": jsonata("false"), **nothing})

    def _guard(self, task: sfn.TaskStateBase, answers: list[str]) -> None:
        retry_unless(task, answers)
        self._fail_on_error(task)

    def _ready(self, functions: Functions, resolve: sfn.IChainable) -> sfn.IChainable:
        pause = wait(self, "Wait for datasets", EXECUTION_STARTED)
        ready = sfn.Choice.jsonata(self, "Ready to distribute?")
        until_finished = self._wait_until_finished(functions, resolve)
        ready.when(when("$pair.Action = 'DISTRIBUTE'"), self._start(functions, until_finished))
        ready.when(when("$pair.Action = 'CHECK'"), until_finished, assign=_asked())
        ready.when(
            when("$pair.Action = 'CREATION_FAILED'"),
            self._failure,
            assign=failure("'DatasetCreationFailed'", "$pair.Reason"),
        )
        ready.when(
            when(past(self._creation_deadline, EXECUTION_STARTED)),
            self._failure,
            assign=failure("'CreationTimedOut'", "'The datasets were not ready in time. ' & $pair.Reason"),
        )
        ready.otherwise(pause)
        pause.next(resolve)
        return ready

    def _record_skip(self, skipped: sfn.IChainable) -> sfn.IChainable:
        """Whoever stands aside after all gives the pair back; nobody needs to hear of it."""
        record = update_record(self, "Record skip", table=self._records, attributes=outcome("SKIPPED", "$pair.Reason"))
        retry_unless(record, REFUSED)
        return record.add_catch(skipped).next(skipped)

    def _fail_if_owner(self) -> sfn.Choice:
        """Whoever fails before it owns a pair has no record to complete; whoever owns it no more has nothing to say."""
        notify = publish(self, "Notify failure", self._topic, messages.FAILURE)
        notify.add_catch(self._failed, assign=failure("$failure.Error", f"$failure.Cause & ' ' & {_NOBODY_TOLD}"))
        notify.next(self._failed)
        reason = "$failure.Error & ': ' & $failure.Cause"
        record = update_record(
            self,
            "Record failure",
            table=self._records,
            attributes={**outcome("FAILED", reason), "PairBefore": text("$before")},
        )
        retry_unless(record, REFUSED)
        record.add_catch(self._claim.refused, errors=REFUSED).add_catch(notify).next(notify)
        owner = sfn.Choice.jsonata(self, "Pair claimed?")
        return owner.when(when("$claimed"), record).otherwise(notify)

    def _start(self, functions: Functions, until_finished: sfn.IChainable) -> sfn.IChainable:
        """What the pair is now is recorded first: should this execution end here, the next one can tell what came."""
        record = update_record(
            self, "Record start", table=self._records, attributes={"PairBefore": text(_BEFORE)}, assign=_asked()
        )
        record.add_catch(self._claim.refused, errors=REFUSED)
        self._guard(record, REFUSED)
        start = invoke(
            self,
            "Start distribution",
            functions.start_distribution,
            {"Execution": jsonata("$states.context.Execution.Id"), "Pair": jsonata("$pair")},
        )
        retry_function(start)
        start.add_catch(until_finished, errors=list(BUSY.errors))
        start.add_catch(until_finished, assign=_refused())
        return record.next(start).next(until_finished)

    def _wait_until_finished(self, functions: Functions, again: sfn.IChainable) -> sfn.IChainable:
        pause = wait(self, "Wait before checking", LAST_ASKED)
        check = invoke(
            self,
            "Check distribution",
            functions.check_distribution,
            {"Execution": jsonata("$states.context.Execution.Id"), "Pair": jsonata("$pair")},
            assign={"result": jsonata("$states.result.Payload")},
        )
        retry_function(check)
        finished = sfn.Choice.jsonata(self, "Distribution finished?")
        check.add_catch(finished, errors=PASSING, assign=_unknown())
        self._fail_on_error(check, more=_ASKED_FOR)
        finished.when(when("$result.State = 'COMPLETE'"), self._tell_success())
        finished.when(
            when("$result.State = 'FAILED'"),
            self._failure,
            assign={**failure("'DistributionFailed'", "$result.Reason"), "before": jsonata("''")},
        )
        finished.when(
            when(
                f"$result.State = 'NOT_STARTED' and $refusal != '' and ($refusal.Certain or {past(GRACE, LAST_ASKED)})"
            ),
            self._failure,
            assign={
                **failure("$refusal.Error", "$refusal.Cause"),
                "before": jsonata("$refusal.Certain ? '' : $before"),
            },
        )
        finished.when(
            when(past(self._distribution_deadline, FIRST_ASKED)),
            self._failure,
            assign=failure(
                "'DistributionTimedOut'",
                f"'Rekognition had not finished in time. ' & $result.Reason & {_ASKED_FOR}",
            ),
        )
        finished.when(when(f"$result.State = 'NOT_STARTED' and {past(GRACE, LAST_ASKED)}"), again)
        finished.otherwise(pause)
        pause.next(check).next(finished)
        return pause

    def _tell_success(self) -> sfn.IChainable:
        """Recorded first: should nobody hear of it, the next execution still knows."""
        notify = publish(self, "Notify success", self._topic, messages.SUCCESS)
        notify.add_catch(
            self._failed,
            assign={
                **failure("$states.errorOutput.Error", f"$result.Reason & ' ' & {_NOBODY_TOLD}"),
                "advice": jsonata("'Nothing, but tell who has to know: it is distributed.'"),
            },
        )
        record = update_record(
            self,
            "Record success",
            table=self._records,
            attributes={
                **outcome("DISTRIBUTED", "$result.Reason"),
                "TrainingEntries": number("$result.Training.TotalEntries"),
                "TestEntries": number("$result.Test.TotalEntries"),
            },
        )
        retry_unless(record, REFUSED)
        record.add_catch(self._claim.refused, errors=REFUSED).add_catch(notify)
        notify.next(succeed(self, "Distributed", "DISTRIBUTED", "$result"))
        return record.next(notify)

    def _fail_on_error(self, task: sfn.TaskStateBase, *, more: str = "''") -> None:
        """`more` is an expression: what people are told after the cause."""
        task.add_catch(self._failure, assign=failure("$states.errorOutput.Error", f"{CAUSE} & {more}"))


# A task's arguments with the whole input in them may not exceed 256 KB; that error no Catch can catch.
_LONGEST_INPUT = 50_000  # characters, of up to four bytes each
_INPUT = f"""(
    $length := $length($string($states.context.Execution.Input));
    $length > {_LONGEST_INPUT} ? $length & ' characters long' : $states.context.Execution.Input
)"""

# The pair as it is when Rekognition is asked to distribute it; kept in the record until it surely took no effect.
_BEFORE = "$string({'Training': $pair.Training, 'Test': $pair.Test})"

# Said unless Rekognition surely had refused.
_ASKED_FOR = "($refusal.Certain ? '' : ' Rekognition had been asked to distribute, and may be doing so.')"


_NOBODY_TOLD = f"'{messages.NOBODY_TOLD} ' & {CAUSE}"

# The red state fails again when it is redriven, which is not what whoever redrives it expects.
_WHAT_TO_DO = """'\\n\\nWhat to do: ' & $advice & ($exists($states.context.Execution.RedriveTime)
    ? ' A redrive ends here again: start a new execution, which goes on where this one ended.' : '')"""


def _asked() -> dict[str, Any]:
    """When Rekognition was asked, first and last, and with what; `hidden` when somebody had asked before."""
    now = "$states.context.State.EnteredTime"
    return {
        "asked": jsonata(f"$asked = '' ? {now} : $asked"),
        "started": jsonata(now),
        "before": jsonata(_BEFORE),
        "hidden": jsonata("$before != ''"),
        "refusal": jsonata("''"),
    }


_CERTAIN = """$states.context.State.RetryCount = 0 and $not($hidden)
    and $not($exists($states.context.Execution.RedriveTime))"""


def _refused() -> dict[str, Any]:
    """An error, which may hide that an earlier try took effect: what the datasets show decides."""
    return {
        "refusal": {
            "Error": jsonata("$states.errorOutput.Error"),
            "Cause": jsonata(CAUSE),
            "Certain": jsonata(_CERTAIN),
        }
    }


def _unknown() -> dict[str, Any]:
    """What a check says that could not be made."""
    reason = f"'They could not be looked at: ' & $states.errorOutput.Error & ': ' & {CAUSE}"
    return {"result": {"State": "UNKNOWN", "Reason": jsonata(reason)}}
