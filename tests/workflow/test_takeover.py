"""An execution takes over the pair of an owner that has ended. A redriven owner keeps its pair or changes nothing."""

from typing import Any

import pytest

from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.executions import ADVICE, Executions, Subscriber, change_definition, pair_without_execution
from tests.support.workbench import Workbench, images


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    return bench


@pytest.mark.assumes("distribute_after_failed_update")
def test_a_failed_owner_is_taken_over_and_stays_recorded(
    bench: Workbench, project: str, executions: Executions, read_record: Any, read_history: Any
) -> None:
    training = bench.create(project, "TRAIN", images(1))
    executions.wait_until_ended_for(training)
    failed = executions.wait_until_ended_for(bench.create(project, "TEST"))
    assert (read_record()["Execution"], read_record()["Outcome"]) == (failed.arn, "FAILED")
    bench.update(training, *images(10))
    execution = executions.run({"ProjectArn": project})
    assert execution.takeovers == 1
    assert execution.output["Outcome"] == "DISTRIBUTED"
    latest, earlier = read_history()
    assert (latest["Execution"], latest["Outcome"]) == (execution.arn, "DISTRIBUTED")
    assert (earlier["Execution"], earlier["Outcome"]) == (failed.arn, "FAILED")
    assert earlier["Reason"] == f"{failed.error}: {failed.cause.partition(ADVICE)[0]}"
    assert earlier["TestDatasetArn"] == f"{latest['TestDatasetArn']}#{earlier['StartedAt']}"
    assert earlier["StartedAt"] < earlier["EndedAt"] < latest["EndedAt"]


@pytest.mark.assumes("stats_late_seconds")
def test_an_aborted_owner_is_taken_over_at_once(
    bench: Workbench, project: str, executions: Executions, read_record: Any, read_history: Any
) -> None:
    owner = abort_waiting_owner(bench, project, executions, read_record)
    assert executions.wait_until_ended(owner).status == "ABORTED"
    successor = executions.begin({"ProjectArn": project})
    bench.finish()
    execution = executions.wait_until_ended(successor)
    assert execution.takeovers == 1
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert execution.output["After"]["Training"]["TotalEntries"] == 8
    _, earlier = read_history()
    assert (earlier["Execution"], earlier["Outcome"]) == (owner, "FAILED")
    assert earlier["Reason"] == "It ended without recording an outcome: ABORTED"


def abort_waiting_owner(bench: Workbench, project: str, executions: Executions, read_record: Any) -> str:
    """The ARN of an aborted execution. It had claimed the pair and waited for an update to finish."""
    bench.aws.configure(update_seconds=60)
    pair_without_execution(bench, project, executions)
    owner = executions.begin({"ProjectArn": project})
    executions.wait_until_claimed(read_record, owner)
    executions.abort(owner)
    bench.aws.wait_until_idle()  # people are notified of this ending before they are of the next one
    return owner


def test_a_redriven_owner_keeps_its_pair(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, read_record: Any
) -> None:
    owner = abort_waiting_owner(bench, project, executions, read_record)
    executions.wait_until_ended(owner)
    executions.redrive(owner)
    second = executions.run({"ProjectArn": project})
    assert second.output["Outcome"] == "SKIPPED"
    assert owner in second.output["Reason"]
    bench.finish()
    assert executions.wait_until_ended(owner, times=2).output["Outcome"] == "DISTRIBUTED"
    assert (read_record()["Execution"], read_record()["Outcome"]) == (owner, "DISTRIBUTED")
    assert [each.outcome for each in subscriber.receive_all()] == ["ABORTED", "DISTRIBUTED"]


def test_an_owner_redriven_after_a_takeover_changes_nothing(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, read_record: Any
) -> None:
    owner = abort_waiting_owner(bench, project, executions, read_record)
    bench.finish()
    successor = executions.run({"ProjectArn": project})
    executions.redrive(owner)
    late = executions.wait_until_ended(owner, times=2)
    assert (successor.output["Outcome"], late.output["Outcome"]) == ("DISTRIBUTED", "ALREADY_DISTRIBUTED")
    assert read_record()["Execution"] == successor.arn
    assert [each.outcome for each in subscriber.receive_all()] == ["ABORTED", "DISTRIBUTED"]


DISTRIBUTING_STATES = ["Start distribution", "Wait before checking", "Check distribution", "Distribution finished?"]


def abort_in_state(state: str, bench: Workbench, project: str, executions: Executions) -> str:
    """The ARN of an execution that was aborted in that state or right after it, before it had an outcome."""
    pair_without_execution(bench, project, executions)
    bench.aws.configure(distribution_seconds=60)
    owner = executions.begin({"ProjectArn": project})
    executions.wait_until_entered(owner, state, times=1)
    executions.abort(owner)
    assert executions.wait_until_ended(owner).status == "ABORTED"
    bench.aws.wait_until_idle()  # people are notified of this ending before they are of the next one
    bench.aws.follow_waits(True)  # at first the successor may see no effect of the request, and polls on
    return owner


@pytest.mark.parametrize("state", DISTRIBUTING_STATES)
def test_the_successor_of_an_aborted_owner_notifies_of_the_distribution(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, read_history: Any, state: str
) -> None:
    owner = abort_in_state(state, bench, project, executions)
    execution = executions.run({"ProjectArn": project})
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert execution.output["Before"]["Training"]["TotalEntries"] == 10
    assert [each.outcome for each in subscriber.receive_all()] == ["ABORTED", "DISTRIBUTED"]
    assert [(r["Execution"], r["Outcome"]) for r in read_history()] == [
        (execution.arn, "DISTRIBUTED"),
        (owner, "FAILED"),
    ]


def test_a_successor_that_fails_at_once_keeps_the_attempt(
    local_aws: LocalAws,
    stack: dict[str, str],
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
) -> None:
    def fail_at_once(states: dict[str, Any]) -> None:
        ending = {"Error": "E", "Cause": "C"}
        states["Fail at once"] = {"Type": "Pass", "Assign": {"ending": ending}, "Next": "Report outcome"}
        states["Pair claimed?"]["Default"] = "Fail at once"

    abort_in_state("Check distribution", bench, project, executions)
    with change_definition(local_aws, stack["StateMachineArn"], fail_at_once):
        failed = executions.run({"ProjectArn": project})
    assert (failed.status, failed.error) == ("FAILED", "E")
    assert executions.run({"ProjectArn": project}).output["Outcome"] == "DISTRIBUTED"
    assert [each.outcome for each in subscriber.receive_all()] == ["ABORTED", "FAILED", "DISTRIBUTED"]


@pytest.mark.parametrize("state", DISTRIBUTING_STATES)
def test_an_owner_redriven_while_distributing_notifies_of_the_distribution(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, read_record: Any, state: str
) -> None:
    owner = abort_in_state(state, bench, project, executions)
    executions.redrive(owner)
    assert executions.wait_until_ended(owner, times=2).output["Outcome"] == "DISTRIBUTED"
    assert [each.outcome for each in subscriber.receive_all()] == ["ABORTED", "DISTRIBUTED"]
    assert (read_record()["Execution"], read_record()["Outcome"]) == (owner, "DISTRIBUTED")


@pytest.mark.parametrize("state", DISTRIBUTING_STATES)
def test_an_owner_redriven_during_a_takeover_sends_no_notification(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, read_record: Any, state: str
) -> None:
    owner = abort_in_state(state, bench, project, executions)
    successor = executions.begin({"ProjectArn": project})
    executions.wait_until_claimed(read_record, successor)
    executions.redrive(owner)
    outcomes = [executions.wait_until_ended(successor), executions.wait_until_ended(owner, times=2)]
    assert outcomes[0].output["Outcome"] == "DISTRIBUTED"
    assert outcomes[1].output["Outcome"] in ("SKIPPED", "ALREADY_DISTRIBUTED")
    assert [each.outcome for each in subscriber.receive_all()] == ["ABORTED", "DISTRIBUTED"]


TAKEOVER_CALLS = ["dynamodb:GetItem", "states:DescribeExecution", "dynamodb:TransactWriteItems"]
KILLED_CALLS = [
    *((call, after, True) for call in TAKEOVER_CALLS for after in (False, True)),
    *(("dynamodb:UpdateItem", after, False) for after in (False, True)),
]


@pytest.mark.parametrize(("call", "after", "taken_over"), KILLED_CALLS)
@pytest.mark.assumes("stats_late_seconds")
def test_a_claim_killed_at_any_call_is_made_once(
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    read_record: Any,
    read_history: Any,
    call: str,
    after: bool,
    taken_over: bool,
) -> None:
    owner = abort_waiting_owner(bench, project, executions, read_record) if taken_over else ""
    if not taken_over:
        pair_without_execution(bench, project, executions)
    bench.finish()
    earlier_calls = 1 if call == "dynamodb:GetItem" else 0  # Resolve datasets also reads the record
    bench.aws.inject(Fault(call, kill=True, after=after, skip=earlier_calls))
    execution = executions.run({"ProjectArn": project})
    assert bench.aws.match_counts() == [1]
    assert execution.output["Outcome"] == "DISTRIBUTED"
    earlier = [(owner, "FAILED")] if taken_over else []
    found = [(each["Execution"], each["Outcome"]) for each in read_history()]
    assert found == [(execution.arn, "DISTRIBUTED"), *earlier]
    aborted = ["ABORTED"] if taken_over else []
    assert [each.outcome for each in subscriber.receive_all()] == [*aborted, "DISTRIBUTED"]
