"""Alarms look at the metric they name, its dimensions included, and may be on metric math.

MiniStack takes all metrics of a name together, and refuses to deploy metric math. Of an alarm on metric math,
set_alarm_state alone changes the state.
"""

import contextvars
from collections.abc import Callable
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

Record = dict[str, Any]

# MiniStack wants them of every alarm, and evaluates none without them.
METRIC = ("MetricName", "Namespace")

_dimensions: contextvars.ContextVar[str | None] = contextvars.ContextVar("of the alarm that is evaluated", default=None)


class _Metrics(AccountRegionScopedDict):  # type: ignore[misc]
    """All of them; an alarm that is evaluated sees those of its dimensions."""

    __slots__ = ()

    def items(self) -> Any:
        wanted = _dimensions.get()
        return [(key, points) for key, points in super().items() if wanted is None or key[2] == wanted]


def install() -> None:
    """Let alarms see their own metric, and CloudFormation make alarms of AWS::CloudWatch::Alarm's property Metrics."""
    metrics = _Metrics()
    metrics._data = cloudwatch._metrics._data
    cloudwatch._metrics = metrics
    cloudwatch._evaluate_alarm = _of_its_dimensions(cloudwatch._evaluate_alarm)
    provisioners._cw_metric_alarm_record = _with_metrics(provisioners._cw_metric_alarm_record)


def _of_its_dimensions(original: Callable[[Record], None]) -> Callable[[Record], None]:
    def evaluate_alarm(alarm: Record) -> None:
        named = cloudwatch._dims_key(cloudwatch._dims_from_list(alarm.get("Dimensions") or []))
        outer = _dimensions.set(named)
        try:
            original(alarm)
        finally:
            _dimensions.reset(outer)

    return evaluate_alarm


def _with_metrics(original: Callable[[str, Record], Record]) -> Callable[[str, Record], Record]:
    def record(name: str, properties: Record) -> Record:
        metrics = properties.get("Metrics")
        if not metrics:
            return original(name, properties)
        alarm = original(name, {**properties, "Metrics": None, **dict.fromkeys(METRIC, "metric math")})
        return {**alarm, "Metrics": metrics, "Statistic": None, **dict.fromkeys(METRIC)}

    return record
