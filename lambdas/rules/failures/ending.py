"""How an execution ends: {Outcome, Error, Cause, Output}, which the state machine passes to Report outcome.

A rule that decides on an ending sets the Outcome. An error that the state machine caught has only Error and Cause.
"""

from collections.abc import Mapping
from typing import Any

from lambdas.rules.pair import DISTRIBUTED, FAILED
from lambdas.rules.verdict import MAY_BE_DISTRIBUTING

DETAIL_TYPES = {DISTRIBUTED: "Dataset Distribution Succeeded", FAILED: "Dataset Distribution Failed"}
"""The detail type of the completion event, by outcome."""

WHAT_TO_DO = "What to do:"
"""Is in the cause of every failed execution that has notified people (rules/unnoticed.py)."""

NOBODY_NOTIFIED = "Nobody could be notified:"
"""An execution's cause begins with this if it could not notify anybody."""


def end_with_success(reason: str, output: Mapping[str, Any]) -> dict[str, Any]:
    """The ending of a success. `output` is the output of the execution."""
    return {"Outcome": DISTRIBUTED, "Cause": reason, "Output": output}


def end_with_failure(error: str, cause: str) -> dict[str, Any]:
    """The ending of a failure that a rule has decided on."""
    return {"Outcome": FAILED, "Error": error, "Cause": cause}


def complete_cause(ending: Mapping[str, Any], cause: str, *, pending: bool) -> str:
    """The cause; if an error was caught while Rekognition may be distributing, the cause says that, too."""
    return f"{cause} {MAY_BE_DISTRIBUTING}" if pending and "Outcome" not in ending else cause


def with_advice(cause: str, advice: str) -> str:
    """The cause of the execution, which the console shows for the state Failed."""
    return f"{cause}\n\n{WHAT_TO_DO} {advice}"
