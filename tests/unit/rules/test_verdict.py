"""The verdict on a poll: tables of progress, attempts and times."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from lambdas.rules.attempt import Attempt, ErrorOutput
from lambdas.rules.progress import Progress, State
from lambdas.rules.times import Times
from lambdas.rules.verdict import Poll, Verdict, judge_poll

HOUR = 3600
DEADLINE = 24 * HOUR
BEGAN = "2026-11-23T10:00:00.000+00:00"
STATUS = "The training dataset is CREATE_COMPLETE."
DENIED, BUSY, LIMITED = (
    ErrorOutput(error, "No.")
    for error in ("AccessDeniedException", "ResourceNotReadyException", "LimitExceededException")
)
ASKED = Attempt(asked_at=BEGAN, wait_seconds=10)


def at(seconds: float) -> str:
    """The moment that many seconds after the execution began."""
    return (datetime.fromisoformat(BEGAN) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds")


def poll(state: State, attempt: Attempt, seconds: float, redriven: float | None = None) -> Poll:
    """The verdict on a poll `seconds` after the execution began."""
    times = Times(at(seconds), BEGAN, None if redriven is None else at(redriven))
    return judge_poll(Progress(state, STATUS), attempt, times, DEADLINE)


def failed(attempt: Attempt, error: str, cause: str) -> Poll:
    return Poll(Verdict.FAILED, attempt, ErrorOutput(error, cause))


def without_effect(attempt: Attempt, since: float = 0) -> Attempt:
    """The attempt after a poll without effect, `since` seconds after the execution began."""
    return replace(attempt, no_effect_since=at(since))


@pytest.mark.parametrize("seconds", [10, DEADLINE + 1])
@pytest.mark.parametrize(
    "attempt", [ASKED, replace(ASKED, error=DENIED), without_effect(replace(ASKED, accepted=True))]
)
def test_completed_distribution_is_complete_despite_errors_and_deadline(attempt: Attempt, seconds: float) -> None:
    """An error of the call may hide a success, and a late success is a success."""
    assert poll(State.COMPLETE, attempt, seconds) == Poll(
        Verdict.COMPLETE, replace(attempt, no_effect_since="", result_known=True)
    )


@pytest.mark.parametrize("seconds", [10, DEADLINE + 1])
@pytest.mark.parametrize("attempt", [ASKED, replace(ASKED, error=DENIED)])
def test_failed_distribution_has_the_message_of_rekognition(attempt: Attempt, seconds: float) -> None:
    expected = failed(replace(attempt, result_known=True), "DistributionFailed", STATUS)
    assert poll(State.FAILED, attempt, seconds) == expected


@pytest.mark.parametrize("attempt", [ASKED, replace(ASKED, error=DENIED), replace(ASKED, error=LIMITED)])
def test_distribution_in_progress_fails_at_the_deadline(attempt: Attempt) -> None:
    assert poll(State.IN_PROGRESS, without_effect(attempt), DEADLINE) == Poll(Verdict.IN_PROGRESS, attempt)
    assert poll(State.IN_PROGRESS, attempt, DEADLINE + 1) == failed(
        attempt,
        "DistributionTimedOut",
        f"Rekognition had not finished before the deadline. {STATUS} Rekognition was asked to distribute this pair, "
        "and may still be distributing it.",
    )


def test_one_poll_without_effect_proves_nothing() -> None:
    later = replace(ASKED, asked_at=at(3000))
    assert poll(State.NOT_STARTED, later, 6000) == Poll(Verdict.IN_PROGRESS, without_effect(later, 6000))


def test_attempt_without_a_start_counts_from_its_first_poll() -> None:
    assert poll(State.IN_PROGRESS, Attempt(error=DENIED), 60).attempt == Attempt(error=DENIED, asked_at=at(60))


@pytest.mark.parametrize(
    ("attempt", "verdict"),
    [
        (ASKED, Verdict.NO_EFFECT),
        (replace(ASKED, error=BUSY), Verdict.NO_EFFECT),
        (replace(ASKED, error=LIMITED), Verdict.NO_EFFECT),
        (replace(ASKED, error=LIMITED, busy=True), Verdict.NO_EFFECT),
        (replace(ASKED, error=BUSY, busy=True), Verdict.FAILED),
        (replace(ASKED, error=DENIED), Verdict.FAILED),
        (replace(ASKED, accepted=True), Verdict.FAILED),
    ],
)
def test_five_minutes_without_effect_decide(attempt: Attempt, verdict: Verdict) -> None:
    assert poll(State.NOT_STARTED, without_effect(attempt), 300) == Poll(Verdict.IN_PROGRESS, without_effect(attempt))
    assert poll(State.NOT_STARTED, without_effect(attempt), 301).verdict == verdict


def test_request_without_effect_can_be_repeated() -> None:
    expected = Poll(Verdict.NO_EFFECT, replace(without_effect(ASKED), no_effect=True))
    assert poll(State.NOT_STARTED, without_effect(ASKED), 301) == expected


@pytest.mark.parametrize("seconds", [301, DEADLINE + 1])
@pytest.mark.parametrize("attempt", [replace(ASKED, error=DENIED), replace(ASKED, error=BUSY, busy=True)])
def test_start_error_counts_after_five_minutes_without_effect(attempt: Attempt, seconds: float) -> None:
    assert attempt.error
    expected = failed(replace(without_effect(attempt), result_known=True), *attempt.error)
    assert poll(State.NOT_STARTED, without_effect(attempt), seconds) == expected


def test_accepted_request_without_effect_failed() -> None:
    accepted = without_effect(replace(ASKED, accepted=True))
    assert poll(State.NOT_STARTED, accepted, 301) == failed(
        accepted,
        "DistributionFailed",
        f"Rekognition accepted the distribution, but the datasets show no effect. {STATUS}",
    )


def test_account_limit_is_the_failure_at_the_deadline() -> None:
    limited = without_effect(replace(ASKED, error=LIMITED))
    assert poll(State.NOT_STARTED, limited, DEADLINE + 1) == failed(limited, *LIMITED)
    assert poll(State.NOT_STARTED, without_effect(ASKED), DEADLINE + 1).failure != LIMITED


def test_deadline_counts_from_the_first_request() -> None:
    late = replace(ASKED, asked_at=at(HOUR))
    assert poll(State.IN_PROGRESS, late, DEADLINE + 1).verdict == Verdict.IN_PROGRESS
    assert poll(State.IN_PROGRESS, late, DEADLINE + HOUR + 1).verdict == Verdict.FAILED


def test_redrive_resets_the_deadline_and_the_five_minutes() -> None:
    redriven = DEADLINE + HOUR
    assert poll(State.IN_PROGRESS, ASKED, redriven + 10, redriven).verdict == Verdict.IN_PROGRESS
    assert poll(State.NOT_STARTED, without_effect(ASKED), redriven + 300, redriven).verdict == Verdict.IN_PROGRESS
    assert poll(State.NOT_STARTED, without_effect(ASKED), redriven + 301, redriven).verdict == Verdict.NO_EFFECT


def test_poll_with_an_effect_resets_the_five_minutes() -> None:
    assert poll(State.IN_PROGRESS, without_effect(ASKED), 299).attempt == ASKED
    again = poll(State.NOT_STARTED, ASKED, 310).attempt
    assert poll(State.NOT_STARTED, again, 600) == Poll(Verdict.IN_PROGRESS, without_effect(ASKED, 310))
