"""The distribution of a pair: ask Rekognition once, and wait until the datasets show what came of it."""

from typing import Any

from aws_cdk import aws_dynamodb as dynamodb
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from infra.claim import Claim
from infra.endings import Endings
from infra.functions import Functions
from infra.jsonata import jsonata, when
from infra.records import REFUSED, text, update_record
from infra.retries import PASSING, retry_function, retry_unless
from infra.settings import Settings
from infra.steps import CAUSE, EXECUTION, failure, invoke
from infra.waiting import EXECUTION_STARTED, FIRST_ASKED, GRACE, hours, past, wait
from lambdas.rules.failures import BUSY, LIMIT, LOST

# The pair as it is when Rekognition is asked to distribute it; kept in the record until it surely took no effect.
_BEFORE = "$string({'Training': $pair.Training, 'Test': $pair.Test})"

_ASKED_FOR = "' Rekognition had been asked to distribute, and may be doing so.'"
_IN_VAIN = "'Rekognition has accepted the distribution, and nothing shows of it. ' & $result.Reason"
# From the first look in a row that showed nothing to the last one: one look alone never tells.
_NOTHING_FOR = f"($toMillis($look) - $max([$toMillis($quiet = '' ? $look : $quiet), {EXECUTION_STARTED}])) / 1000"
_NOTHING_CAME = f"$result.State = 'NOT_STARTED' and {_NOTHING_FOR} > {GRACE.to_seconds()}"
_NOW = "$states.context.State.EnteredTime"
_QUIET = f"$states.result.Payload.State != 'NOT_STARTED' ? '' : $quiet = '' ? {_NOW} : $quiet"


def asked() -> dict[str, Any]:
    """When Rekognition was first asked, and with what."""
    return {
        "asked": jsonata(f"$asked = '' ? {_NOW} : $asked"),
        "quiet": jsonata("''"),
        "look": jsonata(_NOW),
        "before": jsonata(_BEFORE),
        "refusal": jsonata("''"),
        "accepted": jsonata("false"),
    }


class Distribution(Construct):
    """`start` asks for a distribution; `until_finished` goes on with one that was asked for, `asked` assigned."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        functions: Functions,
        table: dynamodb.ITable,
        settings: Settings,
        claim: Claim,
        endings: Endings,
        again: sfn.IChainable,
    ) -> None:
        """`again` is where it goes on when a distribution that was asked for does not show."""
        super().__init__(scope, construct_id)
        self._functions = functions
        self._settings = settings
        self._deadline = hours(settings.distribution_deadline_hours)
        self._endings = endings
        self.until_finished = self._wait_until_finished(again)
        self.start = self._record_start(table, claim).next(self._start(claim))

    def _record_start(self, table: dynamodb.ITable, claim: Claim) -> sfn.TaskStateBase:
        """What the pair is now comes first: should this execution end here, the next one can tell what came of it."""
        attributes = {"PairBefore": text(_BEFORE)}
        record = update_record(self, "Record start", table=table, attributes=attributes, assign=asked())
        retry_unless(record, REFUSED)
        claim.lose(record, REFUSED)
        self._endings.fail_on_error(record)
        return record

    def _start(self, claim: Claim) -> sfn.IChainable:
        accepted = {"accepted": jsonata("$states.result.Payload.Accepted")}
        start = invoke(self, "Start distribution", self._functions.start_distribution, _OF_THE_PAIR, assign=accepted)
        retry_function(start)
        claim.lose(start, list(LOST.errors))
        start.add_catch(self.until_finished, errors=list(BUSY.errors), assign=_busy())
        start.add_catch(self.until_finished, assign=_refused())
        return start.next(self.until_finished)

    def _wait_until_finished(self, again: sfn.IChainable) -> sfn.IChainable:
        pause = wait(self, "Wait before checking", FIRST_ASKED, self._settings)
        result = {"result": jsonata("$states.result.Payload"), "quiet": jsonata(_QUIET), "look": jsonata(_NOW)}
        check = invoke(self, "Check distribution", self._functions.check_distribution, _OF_THE_PAIR, assign=result)
        finished = self._finished(pause, again)
        retry_function(check)
        check.add_catch(finished, errors=PASSING, assign=_unknown())
        self._endings.fail_on_error(check, more=_ASKED_FOR)
        return pause.next(check).next(finished)

    def _finished(self, pause: sfn.IChainable, again: sfn.IChainable) -> sfn.Choice:
        fail = self._endings.failure
        failed = _without_effect("'DistributionFailed'", "$result.Reason")
        start_failed = _without_effect("$refusal.Error", "$refusal.Cause")
        in_vain = failure("'DistributionFailed'", _IN_VAIN)
        limited = failure("$limited.Error", "$limited.Cause")
        finished = sfn.Choice.jsonata(self, "Distribution finished?")
        finished.when(when("$result.State = 'COMPLETE'"), self._endings.success)
        finished.when(when("$result.State = 'FAILED'"), fail, assign=failed)
        finished.when(when(f"{_NOTHING_CAME} and $refusal != ''"), fail, assign=start_failed)
        too_late = past(self._deadline, FIRST_ASKED)
        finished.when(when(f"{too_late} and $result.State = 'NOT_STARTED' and $limited != ''"), fail, assign=limited)
        finished.when(when(too_late), fail, assign=_timed_out())
        finished.when(when(f"{_NOTHING_CAME} and $accepted"), fail, assign=in_vain)
        finished.when(when(_NOTHING_CAME), again, assign={"looked": jsonata("true")})
        return finished.otherwise(pause)


_OF_THE_PAIR = {**EXECUTION, "Pair": jsonata("$pair")}


def _refused() -> dict[str, Any]:
    """An error, which may hide that an earlier try took effect: what the datasets show decides."""
    return {"refusal": {"Error": jsonata("$states.errorOutput.Error"), "Cause": jsonata(CAUSE)}}


def _busy() -> dict[str, Any]:
    """Whatever goes on ends; should nothing be going on when it says so again, it is an error like any other.

    The limit of the account may last, until the deadline at most.
    """
    limited, error = (
        f"$states.errorOutput.Error = '{LIMIT}'",
        f"{{'Error': $states.errorOutput.Error, 'Cause': {CAUSE}}}",
    )
    return {
        "refusal": jsonata(f"$busy and $not({limited}) ? {error} : ''"),
        "limited": jsonata(f"{limited} ? {error} : ''"),
        "busy": jsonata("true"),
    }


def _unknown() -> dict[str, Any]:
    """What a check says that could not be made."""
    reason = f"'They could not be looked at: ' & $states.errorOutput.Error & ': ' & {CAUSE}"
    return {"result": {"State": "UNKNOWN", "Reason": jsonata(reason)}}


def _without_effect(error: str, cause: str) -> dict[str, Any]:
    """The record need not say any more what was asked for."""
    return {**failure(error, cause), "before": jsonata("''")}


def _timed_out() -> dict[str, Any]:
    cause = f"'Rekognition had not finished in time. ' & $result.Reason & {_ASKED_FOR}"
    return failure("'DistributionTimedOut'", cause)
