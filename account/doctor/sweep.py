"""Is the schedule of the sweep enabled, and what did the last sweep come to?"""

import json
from collections.abc import Iterator
from typing import Any

from account.deployed_stack import DeployedStack
from account.doctor.finding import Finding, good, note, wrong


def check_sweep(stack: DeployedStack) -> Iterator[Finding]:
    """A finding about the schedule and one about the last sweep; only a note if the stack has no schedule."""
    schedules, groups = (stack.resources(f"AWS::Scheduler::{kind}") for kind in ("Schedule", "ScheduleGroup"))
    if not schedules:
        yield note("No schedule starts sweeps: the setting sweepHours is 0.")
        return
    name, group = schedules[0].physical_id, groups[0].physical_id
    found = stack.client("scheduler").get_schedule(Name=name, GroupName=group)
    yield judge_schedule(name, found["State"], found["ScheduleExpression"])
    states = stack.client("stepfunctions")
    listed = states.list_executions(stateMachineArn=stack.outputs["SweepStateMachineArn"], maxResults=1)["executions"]
    yield judge_last([states.describe_execution(executionArn=each["executionArn"]) for each in listed])


def judge_schedule(name: str, state: str, expression: str) -> Finding:
    """State and expression as EventBridge Scheduler has them: DISABLED, `rate(1 day)`."""
    if state == "DISABLED":
        return wrong(
            "The schedule is disabled: no sweep starts by itself. Deploy without --context trigger=off, or enable the "
            f"schedule {name}."
        )
    return good(f"The schedule is enabled: {expression}.")


def judge_last(sweeps: list[dict[str, Any]]) -> Finding:
    """`sweeps`: the last sweep as DescribeExecution has it, if there is one."""
    if not sweeps:
        return note("No sweep has run yet.")
    (last,) = sweeps
    said = f"The last sweep began on {last['startDate']:%Y-%m-%d at %H:%M %Z}"
    if last["status"] == "RUNNING":
        return note(f"{said} and is running.")
    if last["status"] == "SUCCEEDED":
        output = json.loads(last["output"])
        counted = f"{said}. Projects: {output['Projects']}. Executions started: {output['Started']}."
        if output["Missed"]:
            return note(f"{counted} An event should have started {output['Missed']} of them: see the trail.")
        return good(counted)
    ended = " ".join(filter(None, (last["status"], last.get("error"))))
    if last.get("error") == "InvalidInput":
        return note(f"{said}. A person gave it an input that is not accepted.")
    return wrong(f"{said} and ended as {ended}. Open its execution {last['name']}, and start a sweep.")
