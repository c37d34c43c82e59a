"""An alarm on metric math can be deployed, which MiniStack refuses: set_alarm_state alone changes its state."""

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import provisioners

Record = dict[str, Any]

# MiniStack wants them of every alarm, and evaluates none without them.
METRIC = ("MetricName", "Namespace")


def install() -> None:
    """Let CloudFormation make alarms of AWS::CloudWatch::Alarm's property Metrics."""
    provisioners._cw_metric_alarm_record = _with_metrics(provisioners._cw_metric_alarm_record)


def _with_metrics(original: Callable[[str, Record], Record]) -> Callable[[str, Record], Record]:
    def record(name: str, properties: Record) -> Record:
        metrics = properties.get("Metrics")
        if not metrics:
            return original(name, properties)
        alarm = original(name, {**properties, "Metrics": None, **dict.fromkeys(METRIC, "metric math")})
        return {**alarm, "Metrics": metrics, "Statistic": None, **dict.fromkeys(METRIC)}

    return record
