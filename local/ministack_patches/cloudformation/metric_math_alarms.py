"""CloudFormation makes alarms on metric math. Only set_alarm_state changes their state."""

from collections.abc import Callable
from typing import Any

from ministack.services.cloudformation import provisioners

from local.ministack_patches.registry import patch

Record = dict[str, Any]

# MiniStack requires them of every alarm, and does not evaluate an alarm without them.
METRIC = ("MetricName", "Namespace")


@patch(
    "CloudFormation: an alarm may have the property Metrics",
    why="MiniStack refuses AWS::CloudWatch::Alarm with metric math. CloudFormation Template Reference, "
    "AWS::CloudWatch::Alarm.",
)
def install() -> None:
    provisioners._cw_metric_alarm_record = _keep_metrics(provisioners._cw_metric_alarm_record)


def _keep_metrics(original: Callable[[str, Record], Record]) -> Callable[[str, Record], Record]:
    def record(name: str, properties: Record) -> Record:
        metrics = properties.get("Metrics")
        if not metrics:
            return original(name, properties)
        alarm = original(name, {**properties, "Metrics": None, **dict.fromkeys(METRIC, "metric math")})
        return {**alarm, "Metrics": metrics, "Statistic": None, **dict.fromkeys(METRIC)}

    return record
