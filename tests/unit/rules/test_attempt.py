"""An attempt, as the state machine carries it from state to state."""

from dataclasses import replace

import pytest

from lambdas.rules.attempt import Attempt, ErrorOutput

NOW, EARLIER = "2026-11-23T10:00:00.000Z", "2026-11-23T09:00:00.000Z"
BUSY = ErrorOutput("ResourceNotReadyException", "It is being updated.")
IN_USE = ErrorOutput("ResourceInUseException", "It is in use.")
LIMITED = ErrorOutput("LimitExceededException", "Too many.")
DENIED = ErrorOutput("AccessDeniedException", "No.")
WHOLE = Attempt(
    asked_at=NOW,
    asked_before=True,
    accepted=True,
    error=DENIED,
    busy=True,
    no_effect_since=NOW,
    no_effect=True,
    result_known=True,
    wait_seconds=10,
)


def test_state_machine_carries_an_attempt_unchanged() -> None:
    assert Attempt.from_state(WHOLE.as_state()) == WHOLE
    assert Attempt.from_state(Attempt().as_state()) == Attempt()


def test_console_shows_readable_names() -> None:
    assert WHOLE.as_state() == {
        "AskedAt": NOW,
        "AskedBefore": True,
        "Accepted": True,
        "Error": {"Error": "AccessDeniedException", "Cause": "No."},
        "Busy": True,
        "NoEffectSince": NOW,
        "NoEffect": True,
        "ResultKnown": True,
        "WaitSeconds": 10,
    }


def test_new_attempt_has_asked_nothing() -> None:
    assert Attempt.from_state({}) == Attempt()
    assert Attempt().as_state()["Error"] is None


def test_error_that_the_state_machine_added_is_read() -> None:
    added = {**Attempt().as_state(), "Error": {"Error": "E", "Cause": '{"errorMessage": "Sorry.", "errorType": "E"}'}}
    assert Attempt.from_state(added).error == ErrorOutput("E", "Sorry.")
    assert Attempt.from_state({"Error": {"Error": "E"}}).error == ErrorOutput("E", "No cause was given.")


def test_long_cause_is_cut() -> None:
    read = Attempt.from_state({"Error": {"Error": "E", "Cause": "x" * 32_000}}).error
    assert read == ErrorOutput("E", "x" * 4_000 + "…")


def test_first_attempt_begins_now() -> None:
    assert Attempt().renew(NOW, 12) == Attempt(asked_at=NOW, wait_seconds=12)


def test_further_attempt_keeps_only_the_first_deadline() -> None:
    further = Attempt(asked_at=EARLIER, asked_before=True, wait_seconds=12)
    assert replace(WHOLE, asked_at=EARLIER, busy=False).renew(NOW, 12) == further


@pytest.mark.parametrize(
    ("error", "busy"), [(None, False), (DENIED, False), (BUSY, True), (IN_USE, True), (LIMITED, True)]
)
def test_further_attempt_knows_that_datasets_were_busy(error: ErrorOutput | None, busy: bool) -> None:
    assert Attempt(error=error).renew(NOW, 12).busy == busy
    assert Attempt(error=error, busy=True).renew(NOW, 12).busy


def test_accepted_attempt_is_marked() -> None:
    assert Attempt(asked_at=NOW).accept() == Attempt(asked_at=NOW, accepted=True)


@pytest.mark.parametrize(
    ("error", "busy", "refusal", "limited"),
    [
        (None, False, None, None),
        (None, True, None, None),
        (DENIED, False, DENIED, None),
        (DENIED, True, DENIED, None),
        (BUSY, False, None, None),
        (BUSY, True, BUSY, None),
        (IN_USE, True, IN_USE, None),
        (LIMITED, False, None, LIMITED),
        (LIMITED, True, None, LIMITED),
    ],
)
def test_start_error_is_a_refusal_a_limit_or_neither(
    error: ErrorOutput | None, busy: bool, refusal: ErrorOutput | None, limited: ErrorOutput | None
) -> None:
    attempt = Attempt(error=error, busy=busy)
    assert (attempt.refusal, attempt.limited) == (refusal, limited)


@pytest.mark.parametrize(
    ("attempt", "pending"),
    [
        (Attempt(), False),
        (Attempt(asked_at=NOW), True),
        (Attempt(asked_at=NOW, result_known=True), False),
        (Attempt(asked_at=NOW, no_effect=True), False),
    ],
)
def test_attempt_is_pending_until_its_result_is_known(attempt: Attempt, pending: bool) -> None:
    assert attempt.pending is pending
