"""The priced scenarios: a distribution, with the two executions that the events of its datasets start, and a sweep."""

import math
from dataclasses import dataclass
from typing import Any

from infra.settings import Settings
from lambdas.rules.input.sweep_input import MOST_PROJECTS
from lambdas.rules.polling import Bounds, polling_interval
from tools.docs.cost.walk import Answers, Visit, walk

HOUR = 3600
DEADLINE = Settings().distribution_deadline_hours * HOUR
_BOUNDS = Bounds(Settings().shortest_wait_seconds, Settings().longest_wait_seconds)


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """How long Rekognition needs to create the datasets and to distribute, in seconds.

    If `together`, both datasets exist when their events arrive, and the second execution finds the pair claimed. If
    not, the first execution finds no test dataset. Either one is skipped.
    """

    creation: float
    distribution: float
    together: bool = False

    def walks(self, definition: dict[str, Any]) -> list[list[Visit]]:
        """The states that the execution that distributes enters, and those of the one that is skipped."""
        skipped = _too_late if self.together else _too_early
        return [walk(definition, self.distributing()), walk(definition, skipped)]

    def distributing(self) -> Answers:
        """The answers of the functions in one distribution. They depend on earlier calls."""
        started: list[float] = []
        claimed: list[bool] = []

        def resolve(now: float) -> dict[str, Any]:
            return _resolved("WAIT" if now < self.creation else "DISTRIBUTE", now, claimed=bool(claimed))

        def claim(now: float) -> dict[str, Any]:
            claimed.append(True)
            return {"Pair": resolve(now), "Claim": {"ProjectName": "project"}, "Attempt": _waiting(0)}

        def start(now: float) -> dict[str, Any]:
            started.append(now)
            return _waiting(0)

        def check(now: float) -> dict[str, Any]:
            return _checked(now - started[0], self.distribution)

        def report(_now: float) -> dict[str, Any]:
            return _reported("DISTRIBUTED" if self.distribution < DEADLINE else "FAILED")

        answers = {
            "Resolve datasets": resolve,
            "Claim pair": claim,
            "Start distribution": start,
            "Check distribution": check,
            "Report outcome": report,
        }
        return lambda state, now: {"Payload": answers[state](now) if state in answers else {}}


TYPICAL = Scenario(creation=2 * 60, distribution=10 * 60)
# Up to the default of both deadlines.
WORST = Scenario(creation=24 * HOUR - 1, distribution=math.inf, together=True)


def sweeps(definition: dict[str, Any], projects: int) -> list[list[Visit]]:
    """The states that the executions of a sweep enter which starts nothing: one for each MOST_PROJECTS projects."""
    taken = [min(MOST_PROJECTS, projects - first) for first in range(0, projects, MOST_PROJECTS)]
    return [walk(definition, _sweeping(number, more=place < len(taken))) for place, number in enumerate(taken, 1)]


def _too_early(state: str, now: float) -> dict[str, Any]:
    return {"Payload": _resolved("SKIPPED", now)} if state == "Resolve datasets" else {}


def _too_late(state: str, now: float) -> dict[str, Any]:
    if state == "Claim pair":
        return {"Payload": {"Pair": _resolved("SKIPPED", now), "Claim": {}, "Attempt": {}}}
    return {"Payload": _resolved("WAIT", now)} if state == "Resolve datasets" else {}


def _sweeping(projects: int, *, more: bool) -> Answers:
    answers = {
        "List projects": {"Refusal": "", "Projects": ["project"] * projects, "DryRun": False, "More": more},
        "Examine project": {"Row": {}, "Start": {"Name": ""}},
        "List endings": {"Executions": []},
        "Notify ending": {"Notified": []},
    }
    return lambda state, _now: {"Payload": answers.get(state, {})}


def _resolved(action: str, now: float, *, claimed: bool = False) -> dict[str, Any]:
    pair = {"ProjectName": "project", "Training": {"Arn": "training"}, "Test": {"Arn": "test"}}
    return {"Action": action, "Claimed": claimed, **pair, **_waiting(now), "Output": {}, "Ending": {}}


def _checked(seconds: float, needed: float) -> dict[str, Any]:
    """The answer of a check, `seconds` after the start of a distribution that needs `needed` seconds."""
    verdict = "COMPLETE" if seconds >= needed else "IN_PROGRESS" if seconds <= DEADLINE else "FAILED"
    return {"Verdict": verdict, "Attempt": _waiting(seconds), "Ending": {}}


def _waiting(seconds: float) -> dict[str, Any]:
    """The deployed polling interval, in the middle of its jitter."""
    return {"WaitSeconds": polling_interval(seconds, 0.5, _BOUNDS)}


def _reported(outcome: str) -> dict[str, Any]:
    error = "none" if outcome == "DISTRIBUTED" else "DistributionTimedOut"
    return {"Attributes": {"outcome": outcome, "error": error}, "Ending": {"Outcome": outcome, "Output": {}}}
