"""When an execution began, and the polling interval, as tables."""

import pytest

from lambdas.rules.times import Bounds, Times, latest, polling_interval, seconds_between

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


BOUNDS = Bounds(10, 600)


@pytest.mark.parametrize(
    ("elapsed", "chance", "seconds"),
    [
        (0, 0.0, 10),
        (0, 1.0, 10),
        (-5, 0.5, 10),
        (104, 0.5, 10),
        (106, 0.5, 11),
        (600, 0.0, 48),
        (600, 0.5, 60),
        (600, 1.0, 72),
        (1000, 0.25, 90),
        (5990, 0.5, 599),
        (6020, 0.5, 600),
        (86_400, 0.0, 600),
    ],
)
def test_interval_is_about_a_tenth_within_bounds(elapsed: float, chance: float, seconds: int) -> None:
    assert polling_interval(elapsed, chance, BOUNDS) == seconds


def test_interval_is_a_whole_number() -> None:
    """Step Functions accepts only whole seconds."""
    assert type(polling_interval(333.3, 0.123, BOUNDS)) is int


def test_bounds_come_from_the_definition() -> None:
    assert Bounds.from_state({"ShortestSeconds": 20, "LongestSeconds": 900}) == Bounds(20, 900)
