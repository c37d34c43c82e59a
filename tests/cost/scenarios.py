"""What is priced: the executions of one distribution that the events of its two datasets start."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.cost.walk import Answers, TaskFailedError, Visit, walk

HOUR = 3600


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """How long Rekognition takes, in seconds.

    `together`: both datasets exist when their events come; the execution that comes late finds the pair claimed. If
    not, the first finds no test dataset.
    """

    creation: float
    distribution: float
    together: bool = False

    def walks(self, definition: dict[str, Any]) -> list[list[Visit]]:
        """Of the execution that distributes, and of the one that stands aside."""
        aside = _too_late if self.together else _too_early
        return [walk(definition, self.distributing()), walk(definition, aside)]

    def distributing(self) -> Answers:
        """The answers of one distribution; it has a memory."""
        started: list[float] = []

        def answer(state: str, now: float) -> dict[str, Any]:
            if state == "Start distribution":
                started.append(now)
            answers: dict[str, Callable[[], dict[str, Any]]] = {
                "Resolve datasets": lambda: _resolved("WAIT" if now < self.creation else "DISTRIBUTE"),
                "Start distribution": lambda: {"Accepted": True},
                "Check distribution": lambda: _checked(now < started[0] + self.distribution),
            }
            return {"Payload": answers[state]() if state in answers else {}}

        return answer


TYPICAL = Scenario(creation=2 * 60, distribution=10 * 60)
# Up to both deadlines, as they are by default.
WORST = Scenario(creation=24 * HOUR - 1, distribution=math.inf, together=True)


def _too_early(state: str, _now: float) -> dict[str, Any]:
    return {"Payload": _resolved("SKIPPED")} if state == "Resolve datasets" else {}


def _too_late(state: str, _now: float) -> dict[str, Any]:
    if state == "Claim pair":
        raise TaskFailedError("DynamoDB.ConditionalCheckFailedException")
    answers: dict[str, dict[str, Any]] = {
        "Resolve datasets": {"Payload": _resolved("WAIT")},
        "Read claim": {"Item": {"Execution": {"S": "another"}}},
        "Ask for owner": {"Status": "RUNNING", "StopDate": ""},
    }
    return answers.get(state, {})


def _resolved(action: str) -> dict[str, Any]:
    pair = {"ProjectName": "project", "Training": {"Arn": "training"}, "Test": {"Arn": "test"}}
    return {"Action": action, "Reason": "", "StartedBy": "event", **pair}


def _checked(in_progress: bool) -> dict[str, Any]:
    return {"State": "IN_PROGRESS" if in_progress else "COMPLETE", "Reason": "", "Training": {}, "Test": {}}
