"""Walks through the definition as Step Functions does, with given answers instead of tasks, without AWS."""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from ministack.services import stepfunctions

BEGAN = datetime(2026, 11, 23, tzinfo=UTC)
ARN = "arn:aws:states:us-east-1:123456789012:execution:StateMachine:walk"


@dataclass(frozen=True)
class Visit:
    """A state that was entered `seconds` after the start. `answer` is the answer of its function in one word."""

    state: str
    seconds: float
    answer: str = ""


# The result of a task, from the name of its state and the seconds since the start.
Answers = Callable[[str, float], dict[str, Any]]


def walk(definition: dict[str, Any], answers: Answers) -> list[Visit]:
    """The states that an execution enters. Only waits take time."""
    context: dict[str, Any] = {
        "QueryLanguage": definition["QueryLanguage"],
        "Execution": {"Id": ARN, "Input": {"detail": {}}, "StartTime": _text(0)},
        "StateMachine": {"Id": ARN},
    }
    return _walk(definition, context, answers)


def _walk(definition: dict[str, Any], context: dict[str, Any], answers: Answers) -> list[Visit]:
    visits: list[Visit] = []
    name, seconds = definition["StartAt"], 0.0
    while name:
        state = definition["States"][name]
        context["State"] = {"Name": name, "EnteredTime": _text(seconds)}
        answer, following = _visit(state, context, partial(answers, name, seconds))
        visits.append(Visit(name, seconds, answer))
        if state["Type"] == "Wait":
            seconds += stepfunctions._jsonata_wait_seconds(state, {}, context)
        if state["Type"] == "Map":
            visits += _walk_items(state, context, answers)
        name = following
    return visits


def summarize(result: dict[str, Any]) -> str:
    """The Action, the Verdict, or the outcome and error in a function's answer; empty for any other task."""
    payload = result.get("Payload", {})
    if "Attributes" in payload:
        return "{outcome} {error}".format(**payload["Attributes"])
    return str(payload.get("Action") or payload.get("Verdict") or payload.get("Pair", {}).get("Action", ""))


def _walk_items(state: dict[str, Any], context: dict[str, Any], answers: Answers) -> list[Visit]:
    """The states of a Map, for each of its items. Nothing there may wait."""
    items = stepfunctions._jsonata_state_field(state, "Items", "array", {}, context)
    visits = [visit for _ in items for visit in _walk(state["ItemProcessor"], copy.deepcopy(context), answers)]
    stepfunctions._apply_state_assign(state, {}, context, result=[])
    return visits


def _visit(
    state: dict[str, Any], context: dict[str, Any], answer: Callable[[], dict[str, Any]]
) -> tuple[str, str | None]:
    """The answer of a function in one word, and the next state."""
    match state["Type"]:
        case "Task":
            return _perform(state, context, answer)
        case "Choice":
            return "", str(stepfunctions._execute_choice(state, {}, context)[1])
        case "Pass":
            stepfunctions._execute_pass(state, {}, context)
    return "", state.get("Next")


def _perform(
    state: dict[str, Any], context: dict[str, Any], answer: Callable[[], dict[str, Any]]
) -> tuple[str, str | None]:
    result = answer()
    stepfunctions._apply_state_assign(state, {}, context, result=result)
    return summarize(result), state.get("Next")


def _text(seconds: float) -> str:
    return (BEGAN + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
