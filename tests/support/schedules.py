"""Schedules that are due now."""

from typing import Any

from local.aws import LocalAws
from tests.support.executions import wait_until
from tests.support.unique import unique


def run_once(aws: LocalAws, target: dict[str, Any]) -> None:
    """Invoke the target as a schedule does. Return after that: a schedule that is over deletes itself."""
    scheduler, name = aws.client("scheduler"), unique("due")
    scheduler.create_schedule(
        Name=name,
        ScheduleExpression="at(2026-01-01T00:00:00)",
        FlexibleTimeWindow={"Mode": "OFF"},
        ActionAfterCompletion="DELETE",
        Target=target,
    )
    wait_until(lambda: name not in [each["Name"] for each in scheduler.list_schedules(NamePrefix=name)["Schedules"]])
