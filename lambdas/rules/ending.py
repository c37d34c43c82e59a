"""How an execution ends: {Outcome, Error, Cause, Output}, which the state machine hands to Report outcome.

A rule that decides makes all of it. What the state machine caught has only Error and Cause.
"""

from collections.abc import Mapping
from typing import Any

from lambdas.rules.verdict import ASKED_FOR

DISTRIBUTED, FAILED, SKIPPED = "DISTRIBUTED", "FAILED", "SKIPPED"
"""The outcomes that a record can have."""

DETAIL_TYPES = {DISTRIBUTED: "Dataset Distribution Succeeded", FAILED: "Dataset Distribution Failed"}
"""Of the completion event, by outcome."""

WHAT_TO_DO = "What to do:"
"""Stands in the cause of every execution that failed and has notified people."""


def end_with_success(reason: str, output: Mapping[str, Any]) -> dict[str, Any]:
    """Of a success; `output` is the execution's."""
    return {"Outcome": DISTRIBUTED, "Cause": reason, "Output": output}


def end_with_failure(error: str, cause: str) -> dict[str, Any]:
    """Of a failure that a rule has decided on."""
    return {"Outcome": FAILED, "Error": error, "Cause": cause}


def complete_cause(ending: Mapping[str, Any], cause: str, *, pending: bool) -> str:
    """Where an error was caught while Rekognition may be distributing, the cause says so."""
    return f"{cause} {ASKED_FOR}" if pending and "Outcome" not in ending else cause


def with_advice(cause: str, advice: str) -> str:
    """The cause of the execution, which its red state shows."""
    return f"{cause}\n\n{WHAT_TO_DO} {advice}"
