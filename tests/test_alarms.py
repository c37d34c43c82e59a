"""Alarms on metric math are deployed, and their state is what set_alarm_state says."""

from typing import Any

from local.aws import LocalAws
from tests.stacks import Stack

METRICS: list[dict[str, Any]] = [
    {"Id": "double", "Expression": "2 * metric", "ReturnData": True},
    {
        "Id": "metric",
        "MetricStat": {"Metric": {"Namespace": "N", "MetricName": "M"}, "Period": 60, "Stat": "Sum"},
        "ReturnData": False,
    },
]


def test_an_alarm_on_metric_math_can_be_deployed(local_aws: LocalAws) -> None:
    properties = {
        "Metrics": METRICS,
        "Threshold": 1,
        "EvaluationPeriods": 1,
        "ComparisonOperator": "GreaterThanThreshold",
    }
    stack = Stack(local_aws, A={"Type": "AWS::CloudWatch::Alarm", "Properties": properties})
    name, cloudwatch = stack.ref("A"), local_aws.client("cloudwatch")
    cloudwatch.set_alarm_state(AlarmName=name, StateValue="ALARM", StateReason="a test")
    (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    assert (alarm["Metrics"], alarm["StateValue"]) == (METRICS, "ALARM")
    stack.delete()
