"""A scenario of the campaign, as data: how the service behaves, what goes wrong, and what people do meanwhile."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from local.faults.fault import Fault
from tests.campaign.answers import Answer, plausible
from tests.support.deadlines import DEADLINE

FUNCTIONS = ("Resolve datasets", "Claim pair", "Start distribution", "Check distribution", "Report outcome")
NOTIFICATIONS = ("Notify people", "Notify chat", "Notify in plain words")
EVENTS = ("Send completion event",)
WAITS = ("Wait for datasets", "Wait before checking")

# What one service or another answers when it cannot, or will not.
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
STRANGE = ("MERGE_IN_PROGRESS", "ARCHIVED", "UPDATE_COMPLETE", "CREATE_COMPLETE", "UPDATE_IN_PROGRESS")

_ANSWERS = plausible()

MINUTE, HOUR = 60, 3600
MOST_KILLED = 2  # each takes a new process

CONTENTS = ("enough", "enough", "enough", "enough", "enough", "one image", "nothing", "no manifest")
MEDDLING = ("label more", "label more", "fill the test dataset", "create TEST anew", "delete TEST", "delete TRAIN")


@dataclass(frozen=True)
class Step:
    """Something that people do, at once or when an execution has entered a state."""

    what: str
    when: str = ""

    def __str__(self) -> str:
        return f"{self.what}, at {self.when}" if self.when else self.what


@dataclass(frozen=True)
class Scenario:
    """`content` is what the training dataset is created from; `redrives`: whatever did not succeed is redriven."""

    content: str
    settings: Answer
    faults: tuple[Fault, ...]
    steps: tuple[Step, ...]
    redrives: bool

    def describe(self) -> Iterator[str]:
        """A line for each thing that is not as usual."""
        yield f"training dataset: {self.content}"
        yield from (f"setting: {name} = {value}" for name, value in self.settings.items())
        for fault in self.faults:
            yield f"fault: {json.dumps(fault.as_json())}"
        yield from (f"step: {step}" for step in self.steps)
        if self.redrives:
            yield "whatever did not succeed is redriven"

    def smaller(self) -> Iterator["Scenario"]:
        """Each with one thing less."""
        for position, fault in enumerate(self.faults):
            yield replace(self, faults=_without(self.faults, position))
            if fault.times != 1:
                yield replace(self, faults=_with(self.faults, position, replace(fault, times=1)))
        for position, step in enumerate(self.steps):
            if not step.what.startswith("create T") or step.what.endswith("anew"):
                yield replace(self, steps=_without(self.steps, position))
        for name in self.settings:
            yield replace(self, settings={key: value for key, value in self.settings.items() if key != name})
        if self.redrives:
            yield replace(self, redrives=False)


def draw(seed: int, run: int) -> Scenario:
    """The scenario of this run, always the same."""
    chance = random.Random(f"{seed}/{run}")
    return Scenario(
        content=chance.choice(CONTENTS),
        settings=_draw_settings(chance),
        faults=tuple(_draw_fault(chance) for _ in range(chance.choice((0, 1, 2, 2, 3, 3, 4)))),
        steps=tuple(_draw_steps(chance)),
        redrives=chance.random() < 0.3,
    )


def _draw_settings(chance: random.Random) -> Answer:
    settings: dict[str, Any] = {
        "creation_seconds": chance.choice((0, 0, 5, MINUTE, 2 * MINUTE)),
        "update_seconds": chance.choice((0, 5, MINUTE)),
        "distribution_seconds": chance.choice((0, 1, 5, MINUTE, MINUTE, 2 * MINUTE, 7 * MINUTE)),
        "event_copies": chance.choice((0, 1, 1, 1, 2)),
        "event_delay_seconds": chance.choice((0, 0, 0, MINUTE, HOUR)),
        "stale_status_seconds": chance.choice((0, 0, 0, 20, 90)),
    }
    if chance.random() < 0.02:
        settings["distribution_seconds"] = 2 * DEADLINE
    for answer in chance.sample(_ANSWERS, chance.choice((0, 1, 2, 3))):
        settings = {**answer, **settings}
    return settings


def _draw_fault(chance: random.Random) -> Fault:
    kind = chance.choices(("api", "function", "notification", "event", "status", "rule"), (12, 5, 2, 1, 2, 1))[0]
    drawn: Fault = _KINDS[kind](
        chance, chance.choice((0, 0, 0, 0, 0, 1, 2, 3)), chance.choice((1, 1, 1, 2, 3, 5, 8, 40))
    )
    return drawn


def _fail_api(chance: random.Random, skip: int, times: int) -> Fault:
    way: dict[str, Any] = chance.choices(
        ({"error": chance.choice(API_ERRORS)}, {"cut": True}, {"kill": True}), (6, 3, 1)
    )[0]
    times = min(times, MOST_KILLED) if "kill" in way else times
    call = chance.choice(CALLS)
    skip = 0 if call == DISTRIBUTE else skip  # it is called once, if all goes well
    return Fault(call, skip=skip, times=times, after=chance.random() < 0.5, **way)


def _fail_state(states: tuple[str, ...], errors: tuple[str, ...]) -> Any:
    def fail(chance: random.Random, skip: int, times: int) -> Fault:
        state, error = chance.choice(states), chance.choice(errors)
        return Fault(f"state:{state}", error=error, skip=skip, times=times, after=chance.random() < 0.5)

    return fail


def _show(chance: random.Random, skip: int, times: int) -> Fault:
    shown = {"Status": chance.choice(STRANGE)}
    dataset = chance.choice(("train", "test", ""))
    return Fault("rekognition:DescribeDataset", show=shown, dataset=dataset, skip=skip, times=times)


def _fail_rule(_chance: random.Random, skip: int, times: int) -> Fault:
    return Fault("events:StartExecution", error="AccessDeniedException", skip=skip, times=times)


_KINDS: dict[str, Any] = {
    "api": _fail_api,
    "function": _fail_state(FUNCTIONS, FUNCTION_ERRORS),
    "notification": _fail_state(NOTIFICATIONS, NOTIFICATION_ERRORS),
    "event": _fail_state(EVENTS, EVENT_ERRORS),
    "status": _show,
    "rule": _fail_rule,
}


def _draw_steps(chance: random.Random) -> Iterator[Step]:
    """Both datasets are created; the rest happens in between or after."""
    creations = [Step("create TRAIN"), Step("create TEST")]
    chance.shuffle(creations)
    others = [Step("start", _moment(chance)) for _ in range(chance.choice((0, 1, 1, 2)))]
    if chance.random() < 0.25:
        others.append(Step("abort", chance.choice((*FUNCTIONS, *NOTIFICATIONS, *WAITS))))
    if chance.random() < 0.25:
        others.append(Step(chance.choice(MEDDLING), chance.choice((*FUNCTIONS, *WAITS))))
    chance.shuffle(others)
    if others and chance.random() < 0.2:
        return iter((creations[0], others[0], creations[1], *others[1:]))
    return iter((*creations, *others))


def _moment(chance: random.Random) -> str:
    return chance.choice(("", "", "", *FUNCTIONS, *WAITS))


def _without(items: tuple[Any, ...], position: int) -> tuple[Any, ...]:
    return items[:position] + items[position + 1 :]


def _with(items: tuple[Any, ...], position: int, item: Any) -> tuple[Any, ...]:
    return (*items[:position], item, *items[position + 1 :])
