"""Alarms evaluate the metric of their dimensions; set_alarm_state sets the state of alarms on metric math."""

from typing import Any

from local.aws import LocalAws
from tests.support.stacks import Stack
from tests.support.unique import unique

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


def test_an_alarm_evaluates_the_metric_of_its_dimensions(local_aws: LocalAws) -> None:
    cloudwatch, name = local_aws.client("cloudwatch"), unique("alarm")
    cloudwatch.put_metric_alarm(
        AlarmName=name,
        Namespace=name,
        MetricName="Ended",
        Dimensions=[{"Name": "Outcome", "Value": "FAILED"}],
        Period=60,
        EvaluationPeriods=1,
        Statistic="Sum",
        Threshold=0,
        ComparisonOperator="GreaterThanThreshold",
    )

    def state_after(outcome: str) -> str:
        dimensions = [{"Name": "Outcome", "Value": outcome}]
        cloudwatch.put_metric_data(
            Namespace=name, MetricData=[{"MetricName": "Ended", "Dimensions": dimensions, "Value": 1}]
        )
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return str(alarm["StateValue"])

    assert state_after("DISTRIBUTED") == "INSUFFICIENT_DATA"
    assert state_after("FAILED") == "ALARM"
