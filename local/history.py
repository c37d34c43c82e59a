"""Follow an execution: each state as it is entered, and what came of it."""

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
    """The state that was entered last ended, or the whole execution did; `result` is a sentence or nothing."""

    result: str


def follow(stepfunctions: Any, execution_arn: str) -> Iterator[Entered | Exited]:
    """Until the execution has ended."""
    seen = 0
    while True:
        ended = stepfunctions.describe_execution(executionArn=execution_arn)["status"] != "RUNNING"
        events = _history(stepfunctions, execution_arn)
        for event in events[seen:]:
            yield from _tell(event, events[0]["timestamp"])
        seen = len(events)
        if ended:
            return
        time.sleep(POLL_SECONDS)


def _history(stepfunctions: Any, execution_arn: str) -> list[dict[str, Any]]:
    pages = stepfunctions.get_paginator("get_execution_history").paginate(executionArn=execution_arn)
    return [event for page in pages for event in page["events"]]


def _tell(event: dict[str, Any], began: Any) -> Iterator[Entered | Exited]:
    if "stateEnteredEventDetails" in event:
        name = event["stateEnteredEventDetails"]["name"]
        yield Entered(name, (event["timestamp"] - began).total_seconds())
    elif "stateExitedEventDetails" in event:
        output = json.loads(event["stateExitedEventDetails"].get("output", "null"))
        yield Exited(_result(event["type"].removesuffix("StateExited"), output))
    elif "executionFailedEventDetails" in event:
        yield Exited(event["executionFailedEventDetails"].get("error", ""))


def _result(state_type: str, output: Any) -> str:
    """Of the states that have a result of their own; a Choice and a Wait hand on what they were given."""
    if state_type == "Succeed":
        return f"{output['Outcome']}: {output['Reason']}"
    if state_type != "Task" or not isinstance(output, dict):
        return ""
    if "MessageId" in output:
        return f"message {output['MessageId']}"
    return _answer(output.get("Payload") or {}) or str(output.get("Error", "done"))


def _answer(payload: dict[str, Any]) -> str:
    """What a function says that it found or did."""
    if "Verdict" in payload:
        return f"{payload['Verdict']}: {payload['Reason']}"
    if "Accepted" in payload:
        return "Rekognition has accepted it" if payload["Accepted"] else "the datasets have changed: it was not called"
    if "Subject" in payload:
        return str(payload["Subject"])
    if payload.get("Claim"):
        return f"this execution has the pair: {payload['Pair']['Action']}"
    pair = payload.get("Pair", payload)
    return f"{pair['Action']}: {pair['Reason']}" if "Action" in pair else ""
