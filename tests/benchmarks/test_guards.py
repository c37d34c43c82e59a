"""Counts that must not grow unseen. Times are in docs/performance.md only: a slow machine fails no test."""

import random

from tests.benchmarks.sections import money, polling
from tests.benchmarks.sections.polling import SCHEDULES, Schedule, poll

MOST_TRANSITIONS = 141
MOST_DOLLARS = 0.0061
POLLS_IN_AN_HOUR = 50
AN_HOUR, DAY = 3600, 24 * 3600


def test_a_usual_distribution_costs_no_more() -> None:
    deployed = money.measure()["definitions"]["deployed"]
    assert deployed["transitions"] <= MOST_TRANSITIONS
    assert deployed["dollars"] <= MOST_DOLLARS


def test_the_deployed_interval_polls_no_more() -> None:
    (deployed,) = [schedule for schedule in SCHEDULES if schedule.name == "deployed"]
    assert polling.medians(deployed, AN_HOUR)["polls"] <= POLLS_IN_AN_HOUR


def test_a_fixed_interval_polls_until_one_poll_comes_after_the_completion() -> None:
    fixed = Schedule("every 5 s", lambda _elapsed, _chance: 5)
    assert poll(fixed, 12, random.Random(1)) == (3, 3)
    assert poll(fixed, 15, random.Random(1)) == (3, 0)
    assert poll(fixed, DAY, random.Random(1)) == (DAY / 5, 0)
