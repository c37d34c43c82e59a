"""Polls and delay of the deployed polling interval, against fixed intervals and the best that any schedule could do."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from infra.settings import Settings
from lambdas.rules.polling import Bounds, polling_interval
from tests.benchmarks.section import Goal, Result, Section, make_table

COMPLETIONS = (5, 30, 60, 300, 600, 1800, 3600, 4 * 3600, 12 * 3600, 24 * 3600)
DRAWS = 400
AN_HOUR = 3600
ACCEPTED_SECONDS, ACCEPTED_SHARE = 5, 0.05  # of the delay: the greater of the two

Interval = Callable[[float, random.Random], float]
"""Seconds until the next poll, from the seconds since the start."""


@dataclass(frozen=True)
class Schedule:
    name: str
    interval: Interval


def _deployed(elapsed: float, chance: random.Random) -> float:
    bounds = Bounds(Settings().shortest_wait_seconds, Settings().longest_wait_seconds)
    return polling_interval(elapsed, chance.random(), bounds)


def _best(elapsed: float, _chance: random.Random) -> float:
    """The longest interval whose median delay is accepted, if the distribution ends at any moment in it."""
    longest_share = (1 + ACCEPTED_SHARE) / (1 - ACCEPTED_SHARE) - 1
    return max(2 * ACCEPTED_SECONDS, elapsed * longest_share)


SCHEDULES = (
    Schedule("deployed", _deployed),
    Schedule("every 5 s", lambda _elapsed, _chance: 5),
    Schedule("every 30 s", lambda _elapsed, _chance: 30),
    Schedule("fewest", _best),
)


def poll(schedule: Schedule, completion: float, chance: random.Random) -> tuple[int, float]:
    """The number of polls until one comes after the completion, and its delay in seconds."""
    elapsed, polls = 0.0, 0
    while elapsed < completion:
        elapsed += schedule.interval(elapsed, chance)
        polls += 1
    return polls, elapsed - completion


def measure() -> Result:
    return {"schedules": {schedule.name: _measure(schedule) for schedule in SCHEDULES}}


def _measure(schedule: Schedule) -> dict[str, dict[str, float]]:
    return {str(seconds): medians(schedule, seconds) for seconds in COMPLETIONS}


def medians(schedule: Schedule, seconds: float) -> dict[str, float]:
    """The median polls and delay over completions within a third of this time, at even distances.

    A fixed interval could just meet one completion.
    """
    chance = random.Random(f"{schedule.name} {seconds}")
    completions = [seconds * (2 / 3 + 2 / 3 * (place + 0.5) / DRAWS) for place in range(DRAWS)]
    found = [poll(schedule, completion, chance) for completion in completions]
    return {"polls": median(polls for polls, _ in found), "delay": median(delay for _, delay in found)}


def render(result: Result) -> str:
    schedules, headings = result["schedules"], ["completion after"]
    for name in schedules:
        headings += [f"polls, {name}", f"delay, {name}"]
    rows = [
        (_duration(at), *(cell for found in schedules.values() for cell in _cells(found[str(at)], at)))
        for at in COMPLETIONS
    ]
    return f"""Medians of {DRAWS:,} simulated distributions. Each ends within a third of the given time, sooner or
later. The script in *Distributing a training dataset (SDK)* (Amazon Rekognition Custom Labels Developer Guide) polls
*every 5 s*. *Every 30 s* is an interval that a user of the Job Poller may choose, a sample project of AWS Step
Functions. *Fewest* is the least number of polls with which a schedule has a median delay of at most
{ACCEPTED_SHARE:.0%} or {ACCEPTED_SECONDS} s after every time.

If a distribution takes 10 minutes, a poll every 30 s needs fewer polls than the deployed interval, and its delay is
shorter. If it takes a minute, its delay is longer. If it takes more than half an hour, it needs more polls.

{make_table(headings, rows)}

![Polls until a distribution has ended](performance/polls.svg)

![Delay until a poll sees the end](performance/delay.svg)"""


def _cells(found: dict[str, float], seconds: float) -> tuple[str, str]:
    return f"{found['polls']:,.0f}", f"{found['delay']:.0f} s ({found['delay'] / seconds:.1%})"


def _duration(seconds: float) -> str:
    for length, unit in ((3600, "h"), (60, "min")):
        if seconds >= length:
            return f"{seconds / length:g} {unit}"
    return f"{seconds:g} s"


def goals(result: Result) -> list[Goal]:
    deployed, fixed = (result["schedules"][name] for name in ("deployed", "every 5 s"))
    accepted = {seconds: max(ACCEPTED_SECONDS, ACCEPTED_SHARE * seconds) for seconds in COMPLETIONS}
    worst = round(max(deployed[str(seconds)]["delay"] / accepted[seconds] for seconds in COMPLETIONS), 3)
    share = deployed[str(AN_HOUR)]["polls"] / fixed[str(AN_HOUR)]["polls"]
    return [
        Goal("polls in an hour, to a poll every 5 s", share, 0.1),
        Goal("median delay, to the greater of 5% and 5 s", worst, 1),
    ]


def points(result: Result, what: str) -> list[dict[str, float | str]]:
    """The points of a plot: seconds until the completion, the schedule, and its polls or its delay."""
    return [
        {"seconds": float(seconds), "schedule": name, what: found[what]}
        for name, of_schedule in result["schedules"].items()
        for seconds, found in of_schedule.items()
    ]


SECTION = Section("polling", "Polls and delay", measure, render, goals)
