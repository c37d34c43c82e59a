"""What a run of the campaign observes: the executions with their ends and messages, and what the service knows."""

import json
from dataclasses import dataclass, field
from typing import Any

from local.faults.fault import Fault

UNSUCCESSFUL = ("FAILED", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True)
class Ending:
    """One end of an execution. A redriven execution has several."""

    status: str
    error: str
    cause: str
    outcome: str
    reason: str


@dataclass
class ObservedExecution:
    """An execution with its endings, and the messages and completion events that name it.

    `completions` are the outcomes of the completion events. `entered` has the name of each state and when the execution
    entered it, in epoch seconds. `event_count` is the length of the history.
    """

    arn: str
    started_by: str
    endings: list[Ending] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    completions: list[str] = field(default_factory=list)
    entered: list[tuple[str, float]] = field(default_factory=list)
    event_count: int = 0

    @property
    def states(self) -> list[str]:
        """The names of the entered states."""
        return [state for state, _ in self.entered]

    @property
    def unsuccessful(self) -> bool:
        """Whether its last end was no success."""
        return self.endings[-1].status in UNSUCCESSFUL


@dataclass
class Observations:
    """The results of one scenario.

    A person starts the `last` execution after all faults are removed. `state_before_last` is the internal state of the
    service before that start, `internal_state` the one at the end. `fault_counts` says how often each fault matched.
    """

    executions: list[ObservedExecution]
    last: ObservedExecution
    unended: list[str]
    state_before_last: dict[str, Any]
    internal_state: dict[str, Any]
    images: list[str]
    record: dict[str, str]
    fault_counts: list[tuple[Fault, int]]
    unassigned_messages: list[str]


def read_ending(detail: dict[str, Any]) -> Ending:
    """From the detail of a status event of Step Functions."""
    output = json.loads(detail["output"]) if detail.get("output") and detail["status"] == "SUCCEEDED" else {}
    return Ending(
        status=detail["status"],
        error=detail.get("error") or "",
        cause=detail.get("cause") or "",
        outcome=output.get("Outcome", ""),
        reason=output.get("Reason", ""),
    )
