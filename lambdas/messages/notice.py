"""The notice: the message for programs, through SNS and EventBridge. Its schema is docs/notice.schema.json."""

from collections.abc import Mapping
from typing import Any

from lambdas.messages.links import execution_link, state_machine_of
from lambdas.messages.outcome import Outcome
from lambdas.rules.text import shorten

VERSION = "2.0"
LONGEST_CAUSE = 4_000  # characters; all forms of a message together have 256 KB
_MORE = "… (the execution shows more)"


def make_notice(outcome: Outcome) -> dict[str, Any]:
    """The notice, the same for every program."""
    about = {
        "Outcome": outcome.name,
        "Version": VERSION,
        "StartedBy": outcome.started_by,
        "ProjectName": outcome.project_name or None,
        "ProjectArn": outcome.project_arn,
        "StateMachine": state_machine_of(outcome.execution),
        "Execution": outcome.execution,
        "ExecutionLink": execution_link(outcome.execution),
        "StartedAt": outcome.started_at,
        "Notes": outcome.notes,
    }
    return about | (_make_failure(outcome) if outcome.error else _make_success(outcome))


def shown_cause(outcome: Outcome) -> str:
    """The cause of a failure, shortened to LONGEST_CAUSE."""
    return shorten(outcome.reason, LONGEST_CAUSE, _MORE)


def _make_failure(outcome: Outcome) -> dict[str, Any]:
    return {"Error": outcome.error, "Cause": shown_cause(outcome), "Advice": outcome.advice}


def _make_success(outcome: Outcome) -> dict[str, Any]:
    return {
        "Reason": outcome.reason,
        "Before": _count_pair(outcome.before),
        "After": _count_pair(outcome.after),
        "Report": outcome.report and outcome.report.as_state(),
        "ReportLink": outcome.report_link,
    }


def _count_pair(pair: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _count_dataset(pair[name]) for name in ("Training", "Test")}


def _count_dataset(dataset: Mapping[str, Any]) -> dict[str, int]:
    return {name: dataset[name] for name in ("TotalEntries", "LabeledEntries", "ErrorEntries")}
