"""Executions that ended and may not have sent a notification of their own."""

import json
from dataclasses import dataclass
from typing import Any

from lambdas.rules.failures.ending import NOBODY_NOTIFIED, WHAT_TO_DO
from lambdas.rules.input.arns import parse_location
from lambdas.rules.input.execution_input import find_project_name, find_started_by
from lambdas.rules.pair import Key

NO_PROJECT = "(no project)"
"""The partition of the marks of executions whose input names no project. No project has this name."""


class StatusNotYetKnownError(Exception):
    """Step Functions says that the execution runs, although an event says that it has ended."""


@dataclass(frozen=True, kw_only=True)
class Description:
    """An execution as DescribeExecution has it. `given` is its input as JSON; what is missing is empty.

    `ended_at` is in ISO 8601, in UTC. `redriven_at` is in seconds since 1970, and 0 if the execution was not redriven.
    """

    arn: str
    status: str
    error: str = ""
    cause: str = ""
    given: str = ""
    ended_at: str = ""
    redriven_at: float = 0.0

    @property
    def project_name(self) -> str:
        """The project that the input names; empty if it names none."""
        return find_project_name(self._parsed, parse_location(self.arn))

    @property
    def started_by(self) -> str:
        """EVENT or PERSON."""
        return find_started_by(self._parsed)

    @property
    def mark(self) -> Key:
        """The key of the mark of this ending. A redriven execution ends again.

        Records and their history have the ARN of a dataset at the beginning of their sort key.
        """
        return Key(self.project_name or NO_PROJECT, f"{self.arn}#{self.ended_at}")

    @property
    def _parsed(self) -> Any:
        try:
            return json.loads(self.given)
        except (ValueError, RecursionError):
            return None


def may_be_unnoticed(execution: Description) -> bool:
    """Whether the execution ended without a notification of its own, as far as its status and cause show."""
    if execution.status == "FAILED":
        # An error that no Catch catches. Every other failure has the advice in its cause.
        return execution.cause.startswith(NOBODY_NOTIFIED) or WHAT_TO_DO not in execution.cause
    return execution.status in ("TIMED_OUT", "ABORTED")


def require_end(execution: Description, stopped_at: float) -> None:
    """Raise StatusNotYetKnownError if the status is older than the end of the execution, in seconds since 1970.

    The status can be old: DescribeExecution is eventually consistent (AWS Step Functions API Reference).
    """
    if execution.status == "RUNNING" and execution.redriven_at < stopped_at:
        raise StatusNotYetKnownError(f"{execution.arn} has ended, but Step Functions still says that it runs.")
