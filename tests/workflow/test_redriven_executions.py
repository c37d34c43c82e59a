"""An execution aborted in any of its tasks and redriven ends in the truth: the task runs again, its effect standing."""

from typing import Any

import pytest

from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.executions import Executions, Subscriber, wait_until
from tests.support.workbench import Workbench
from tests.workflow.preparations import faults_before, way_to
from tools.docs.definition import render_definition

HOLD = 0.2  # seconds of real time, which the state takes in which the execution is aborted
TASKS = [name for name, state in render_definition()["States"].items() if state["Type"] == "Task"]
NOTIFYING = ("Notify people", "Notify in plain words")


@pytest.mark.parametrize("after", [False, True], ids=["before its effect", "after its effect"])
@pytest.mark.parametrize("state", TASKS)
def test_an_execution_aborted_in_a_task_and_redriven_ends_in_the_truth(
    local_aws: LocalAws,
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    state: str,
    after: bool,
) -> None:
    local_aws.configure(event_copies=0)
    local_aws.follow_waits(True)
    start = way_to(state)(bench, project, executions)
    subscriber.receive_all()
    local_aws.inject(Fault(f"state:{state}", seconds=HOLD, after=after), *faults_before(state))
    arn = start()
    wait_until(lambda: local_aws.struck()[0] == 1)
    executions.abort(arn)
    assert executions.wait_until_ended(arn).status == "ABORTED"
    executions.redrive(arn)
    execution = executions.wait_until_ended(arn, times=2)
    assert execution.output["Outcome"] == "DISTRIBUTED"
    told = [notification.outcome for notification in subscriber.receive_all() if arn in notification.message]
    assert told in wanted(state), execution.states
    assert distributions(local_aws) == 1


def wanted(state: str) -> list[list[str]]:
    """SNS knows no idempotency: who was aborted while it notified does so again."""
    once = ["ABORTED", "DISTRIBUTED"]
    if state in NOTIFYING:
        return [once, [*once, "DISTRIBUTED"], ["DISTRIBUTED", *once]]
    return [once[::-1] if state == "Notify chat" else once]


def distributions(aws: LocalAws) -> int:
    """How many have moved entries."""
    taken: list[dict[str, Any]] = aws.truth()["distributions"]
    return sum(bool(each["moved"]) for each in taken)
