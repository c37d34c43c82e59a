"""A scenario of the campaign, as data: settings of the service, faults, and steps of people."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from infra.functions import OF_WORKFLOW
from local.faults.fault import Fault
from tests.campaign.answers import Answer, plausible
from tests.support.deadlines import DEADLINE

FUNCTION_STATES = tuple(name.replace("_", " ").capitalize() for name in OF_WORKFLOW)
SWEEP_STATES = ("List projects", "Examine project", "Start execution", "Report sweep")
NOTIFY_STATES = ("Notify people", "Notify chat", "Notify in plain words")
EVENT_STATES = ("Send completion event",)
WAIT_STATES = ("Wait for datasets", "Wait before checking")

# Errors that one service or another returns.
FUNCTION_ERRORS = (
    "Lambda.ServiceException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Sandbox.Timedout",
    "States.Timeout",
    "ReadTimeoutError",
)
NOTIFICATION_ERRORS = (
    "SNS.InternalErrorException",
    "SNS.ThrottledException",
    "SNS.NotFoundException",
    "States.Timeout",
)
EVENT_ERRORS = (
    "EventBridge.InternalException",
    "EventBridge.ThrottlingException",
    "States.Timeout",
)
API_ERRORS = (
    "ThrottlingException",
    "ProvisionedThroughputExceededException",
    "InternalServerError",
    "ServiceUnavailable",
    "AccessDeniedException",
    "InvalidParameterException",
    "ResourceNotFoundException",
    "ResourceNotReadyException",
    "LimitExceededException",
)
DISTRIBUTE = "rekognition:DistributeDatasetEntries"
CALLS = (
    "rekognition:DescribeProjects",
    "rekognition:DescribeDataset",
    "rekognition:DescribeDataset",
    *[DISTRIBUTE] * 4,
    "rekognition:ListTagsForResource",
    "rekognition:ListDatasetLabels",
    "dynamodb:GetItem",
    "dynamodb:GetItem",
    *["dynamodb:UpdateItem"] * 3,
    "dynamodb:TransactWriteItems",
    "states:DescribeExecution",
    "states:GetExecutionHistory",
)
SHOWN_STATUSES = ("MERGE_IN_PROGRESS", "ARCHIVED", "UPDATE_COMPLETE", "CREATE_COMPLETE", "UPDATE_IN_PROGRESS")

_ANSWERS = plausible()

MINUTE, HOUR = 60, 3600  # seconds
MAX_KILLS = 2  # each killed function needs a new process

# An item that stands here several times is drawn more often.
CONTENTS = ("enough", "enough", "enough", "enough", "enough", "one image", "nothing", "no manifest")
CREATIONS = ("create TRAIN", "create TEST")
DATASET_CHANGES = (
    "add training images",
    "add training images",
    "add test images",
    "recreate TEST",
    "delete TEST",
    "delete TRAIN",
)


@dataclass(frozen=True)
class Step:
    """An action of a person. It happens at once, or when an execution has entered the state."""

    action: str
    state: str = ""

    def __str__(self) -> str:
        return f"{self.action}, in state {self.state}" if self.state else self.action


@dataclass(frozen=True)
class Scenario:
    """`content` is the source of the training dataset. With `redrives`, every unsuccessful execution is redriven.

    With `sweeps`, sweeps run without faults after all executions have ended. With `endings_lost`, no event of an ended
    execution arrives before that.
    """

    content: str
    settings: Answer
    faults: tuple[Fault, ...]
    steps: tuple[Step, ...]
    redrives: bool
    sweeps: bool
    endings_lost: bool

    def describe(self) -> Iterator[str]:
        """One line for each part of the scenario."""
        yield f"training dataset: {self.content}"
        yield from (f"setting: {name} = {value}" for name, value in self.settings.items())
        for fault in self.faults:
            yield f"fault: {json.dumps(fault.as_json())}"
        yield from (f"step: {step}" for step in self.steps)
        if self.redrives:
            yield "every unsuccessful execution is redriven"
        if self.sweeps:
            yield "sweeps run at the end"
        if self.endings_lost:
            yield "the events of ended executions are lost"

    def shrink(self) -> Iterator["Scenario"]:
        """The scenarios that are smaller by one fault, repetition, step, setting, or one of the last three members."""
        for position, fault in enumerate(self.faults):
            yield replace(self, faults=_remove(self.faults, position))
            if fault.times != 1:
                yield replace(self, faults=_replace(self.faults, position, replace(fault, times=1)))
        for position, step in enumerate(self.steps):
            if step.action not in CREATIONS:
                yield replace(self, steps=_remove(self.steps, position))
        for name in self.settings:
            yield replace(self, settings={key: value for key, value in self.settings.items() if key != name})
        if self.redrives:
            yield replace(self, redrives=False)
        if self.sweeps:
            yield replace(self, sweeps=False)
        if self.endings_lost:
            yield replace(self, endings_lost=False)


def draw_scenario(seed: int, run: int) -> Scenario:
    """The scenario of this run. The same arguments always give the same scenario."""
    rng = random.Random(f"{seed}/{run}")
    return Scenario(
        content=rng.choice(CONTENTS),
        settings=_draw_settings(rng),
        faults=tuple(_draw_fault(rng) for _ in range(rng.choice((0, 1, 2, 2, 3, 3, 4)))),
        steps=tuple(_draw_steps(rng)),
        redrives=rng.random() < 0.3,
        sweeps=rng.random() < 0.5,
        endings_lost=rng.random() < 0.125,
    )


def _draw_settings(rng: random.Random) -> Answer:
    settings: dict[str, Any] = {
        "creation_seconds": rng.choice((0, 0, 5, MINUTE, 2 * MINUTE)),
        "update_seconds": rng.choice((0, 5, MINUTE)),
        "distribution_seconds": rng.choice((0, 1, 5, MINUTE, MINUTE, 2 * MINUTE, 7 * MINUTE)),
        "event_copies": rng.choice((0, 1, 1, 1, 2)),
        "event_delay_seconds": rng.choice((0, 0, 0, MINUTE, HOUR)),
        "stale_status_seconds": rng.choice((0, 0, 0, 20, 90)),
    }
    if rng.random() < 0.02:
        settings["distribution_seconds"] = 2 * DEADLINE
    for answer in rng.sample(_ANSWERS, rng.choice((0, 1, 2, 3))):
        settings |= answer
    return settings


def _draw_fault(rng: random.Random) -> Fault:
    kind = rng.choices(("api", "function", "notification", "event", "status", "rule", "sweep"), (12, 5, 2, 1, 2, 1, 1))[
        0
    ]
    drawn: Fault = _FAULT_KINDS[kind](rng, rng.choice((0, 0, 0, 0, 0, 1, 2, 3)), rng.choice((1, 1, 1, 2, 3, 5, 8, 40)))
    return drawn


def _draw_api_fault(rng: random.Random, skip: int, times: int) -> Fault:
    effect: dict[str, Any] = rng.choices(({"error": rng.choice(API_ERRORS)}, {"cut": True}, {"kill": True}), (6, 3, 1))[
        0
    ]
    times = min(times, MAX_KILLS) if "kill" in effect else times
    call = rng.choice(CALLS)
    skip = 0 if call == DISTRIBUTE else skip  # without faults it is called only once
    return Fault(call, skip=skip, times=times, after=rng.random() < 0.5, **effect)


def _draw_state_fault_of(states: tuple[str, ...], errors: tuple[str, ...]) -> Any:
    def draw_fault(rng: random.Random, skip: int, times: int) -> Fault:
        state, error = rng.choice(states), rng.choice(errors)
        return Fault(f"state:{state}", error=error, skip=skip, times=times, after=rng.random() < 0.5)

    return draw_fault


def _draw_shown_status(rng: random.Random, skip: int, times: int) -> Fault:
    shown = {"Status": rng.choice(SHOWN_STATUSES)}
    dataset = rng.choice(("train", "test", ""))
    return Fault("rekognition:DescribeDataset", show=shown, dataset=dataset, skip=skip, times=times)


def _draw_rule_fault(_rng: random.Random, skip: int, times: int) -> Fault:
    return Fault("events:StartExecution", error="AccessDeniedException", skip=skip, times=times)


_FAULT_KINDS: dict[str, Any] = {
    "api": _draw_api_fault,
    "function": _draw_state_fault_of(FUNCTION_STATES, FUNCTION_ERRORS),
    "notification": _draw_state_fault_of(NOTIFY_STATES, NOTIFICATION_ERRORS),
    "event": _draw_state_fault_of(EVENT_STATES, EVENT_ERRORS),
    "status": _draw_shown_status,
    "rule": _draw_rule_fault,
    "sweep": _draw_state_fault_of(SWEEP_STATES, FUNCTION_ERRORS),
}


def _draw_steps(rng: random.Random) -> Iterator[Step]:
    """Both datasets are created. The other steps come between the creations or after them."""
    creations = [Step(action) for action in CREATIONS]
    rng.shuffle(creations)
    others = [Step("start", _draw_state(rng)) for _ in range(rng.choice((0, 1, 1, 2)))]
    others += [Step("sweep", _draw_state(rng)) for _ in range(rng.choice((0, 0, 0, 1, 1, 2)))]
    if rng.random() < 0.25:
        others.append(Step("abort", rng.choice((*FUNCTION_STATES, *NOTIFY_STATES, *WAIT_STATES))))
    if rng.random() < 0.25:
        others.append(Step(rng.choice(DATASET_CHANGES), rng.choice((*FUNCTION_STATES, *WAIT_STATES))))
    rng.shuffle(others)
    if others and rng.random() < 0.2:
        return iter((creations[0], others[0], creations[1], *others[1:]))
    return iter((*creations, *others))


def _draw_state(rng: random.Random) -> str:
    return rng.choice(("", "", "", *FUNCTION_STATES, *WAIT_STATES))


def _remove(items: tuple[Any, ...], position: int) -> tuple[Any, ...]:
    return items[:position] + items[position + 1 :]


def _replace(items: tuple[Any, ...], position: int, item: Any) -> tuple[Any, ...]:
    return (*items[:position], item, *items[position + 1 :])
