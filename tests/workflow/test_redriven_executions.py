"""An execution that is aborted in a task and redriven runs the task again, whether or not the task took effect."""

from typing import Any

import pytest

from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.executions import Executions, Subscriber, wait_until
from tests.support.workbench import Workbench
from tests.workflow.preparations import choose_preparation, list_needed_faults
from tools.docs.template import render_definition

HOLD_SECONDS = 0.2  # real time that the task takes; the test aborts the execution within it
TASKS = [name for name, state in render_definition()["States"].items() if state["Type"] == "Task"]
NOTIFYING_STATES = ("Notify people", "Notify in plain words")


@pytest.mark.parametrize("after", [False, True], ids=["before its effect", "after its effect"])
@pytest.mark.parametrize("state", TASKS)
def test_an_execution_redriven_in_any_task_ends_distributed(
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
    start = choose_preparation(state)(bench, project, executions)
    subscriber.receive_all()
    local_aws.inject(Fault(f"state:{state}", seconds=HOLD_SECONDS, after=after), *list_needed_faults(state))
    arn = start()
    wait_until(lambda: local_aws.match_counts()[0] == 1)
    executions.abort(arn)
    assert executions.wait_until_ended(arn).status == "ABORTED"
    local_aws.wait_until_idle()  # people are notified of this ending before they are of the next one
    executions.redrive(arn)
    execution = executions.wait_until_ended(arn, times=2)
    assert execution.output["Outcome"] == "DISTRIBUTED"
    outcomes = [notification.outcome for notification in subscriber.receive_all() if arn in notification.message]
    assert outcomes in list_allowed_outcomes(state), execution.states
    assert count_distributions(local_aws) == 1


def list_allowed_outcomes(state: str) -> list[list[str]]:
    """The outcomes that subscribers may receive, in order.

    SNS accepts the same message twice: an execution that is aborted while it notifies sends the message again.
    """
    once = ["ABORTED", "DISTRIBUTED"]
    if state in NOTIFYING_STATES:
        return [once, [*once, "DISTRIBUTED"], ["DISTRIBUTED", *once]]
    return [once[::-1] if state == "Notify chat" else once]


def count_distributions(aws: LocalAws) -> int:
    """How many distributions have moved entries."""
    distributions: list[dict[str, Any]] = aws.internal_state()["distributions"]
    return sum(bool(each["moved"]) for each in distributions)
