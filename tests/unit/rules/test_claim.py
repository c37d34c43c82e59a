"""Who may distribute a pair: tables of records, owners and requests."""

from dataclasses import replace

import pytest

from lambdas.rules.claim import Answer, Claim, ClaimRequest, Owner, decide_claim, summarize_owner
from lambdas.rules.pair import NO_RECORD, Record

OTHER = Record(owner="arn:other", training="training", started_at="2026-11-23T10:00:00Z")
MINE = replace(OTHER, owner="arn:me", mine=True)
FAILED, SKIPPED, DISTRIBUTED = (
    replace(OTHER, outcome=each, reason="A reason.") for each in ("FAILED", "SKIPPED", "DISTRIBUTED")
)
PERSON = ClaimRequest("training", by_person=True, now="2026-11-23T12:00:00Z")
EVENT = replace(PERSON, by_person=False)
RUNNING, ABORTED, FORGOTTEN = Owner("RUNNING"), Owner("ABORTED", "2026-11-23T11:00:00Z"), Owner(None)
ENDED = [Owner(status) for status in ("SUCCEEDED", "FAILED", "ABORTED", "TIMED_OUT", None)]


@pytest.mark.parametrize("request_", [PERSON, EVENT])
def test_pair_without_an_owner_is_claimed(request_: ClaimRequest) -> None:
    assert decide_claim(NO_RECORD, None, request_) == Claim(Answer.CLAIM)


@pytest.mark.parametrize("outcome", [None, "FAILED", "DISTRIBUTED"])
@pytest.mark.parametrize("request_", [PERSON, EVENT])
def test_owner_that_knows_its_claim_keeps_it(request_: ClaimRequest, outcome: str | None) -> None:
    assert decide_claim(replace(MINE, outcome=outcome), None, replace(request_, knows_its_claim=True)) == Claim(
        Answer.CLAIM
    )


@pytest.mark.parametrize("request_", [PERSON, EVENT])
def test_owner_that_does_not_know_its_claim_resolves_again(request_: ClaimRequest) -> None:
    """Lambda ended the function between its write and its answer. An earlier owner may have changed the pair."""
    assert decide_claim(MINE, None, request_) == Claim(Answer.RESOLVE)


@pytest.mark.parametrize("owner", [None, RUNNING, *ENDED])
@pytest.mark.parametrize("request_", [PERSON, EVENT])
def test_nobody_takes_over_a_distributed_pair(request_: ClaimRequest, owner: Owner | None) -> None:
    assert decide_claim(DISTRIBUTED, owner, request_) == Claim(Answer.ALREADY_DISTRIBUTED, "A reason.")


def test_distributed_pair_without_a_reason_gets_one() -> None:
    claim = decide_claim(replace(DISTRIBUTED, reason=None), None, PERSON)
    assert claim == Claim(Answer.ALREADY_DISTRIBUTED, "The pair is already distributed.")


@pytest.mark.parametrize("record", [OTHER, FAILED, SKIPPED])
@pytest.mark.parametrize("request_", [PERSON, EVENT])
def test_step_functions_is_asked_about_another_owner(request_: ClaimRequest, record: Record) -> None:
    assert decide_claim(record, None, request_) == Claim(Answer.ASK_OWNER)


@pytest.mark.parametrize("record", [OTHER, FAILED, SKIPPED])
@pytest.mark.parametrize("request_", [PERSON, EVENT, replace(PERSON, knows_its_claim=True)])
def test_running_owner_keeps_its_claim(request_: ClaimRequest, record: Record) -> None:
    expected = Claim(Answer.SKIP, "Another execution owns this pair: arn:other")
    assert decide_claim(record, RUNNING, request_) == expected


@pytest.mark.parametrize("request_", [PERSON, EVENT])
@pytest.mark.parametrize(
    ("now", "answer"),
    [
        ("2026-11-23T09:59:59.900Z", Answer.SKIP),  # the owner started after the state was entered
        ("2026-11-23T10:00:00Z", Answer.SKIP),
        ("2026-11-23T10:00:59.999Z", Answer.SKIP),
        ("2026-11-23T10:01:00Z", Answer.TAKE_OVER),
    ],
)
def test_unknown_owner_keeps_its_claim_for_a_minute(request_: ClaimRequest, now: str, answer: Answer) -> None:
    assert decide_claim(OTHER, FORGOTTEN, replace(request_, now=now)).answer == answer


@pytest.mark.parametrize(
    ("record", "owner", "answer"),
    [
        (OTHER, ABORTED, Answer.TAKE_OVER),
        (SKIPPED, FORGOTTEN, Answer.TAKE_OVER),
        (FAILED, FORGOTTEN, Answer.TAKE_OVER),
        (DISTRIBUTED, FORGOTTEN, Answer.ALREADY_DISTRIBUTED),
    ],
)
def test_young_owner_that_has_ended_loses_its_claim(record: Record, owner: Owner, answer: Answer) -> None:
    assert decide_claim(record, owner, replace(PERSON, now="2026-11-23T10:00:01Z")).answer == answer


@pytest.mark.parametrize("owner", ENDED)
@pytest.mark.parametrize(
    ("record", "request_"),
    [
        (OTHER, PERSON),
        (OTHER, EVENT),
        (SKIPPED, PERSON),
        (SKIPPED, EVENT),
        (FAILED, PERSON),
        (FAILED, replace(EVENT, training_arn="created again")),
    ],
)
def test_owner_that_has_ended_is_taken_over_at_once(record: Record, request_: ClaimRequest, owner: Owner) -> None:
    assert decide_claim(record, owner, request_) == Claim(Answer.TAKE_OVER)


@pytest.mark.parametrize("owner", ENDED)
def test_event_does_not_retry_a_notified_failure(owner: Owner) -> None:
    assert decide_claim(FAILED, owner, EVENT) == Claim(
        Answer.SKIP,
        "An earlier execution for this pair has failed, and people were notified. Fix the cause, then start a new "
        "execution yourself. The failed execution: arn:other",
    )


@pytest.mark.parametrize(
    ("record", "owner", "history"),
    [
        (replace(FAILED, ended_at="then"), ABORTED, ("FAILED", "A reason.", "then")),
        (replace(FAILED, reason=None), ABORTED, ("FAILED", "", "2026-11-23T11:00:00Z")),
        (SKIPPED, FORGOTTEN, ("SKIPPED", "A reason.", "unknown")),
        (OTHER, ABORTED, ("FAILED", "It ended without recording an outcome: ABORTED", "2026-11-23T11:00:00Z")),
        (
            OTHER,
            FORGOTTEN,
            ("FAILED", "It ended without recording an outcome: Step Functions no longer knows its status", "unknown"),
        ),
    ],
)
def test_history_keeps_the_outcome_of_an_earlier_owner(
    record: Record, owner: Owner, history: tuple[str, str, str]
) -> None:
    assert summarize_owner(record, owner) == history
