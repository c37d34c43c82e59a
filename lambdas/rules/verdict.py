"""What a poll means: the distribution is complete, has failed, is in progress, or had no effect.

An error of the call proves nothing, because it may hide a success. A single poll proves nothing either, because
DescribeDataset can lag behind (docs/adr/0002). The call had no effect if every poll for five minutes shows none.
"""

from dataclasses import dataclass, replace
from enum import StrEnum

from lambdas.rules.attempt import Attempt, ErrorOutput
from lambdas.rules.failures.errors import DecidedError
from lambdas.rules.progress import Progress, State
from lambdas.rules.times import Times, latest, seconds_between

NO_EFFECT_SECONDS = 300
MAY_BE_DISTRIBUTING = "Rekognition was asked to distribute this pair, and may still be distributing it."


class Verdict(StrEnum):
    """What the workflow branches on. NO_EFFECT: the call changed nothing and can be repeated."""

    COMPLETE = "COMPLETE"
    FAILED = "FAILED"
    IN_PROGRESS = "IN_PROGRESS"
    NO_EFFECT = "NO_EFFECT"


@dataclass(frozen=True)
class Poll:
    """The verdict on a poll, the attempt after the poll and, with FAILED, the error and its cause."""

    verdict: Verdict
    attempt: Attempt
    failure: ErrorOutput | None = None


def judge_poll(progress: Progress, attempt: Attempt, times: Times, deadline: float) -> Poll:
    """The verdict on a poll at `times.now`. `deadline` is in seconds after the first request."""
    no_effect_since = (attempt.no_effect_since or times.now) if progress.state == State.NOT_STARTED else ""
    attempt = replace(attempt, asked_at=attempt.asked_at or times.now, no_effect_since=no_effect_since)
    known = replace(attempt, result_known=True)
    if progress.state == State.COMPLETE:
        return Poll(Verdict.COMPLETE, known)
    if progress.state == State.FAILED:
        return _fail(known, DecidedError.DISTRIBUTION_FAILED, progress.reason)
    no_effect = bool(no_effect_since) and _seconds_since(no_effect_since, times) > NO_EFFECT_SECONDS
    if no_effect and attempt.refusal:
        return _fail(known, *attempt.refusal)
    if _seconds_since(attempt.asked_at, times) > deadline:
        return _give_up(attempt, progress)
    if no_effect:
        return _conclude_no_effect(attempt, progress)
    return Poll(Verdict.IN_PROGRESS, attempt)


def _give_up(attempt: Attempt, progress: Progress) -> Poll:
    if attempt.limited and progress.state == State.NOT_STARTED:
        return _fail(attempt, *attempt.limited)
    cause = f"Rekognition had not finished before the deadline. {progress.reason} {MAY_BE_DISTRIBUTING}"
    return _fail(attempt, DecidedError.DISTRIBUTION_TIMED_OUT, cause)


def _conclude_no_effect(attempt: Attempt, progress: Progress) -> Poll:
    if attempt.accepted:
        cause = f"Rekognition accepted the distribution, but the datasets show no effect. {progress.reason}"
        return _fail(attempt, DecidedError.DISTRIBUTION_FAILED, cause)
    return Poll(Verdict.NO_EFFECT, replace(attempt, no_effect=True))


def _fail(attempt: Attempt, error: str, cause: str) -> Poll:
    return Poll(Verdict.FAILED, attempt, ErrorOutput(str(error), cause))


def _seconds_since(moment: str, times: Times) -> float:
    """Seconds from the moment or, if it is later, from the redrive until now: a redrive resets the deadlines."""
    return seconds_between(latest(moment, times.began), times.now)
