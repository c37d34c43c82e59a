"""Topics that a test creates, and alarms that notify them."""

from typing import Any

from local.aws import LocalAws
from tests.support.roles import allow_policy
from tests.support.unique import unique


def create_topic_for(aws: LocalAws, service: str, condition: dict[str, Any]) -> str:
    """The ARN of a topic. Its policy allows only this service to publish, under this condition."""
    sns = aws.client("sns")
    arn: str = sns.create_topic(Name=unique("topic"))["TopicArn"]
    publish = {"Principal": {"Service": service}, "Action": "sns:Publish", "Resource": arn, "Condition": condition}
    sns.set_topic_attributes(TopicArn=arn, AttributeName="Policy", AttributeValue=allow_policy(publish))
    return arn


def trigger_alarm(aws: LocalAws, topic: str) -> None:
    """Create an alarm that notifies the topic, and set it to ALARM."""
    cloudwatch = aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName=topic,
        AlarmActions=[topic],
        Namespace="Test",
        MetricName=topic[-12:],
        Period=60,
        EvaluationPeriods=1,
        Statistic="Maximum",
        Threshold=1,
        ComparisonOperator="GreaterThanThreshold",
    )
    cloudwatch.set_alarm_state(AlarmName=topic, StateValue="ALARM", StateReason="a test")
