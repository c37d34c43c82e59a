"""Claim pair: of all executions that resolve a pair, at most one continues.

Every call can be repeated. If Lambda ends the function between two calls, the next try reads what this one has written.
"""

import random
from typing import Any

from lambdas.messages.output import make_output
from lambdas.rules.attempt import Attempt
from lambdas.rules.claim import Answer, Claim, ClaimRequest, decide_claim
from lambdas.rules.decision import Action
from lambdas.rules.failures.errors import RecordsUnavailable
from lambdas.rules.input.execution_input import PERSON
from lambdas.rules.pair import SKIPPED, Key
from lambdas.rules.polling import Bounds, polling_interval
from lambdas.rules.times import Times, latest, seconds_between
from lambdas.services.executions import describe_owner
from lambdas.services.records import (
    RecordChangedError,
    claim_record,
    read_record,
    record_outcome,
    take_over_record,
)
from lambdas.step import count_outcome, logger, step

Event = dict[str, Any]

MOST_READS = 5  # of a record that other executions write at the same time
RESOLVE = "RESOLVE"
_OUTCOME_OF = {Answer.SKIP: Action.SKIPPED, Answer.ALREADY_DISTRIBUTED: Action.ALREADY_DISTRIBUTED}


@step
def handler(event: Event) -> Event:
    """From {Execution, Times, Pair, Claim, Attempt, Polling} to {Pair, Claim, Attempt}.

    The Action of the returned pair is the decision, if the execution owns the pair. It is RESOLVE if the pair must be
    resolved again. It is SKIPPED or ALREADY_DISTRIBUTED, with the Output of the execution, if the execution ends here.
    An owner whose decision is SKIPPED releases its claim.
    """
    pair = event["Pair"]
    logger.append_keys(project=pair["ProjectName"])
    if pair["Action"] == Action.SKIPPED:
        _release_claim(event)
        return {**_take_variables(event), "Claim": {}}
    key = Key(pair["ProjectName"], pair["Test"]["Arn"])
    claim = _claim(event, key)
    logger.info("Asked for the claim", answer=claim.answer, reason=claim.reason)
    if claim.answer in _OUTCOME_OF:
        return {
            **_take_variables(event),
            "Pair": _end_pair(event, _OUTCOME_OF[claim.answer], claim.reason),
            "Claim": {},
        }
    owned = {**_take_variables(event), "Claim": _make_claim_state(key)}
    if claim.answer != Answer.CLAIM:
        return {**owned, "Pair": {**pair, "Action": RESOLVE}}
    return {**owned, "Attempt": _renew_attempt(event)}


def _claim(event: Event, key: Key) -> Claim:
    """Carry the answer out and return it. If another execution writes the record at the same time, read it again."""
    for _ in range(MOST_READS):
        try:
            return _try_to_claim(event, key)
        except RecordChangedError:
            logger.info("Another execution has changed the record")
    raise RecordsUnavailable(
        f"Other executions changed the record of the pair during all {MOST_READS} tries to claim it."
    )


def _try_to_claim(event: Event, key: Key) -> Claim:
    pair, me, times = event["Pair"], event["Execution"], Times.from_state(event["Times"])
    training, started_at = pair["Training"]["Arn"], times.started
    request = ClaimRequest(
        training,
        by_person=pair["StartedBy"] == PERSON,
        now=times.now,
        knows_its_claim=event["Claim"] == _make_claim_state(key),
    )
    record = read_record(key, me)
    claim, owner = decide_claim(record, None, request), None
    if claim.answer == Answer.ASK_OWNER and record.owner:
        owner = describe_owner(record.owner)
        claim = decide_claim(record, owner, request)
    if claim.answer == Answer.CLAIM:
        entries = pair["Training"]["TotalEntries"]
        arn = pair["ProjectArn"]
        claim_record(key, me, started_at=started_at, project_arn=arn, training=training, entries=entries)
    if claim.answer == Answer.TAKE_OVER and owner:
        take_over_record(key, me, started_at=started_at, record=record, owner=owner)
    return claim


def _release_claim(event: Event) -> None:
    """Record SKIPPED, unless another execution owns the pair by now."""
    pair, claim = event["Pair"], event["Claim"]
    me, reason, now = event["Execution"], pair["Reason"], Times.from_state(event["Times"]).now
    key = Key(pair["ProjectName"], claim["TestDatasetArn"] if claim else pair["Test"]["Arn"])
    if read_record(key, me).mine:
        record_outcome(key, me, outcome=SKIPPED, reason=reason, ended_at=now, result_known=False)


def _renew_attempt(event: Event) -> Event:
    """A new attempt if the decision is DISTRIBUTE or CHECK; otherwise the attempt as it is."""
    if event["Pair"]["Action"] not in (Action.DISTRIBUTE, Action.CHECK):
        return dict(event["Attempt"])
    attempt, times = Attempt.from_state(event["Attempt"]), Times.from_state(event["Times"])
    elapsed = seconds_between(latest(attempt.asked_at or times.now, times.began), times.now)
    wait = polling_interval(elapsed, random.random(), Bounds.from_state(event["Polling"]))
    return attempt.renew(times.now, wait).as_state()


def _end_pair(event: Event, action: Action, reason: str) -> Event:
    count_outcome(action)
    output = make_output(action, reason, event["Pair"], event["Execution"])
    return {"Action": action, "Reason": reason, "Claimed": False, "Output": output}


def _take_variables(event: Event) -> Event:
    return {name: event[name] for name in ("Pair", "Claim", "Attempt")}


def _make_claim_state(key: Key) -> Event:
    return {"ProjectName": key.project_name, "TestDatasetArn": key.test_arn}
