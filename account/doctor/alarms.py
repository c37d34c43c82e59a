"""Is an alarm on, or silenced?"""

from collections.abc import Iterator
from typing import Any

from account.deployed_stack import DeployedStack
from account.doctor.finding import Finding, good, wrong

MOST = 100  # names in one call of DescribeAlarms


def check_alarms(stack: DeployedStack) -> Iterator[Finding]:
    """A finding for each alarm that is on or silenced, or one for all."""
    names = [each.physical_id for each in stack.resources("AWS::CloudWatch::Alarm")]
    cloudwatch = stack.client("cloudwatch")
    alarms = [
        alarm
        for start in range(0, len(names), MOST)
        for alarm in cloudwatch.describe_alarms(AlarmNames=names[start : start + MOST])["MetricAlarms"]
    ]
    yield from judge(alarms, expected=len(names))


def judge(alarms: list[dict[str, Any]], *, expected: int) -> Iterator[Finding]:
    """`alarms` as CloudWatch describes them; `expected` is how many the stack has."""
    troubles = [*_troubles(alarms)]
    if len(alarms) < expected:
        troubles.append(wrong(f"{expected - len(alarms)} alarms of the stack are deleted. Deploy the stack again."))
    yield from troubles or [good(f"None of the {expected} alarms is on.")]


def _troubles(alarms: list[dict[str, Any]]) -> Iterator[Finding]:
    for alarm in alarms:
        if alarm["StateValue"] == "ALARM":
            yield wrong(f"The alarm {alarm['AlarmName']} is on. {alarm.get('AlarmDescription', '')}".strip())
        if not alarm.get("ActionsEnabled", True):
            yield wrong(f"The alarm {alarm['AlarmName']} notifies nobody: its actions are disabled. Enable them.")
