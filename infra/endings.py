"""How an execution ends once there is something to say: recorded by the owner, told through SNS, green or red."""

from collections.abc import Mapping

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_sns as sns
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra import messages
from infra.claim import Claim
from infra.completion import send_event
from infra.counting import count_outcome
from infra.functions import Functions
from infra.jsonata import jsonata, when
from infra.records import REFUSED, number, outcome, text, update_record
from infra.retries import retry_function, retry_unless
from infra.steps import CAUSE, EXECUTION, failure, invoke, note, publish, succeed

_NOBODY_TOLD = f"'{messages.NOBODY_TOLD} ' & {CAUSE}"

# The red state fails again when it is redriven, which is not what whoever redrives it expects.
_WHAT_TO_DO = f"""'\\n\\n{messages.WHAT_TO_DO} ' & $advice & ($exists($states.context.Execution.RedriveTime)
    ? ' A redrive ends here again: start a new execution, which goes on where this one ended.' : '')"""


class Endings(Construct):
    """`failure` is where every failure goes, with `$failure` assigned, and `success` a distribution that is done."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: Functions,
        table: dynamodb.ITable,
        topic: sns.ITopic,
        claim: Claim,
    ) -> None:
        super().__init__(scope, construct_id)
        self._functions = functions
        self._table = table
        self._topic = topic
        self._claim = claim
        self._failed = sfn.Fail.jsonata(
            self, "Failed", error=jsonata("$failure.Error"), cause=jsonata(f"$failure.Cause & {_WHAT_TO_DO}")
        )
        self.failure = sfn.Pass.jsonata(self, "Find advice", assign={"advice": messages.ADVICE})
        self.failure.next(self._fail_if_owner())
        self.success = self._succeed()

    def fail_on_error(
        self, task: sfn.TaskStateBase, *, more: str = "''", assign: Mapping[str, str] | None = None
    ) -> None:
        """`more` is an expression: what people are told after the cause."""
        failed = failure("$states.errorOutput.Error", f"{CAUSE} & {more}")
        task.add_catch(self.failure, assign={**failed, **(assign or {})})

    def skip(self, skipped: sfn.IChainable) -> sfn.IChainable:
        """Whoever stands aside after all gives the pair back; nobody needs to hear of it."""
        record = update_record(self, "Record skip", table=self._table, attributes=outcome("SKIPPED", "$pair.Reason"))
        retry_unless(record, REFUSED)
        return record.add_catch(skipped).next(skipped)

    def _fail_if_owner(self) -> sfn.Choice:
        """Whoever fails before it owns a pair has no record to complete; whoever owns it no more has nothing to say."""
        notify = publish(self, "Notify failure", self._topic, messages.FAILURE)
        notify.add_catch(self._failed, assign=failure("$failure.Error", f"$failure.Cause & ' ' & {_NOBODY_TOLD}"))
        notify.next(self._failed)
        send = send_event(self, "Send failure event", messages.FAILURE, notify)
        count = count_outcome(self, "Count failure", messages.FAILURE, send)
        reason = "$failure.Error & ': ' & $failure.Cause"
        record = update_record(
            self,
            "Record failure",
            table=self._table,
            attributes={**outcome("FAILED", reason), "PairBefore": text("$before")},
        )
        retry_unless(record, REFUSED)
        self._claim.lose(record, REFUSED).add_catch(count).next(count)
        owner = sfn.Choice.jsonata(self, "Pair claimed?")
        return owner.when(when("$claimed"), record).otherwise(count)

    def _succeed(self) -> sfn.IChainable:
        """Recorded first: should nobody hear of it, the next execution still knows."""
        send = send_event(self, "Send success event", messages.SUCCESS, self._notify_success())
        report = self._report(count_outcome(self, "Count success", messages.SUCCESS, send))
        record = update_record(
            self,
            "Record success",
            table=self._table,
            attributes={
                **outcome("DISTRIBUTED", "$result.Reason"),
                "TrainingEntries": number("$result.Training.TotalEntries"),
                "TestEntries": number("$result.Test.TotalEntries"),
            },
        )
        retry_unless(record, REFUSED)
        self._claim.lose(record, REFUSED).add_catch(report)
        return record.next(report)

    def _report(self, then: sfn.IChainable) -> sfn.TaskStateBase:
        """People hear that it is distributed, with a report or without."""
        report = invoke(
            self,
            "Report distribution",
            self._functions.report_distribution,
            {
                **EXECUTION,
                "ExecutionLink": jsonata(messages.LINK),
                "Pair": jsonata("$pair"),
                "Result": jsonata("$result"),
            },
            assign={"report": jsonata("$states.result.Payload")},
        )
        retry_function(report)
        report.add_catch(then, assign=note("There is no report"))
        report.next(then)
        return report

    def _notify_success(self) -> sfn.TaskStateBase:
        notify = publish(self, "Notify success", self._topic, messages.SUCCESS)
        notify.add_catch(
            self._failed,
            assign={
                **failure("$states.errorOutput.Error", f"$result.Reason & ' ' & {_NOBODY_TOLD}"),
                "advice": jsonata("'Nothing, but tell whoever has to know: it is distributed.'"),
            },
        )
        notify.next(succeed(self, "Distributed", "DISTRIBUTED", "$result"))
        return notify
