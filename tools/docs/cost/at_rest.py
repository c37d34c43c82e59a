"""The cost of the stack at rest. Each type of resource in the template has a price here, or a reason for none."""

from collections import Counter
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from tools.docs.cost.prices import Price, Usage

FREE_DASHBOARDS = 3  # in an account ("Amazon CloudWatch pricing")
BY_USE = "by requests"
BY_CONTENT = "by its content, whose price is in the cost of a distribution"
NO_CHARGE = "no charge"

WITHOUT_PRICE = {
    "Custom::S3AutoDeleteObjects": "runs once, when the stack is deleted",
    "AWS::CloudTrail::Trail": "no charge for the first copy of management events",
    "AWS::DynamoDB::Table": BY_CONTENT,
    "AWS::Events::Rule": BY_USE,
    "AWS::IAM::Policy": NO_CHARGE,
    "AWS::IAM::Role": NO_CHARGE,
    "AWS::Lambda::Function": BY_USE,
    "AWS::Lambda::Permission": NO_CHARGE,
    "AWS::Lambda::Version": NO_CHARGE,
    "AWS::Logs::LogGroup": BY_CONTENT,
    "AWS::Logs::QueryDefinition": NO_CHARGE,
    "AWS::S3::Bucket": BY_CONTENT,
    "AWS::S3::BucketPolicy": NO_CHARGE,
    "AWS::Scheduler::Schedule": BY_USE,
    "AWS::Scheduler::ScheduleGroup": NO_CHARGE,
    "AWS::SNS::Subscription": BY_USE,
    "AWS::SNS::Topic": BY_USE,
    "AWS::SNS::TopicPolicy": NO_CHARGE,
    "AWS::SQS::Queue": BY_USE,
    "AWS::SQS::QueuePolicy": NO_CHARGE,
    "AWS::StepFunctions::StateMachine": BY_USE,
}


def usage_at_rest(resources: dict[str, dict[str, Any]]) -> Usage:
    """The usage of a month. Raises ValueError for a resource that is provisioned or has no price here."""
    usage: Counter[Price] = Counter()
    for resource in resources.values():
        kind, properties = resource["Type"], resource.get("Properties", {})
        if _is_provisioned(properties):
            raise ValueError(f"A {kind} is provisioned and so costs at rest. {__name__} has no price for that.")
        if kind in PRICED:
            price, count = PRICED[kind]
            usage[price] += count(properties)
        elif kind not in WITHOUT_PRICE:
            raise ValueError(f"{__name__} has no price at rest for {kind}. Add one there.")
    usage[Price.DASHBOARD] = max(0, usage[Price.DASHBOARD] - FREE_DASHBOARDS)
    return {price: Decimal(amount) for price, amount in usage.items() if amount}


def _one(_properties: dict[str, Any]) -> int:
    return 1


def _metrics_of(alarm: dict[str, Any]) -> int:
    """The number of metrics of the alarm, each of which has a price."""
    if alarm.get("Period", 60) < 60:
        raise ValueError(f"{__name__} has no price for an alarm of high resolution.")
    return sum("MetricStat" in metric for metric in alarm["Metrics"]) if "Metrics" in alarm else 1


def _is_provisioned(properties: dict[str, Any]) -> bool:
    return "ProvisionedConcurrencyConfig" in properties or "ProvisionedThroughput" in properties


PRICED: dict[str, tuple[Price, Callable[[dict[str, Any]], int]]] = {
    "AWS::KMS::Key": (Price.KEY, _one),
    "AWS::CloudWatch::Alarm": (Price.ALARM, _metrics_of),
    "AWS::CloudWatch::Dashboard": (Price.DASHBOARD, _one),
}
