"""What did the last executions come to?"""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from account.deployed_stack import DeployedStack
from account.doctor.finding import Finding, good, note

LAST = 20
SHOWN = 3  # failed executions by name


def check_executions(stack: DeployedStack) -> Iterator[Finding]:
    """One finding about the last executions, and one for each of the newest that failed."""
    states, machine = stack.client("stepfunctions"), stack.outputs["StateMachineArn"]
    listed = states.list_executions(stateMachineArn=machine, maxResults=LAST)["executions"]
    yield from judge([_read(states, each) for each in listed])


def judge(ended: list[tuple[str, str]]) -> Iterator[Finding]:
    """`ended`: name and outcome of each execution, the newest first; see outcome_of."""
    if not ended:
        yield note("No execution yet. Create a dataset, or start an execution for a project.")
        return
    counts = Counter(outcome for _, outcome in ended)
    came_to = ", ".join(f"{count} {outcome}" for outcome, count in counts.most_common())
    yield good(f"What the last executions came to: {came_to}.")
    failed = [(name, outcome) for name, outcome in ended if outcome.split(" ")[0] in ("FAILED", "TIMED_OUT", "ABORTED")]
    for name, outcome in failed[:SHOWN]:
        yield note(f"{name}: {outcome}. Its notification and docs/runbook.md say what to do.")


def outcome_of(described: dict[str, Any]) -> str:
    """The outcome of an execution as DescribeExecution has it: DISTRIBUTED, or `FAILED TestDatasetNotEmpty`."""
    if described["status"] == "SUCCEEDED":
        return str(json.loads(described["output"])["Outcome"])
    return " ".join(filter(None, (described["status"], described.get("error"))))


def _read(states: Any, listed: dict[str, Any]) -> tuple[str, str]:
    if listed["status"] == "RUNNING":
        return listed["name"], "RUNNING"
    return listed["name"], outcome_of(states.describe_execution(executionArn=listed["executionArn"]))
