"""Report sweep: count what a sweep has found and done, in one line of the log and in metrics."""

from collections import Counter
from typing import Any

from aws_lambda_powertools import single_metric
from aws_lambda_powertools.metrics import MetricUnit

from lambdas.rules.metrics import EVENTS_MISSED, PROJECTS_SWEPT
from lambdas.rules.sweep import summarize
from lambdas.step import logger, sweep_step

Event = dict[str, Any]


@sweep_step
def handler(event: Event) -> Event:
    """From {Execution, Times, Rows, Notified, DryRun, StartedBy, Unmatched, More} to the output (docs/sweep.md).

    A dry run sends no metric.
    """
    rows = event["Rows"]
    summary = {**summarize(rows), "Notified": len(event["Notified"])}
    logger.info("Swept", **summary, dry_run=event["DryRun"], started_by=event["StartedBy"])
    if not event["DryRun"]:
        _send_metrics(Counter(row["Action"] for row in rows), summary["Missed"])
    given = {name: event[name] for name in ("DryRun", "StartedBy", "Unmatched", "More")}
    return {**summary, **given, "Pairs": rows}


def _send_metrics(actions: Counter[str], missed: int) -> None:
    for action, number in actions.items():
        with single_metric(name=PROJECTS_SWEPT, unit=MetricUnit.Count, value=number) as metric:
            metric.add_dimension("Action", action)
    with single_metric(name=EVENTS_MISSED, unit=MetricUnit.Count, value=missed):
        pass
