"""The polling interval, as a table."""

import pytest

from lambdas.rules.polling import Bounds, polling_interval

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
