"""Are the rules enabled, and has the one for new datasets reacted?"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from account.deployed_stack import DeployedStack
from account.doctor.finding import Finding, good, note, wrong

DAYS = 14
DAY_SECONDS = 86_400
TRIGGER = "Trigger"  # the construct of the rule for new datasets
SUBJECTS = {TRIGGER: "new datasets", "Watch": "executions that end unnoticed"}


def check_rules(stack: DeployedStack) -> Iterator[Finding]:
    """A finding for each rule that is not enabled, else one about what the rule for new datasets has done."""
    disabled = []
    for prefix, subject in SUBJECTS.items():
        for rule in stack.resources("AWS::Events::Rule", prefix):
            name = rule.physical_id.rsplit("|", 1)[-1]  # CloudFormation has BUS|NAME for a rule of another bus
            if stack.client("events").describe_rule(Name=name)["State"] == "DISABLED":
                disabled.append(prefix)
                yield _disabled(prefix, subject, name)
            elif prefix == TRIGGER:
                yield judge_invocations(_count_invocations(stack, name))
    if "Watch" not in disabled:
        yield good(f"The rule for {SUBJECTS['Watch']} is enabled.")


def judge_invocations(invocations: int) -> Finding:
    """What the rule for new datasets has done within DAYS days."""
    enabled = f"The rule for {SUBJECTS[TRIGGER]} is enabled."
    if invocations:
        return good(f"{enabled} Events that it has passed on in {DAYS} days: {invocations}.")
    return note(
        f"{enabled} It has passed on no event in {DAYS} days. If somebody created a dataset meanwhile, its event did "
        "not arrive: see the trail."
    )


def _disabled(prefix: str, subject: str, name: str) -> Finding:
    if prefix == TRIGGER:
        return wrong(
            f"The rule for {subject} is disabled: no event starts an execution. Deploy without --context "
            f"trigger=off, or "
            f"enable the rule {name}."
        )
    return wrong(f"The rule for {subject} is disabled: nobody is notified of them. Enable the rule {name}.")


def _count_invocations(stack: DeployedStack, rule: str) -> int:
    """`Invocations` of "Monitoring Amazon EventBridge", Amazon EventBridge User Guide."""
    now = datetime.now(UTC)
    points = stack.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/Events",
        MetricName="Invocations",
        Dimensions=[{"Name": "RuleName", "Value": rule}],
        StartTime=now - timedelta(days=DAYS),
        EndTime=now + timedelta(minutes=1),
        Period=DAY_SECONDS,
        Statistics=["Sum"],
    )["Datapoints"]
    return int(sum(point["Sum"] for point in points))
