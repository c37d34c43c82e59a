"""Follow an execution: each state when it is entered, and its result."""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

POLL_SECONDS = 0.1


@dataclass(frozen=True)
class Entered:
    """A state was entered, `seconds` after the execution started."""

    state: str
    seconds: float


@dataclass(frozen=True)
class Exited:
    """The current state, or the whole execution, has ended; `result` is one line, or the empty string."""

    result: str


def follow(stepfunctions: Any, execution_arn: str) -> Iterator[Entered | Exited]:
    """The steps of the execution, until it has ended."""
    seen = 0
    while True:
        ended = stepfunctions.describe_execution(executionArn=execution_arn)["status"] != "RUNNING"
        events = _read_history(stepfunctions, execution_arn)
        for event in events[seen:]:
            yield from _read_event(event, events[0]["timestamp"])
        seen = len(events)
        if ended:
            return
        time.sleep(POLL_SECONDS)


def _read_history(stepfunctions: Any, execution_arn: str) -> list[dict[str, Any]]:
    pages = stepfunctions.get_paginator("get_execution_history").paginate(executionArn=execution_arn)
    return [event for page in pages for event in page["events"]]


def _read_event(event: dict[str, Any], began: Any) -> Iterator[Entered | Exited]:
    if "stateEnteredEventDetails" in event:
        name = event["stateEnteredEventDetails"]["name"]
        yield Entered(name, (event["timestamp"] - began).total_seconds())
    elif "stateExitedEventDetails" in event:
        output = json.loads(event["stateExitedEventDetails"].get("output", "null"))
        yield Exited(_describe_result(event["type"].removesuffix("StateExited"), output))
    elif "executionFailedEventDetails" in event:
        yield Exited(event["executionFailedEventDetails"].get("error", ""))


def _describe_result(state_type: str, output: Any) -> str:
    """The result of a state, in one line; the empty string for a Choice or a Wait, which passes its input on."""
    if state_type == "Succeed":
        return f"{output['Outcome']}: {output['Reason']}"
    if state_type != "Task" or not isinstance(output, dict):
        return ""
    if "MessageId" in output:
        return f"message {output['MessageId']}"
    return _describe_answer(output.get("Payload") or {}) or str(output.get("Error", "done"))


def _describe_answer(payload: dict[str, Any]) -> str:
    """The result of a function, in one line."""
    if "Verdict" in payload:
        return f"{payload['Verdict']}: {payload['Reason']}"
    if "Accepted" in payload:
        return "Rekognition accepted the request" if payload["Accepted"] else "not requested: the datasets have changed"
    if "Subject" in payload:
        return str(payload["Subject"])
    if payload.get("Claim"):
        return f"this execution owns the claim: {payload['Pair']['Action']}"
    pair = payload.get("Pair", payload)
    return f"{pair['Action']}: {pair['Reason']}" if "Action" in pair else ""
