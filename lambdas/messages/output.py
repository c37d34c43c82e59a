"""The output of an execution that succeeded. It has the same members for every outcome (docs/outcomes.md)."""

from collections.abc import Mapping
from typing import Any

State = Mapping[str, Any]


def make_output(
    outcome: str,
    reason: str,
    pair: State,
    execution: str,
    *,
    after: State | None = None,
    dry_run: State | None = None,
) -> dict[str, Any]:
    """The output. `pair` is in the form that the workflow carries; `after` has both datasets after a distribution."""
    before = {name: pair[name] for name in ("Training", "Test")}
    return {
        "Outcome": outcome,
        "Reason": reason,
        "StartedBy": pair["StartedBy"],
        "ProjectName": pair["ProjectName"],
        "ProjectArn": pair["ProjectArn"],
        "Before": before,
        "After": before if after is None else after,
        "DryRun": dry_run,
        "ReportLink": None,
        "Execution": execution,
    }
