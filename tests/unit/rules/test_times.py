"""When an execution began and what time it is, as tables."""

import pytest

from lambdas.rules.times import Times, latest, seconds_between

STARTED, REDRIVEN, NOW = "2026-11-23T10:00:00.000Z", "2026-11-23T12:00:00.000Z", "2026-11-23T12:00:30.500Z"


def test_execution_began_when_it_started() -> None:
    times = Times.from_state([NOW, STARTED])
    assert (times.now, times.started, times.began, times.seconds) == (NOW, STARTED, STARTED, 7230.5)


def test_redrive_resets_the_beginning() -> None:
    times = Times.from_state([NOW, STARTED, REDRIVEN])
    assert (times.started, times.began, times.seconds) == (STARTED, REDRIVEN, 30.5)


@pytest.mark.parametrize(
    ("earlier", "later", "seconds"), [(STARTED, REDRIVEN, 7200), (REDRIVEN, STARTED, -7200), (NOW, NOW, 0)]
)
def test_seconds_between_two_moments_have_a_sign(earlier: str, later: str, seconds: float) -> None:
    assert seconds_between(earlier, later) == seconds


@pytest.mark.parametrize(
    ("moments", "last"),
    [
        ((STARTED, NOW), NOW),
        ((NOW, STARTED), NOW),
        (("", STARTED), STARTED),
        (("2026-11-23T10:00:00.5Z", "2026-11-23T11:00:00+02:00"), "2026-11-23T10:00:00.5Z"),
    ],
)
def test_latest_moment_is_found_in_any_form(moments: tuple[str, ...], last: str) -> None:
    assert latest(*moments) == last
