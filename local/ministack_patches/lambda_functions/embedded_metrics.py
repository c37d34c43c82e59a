"""What a function prints reaches its log group if its role may write there, and its metrics CloudWatch then.

MiniStack writes without asking, and takes no metric from a log. CloudWatch User Guide, "Specification: Embedded metric
format".
"""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

from ministack.core import responses
from ministack.services import cloudwatch, cloudwatch_logs, lambda_svc

from local.ministack_patches.iam.service_roles import role_allows

Record = dict[str, Any]

MILLISECONDS = 1000


def install() -> None:
    """Ask the role, and take the metrics."""
    lambda_svc._emit_lambda_logs = _if_the_role_may(lambda_svc._emit_lambda_logs)


def _if_the_role_may(original: Callable[..., None]) -> Callable[..., None]:
    def emit(function: Record, request_id: str, text: str, *more: Any, **named: Any) -> None:
        if _may_write(function.get("config") or function):
            original(function, request_id, text, *more, **named)
            for document in _documents(text or ""):
                with suppress(KeyError, TypeError, ValueError, AttributeError):  # it is not in the format
                    _put_metrics(document)

    return emit


def _may_write(configuration: Record) -> bool:
    name = f"/aws/lambda/{configuration.get('FunctionName')}"
    group = configuration.get("LoggingConfig", {}).get("LogGroup") or name
    arn = f"arn:aws:logs:{responses.get_region()}:{responses.get_account_id()}:log-group:{group}"
    needed = {"logs:CreateLogStream": f"{arn}:log-stream:s", "logs:PutLogEvents": f"{arn}:log-stream:s"}
    if group not in cloudwatch_logs._log_groups:
        needed["logs:CreateLogGroup"] = arn
    return all(role_allows(configuration.get("Role", ""), action, resource) for action, resource in needed.items())


def _documents(text: str) -> Iterator[Record]:
    """The lines that are in the embedded metric format."""
    for line in text.splitlines():
        if '"_aws"' in line:
            try:
                document = json.loads(line)
            except ValueError:
                continue
            if isinstance(document, dict) and "CloudWatchMetrics" in document.get("_aws", {}):
                yield document


def _put_metrics(document: Record) -> None:
    """A list of values is each of them; a metric counts once for each set of dimensions."""
    at = document["_aws"]["Timestamp"] / MILLISECONDS
    for directive in document["_aws"]["CloudWatchMetrics"]:
        data = [
            {
                "MetricName": metric["Name"],
                "Dimensions": [{"Name": name, "Value": str(document[name])} for name in names],
                "Timestamp": at,
                "Unit": metric.get("Unit", "None"),
                "Values": _listed(document[metric["Name"]]),
            }
            for names in directive.get("Dimensions") or [[]]
            for metric in directive["Metrics"]
        ]
        cloudwatch._put_metric_data({}, {"Namespace": directive["Namespace"], "MetricData": data}, True)


def _listed(value: Any) -> list[float]:
    return list(map(float, value if isinstance(value, list) else [value]))
