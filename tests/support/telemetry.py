"""Read points of metrics and lines of logs from CloudWatch."""

import time
from typing import Any

from local.aws import LocalAws

HOUR = 3600
DAY = 24 * HOUR

# Prefixes of the names of the stack's log groups.
FUNCTION_LOGS = "DatasetDistribution-Functions"
WORKFLOW_LOGS = "/aws/vendedlogs/states/DatasetDistribution-"


def read_points(aws: LocalAws, namespace: str, metric: str, **dimensions: str) -> list[dict[str, Any]]:
    """The points of each metric with this name and at least these dimensions."""
    cloudwatch, now = aws.client("cloudwatch"), time.time()
    filters = [{"Name": name, "Value": value} for name, value in dimensions.items()]
    span = {"StartTime": now - DAY, "EndTime": now + DAY, "Period": HOUR}
    return [
        point
        for each in cloudwatch.list_metrics(Namespace=namespace, MetricName=metric, Dimensions=filters)["Metrics"]
        for point in cloudwatch.get_metric_statistics(**each, **span, Statistics=["Sum", "SampleCount"])["Datapoints"]
    ]


def read_log_lines(aws: LocalAws, groups: str, word: str = "", *, since: float = 0) -> list[str]:
    """The lines with the word, of the log groups whose names begin with `groups`, from `since` (epoch seconds) on."""
    logs = aws.client("logs")
    filters = {"filterPattern": f'"{word}"', "startTime": int(since * 1000)}
    return [
        event["message"]
        for group in logs.describe_log_groups(logGroupNamePrefix=groups)["logGroups"]
        for event in logs.filter_log_events(logGroupName=group["logGroupName"], **filters)["events"]
    ]
