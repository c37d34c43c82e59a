"""Metrics in a function's log become metrics of CloudWatch."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from ministack.services import cloudwatch, lambda_svc

from local.ministack_patches.registry import patch

Record = dict[str, Any]

MILLISECONDS = 1000


@patch(
    "Lambda: metrics in a function's log become metrics of CloudWatch",
    why='MiniStack takes no metrics from a log. CloudWatch User Guide, "Specification: Embedded metric format".',
)
def install() -> None:
    lambda_svc._emit_lambda_logs = _put_embedded_metrics(lambda_svc._emit_lambda_logs)
    # It copies every metric at every request, and loses the points that a function's log adds meanwhile.
    cloudwatch._evict_old_metrics = lambda: None


def _put_embedded_metrics(original: Callable[..., None]) -> Callable[..., None]:
    def emit(function: Record, request_id: str, text: str, *more: Any, **named: Any) -> None:
        original(function, request_id, text, *more, **named)
        for line in (text or "").splitlines():
            if '"_aws"' in line:
                with suppress(KeyError, TypeError, ValueError, AttributeError, RecursionError):  # not in the format
                    _put_metrics(json.loads(line))

    return emit


def _put_metrics(document: Record) -> None:
    """Put every value of a list, and each metric once for each set of dimensions."""
    timestamp = document["_aws"]["Timestamp"] / MILLISECONDS
    for directive in document["_aws"]["CloudWatchMetrics"]:
        data = [
            {
                "MetricName": metric["Name"],
                "Dimensions": [{"Name": name, "Value": str(document[name])} for name in names],
                "Timestamp": timestamp,
                "Unit": metric.get("Unit", "None"),
                "Values": _as_list(document[metric["Name"]]),
            }
            for names in directive.get("Dimensions") or [[]]
            for metric in directive["Metrics"]
        ]
        cloudwatch._put_metric_data({}, {"Namespace": directive["Namespace"], "MetricData": data}, True)


def _as_list(value: Any) -> list[float]:
    return list(map(float, value if isinstance(value, list) else [value]))
