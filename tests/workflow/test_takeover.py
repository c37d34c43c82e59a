"""An execution takes over the pair of an owner that has ended."""

from typing import Any

import pytest

from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.executions import ADVICE, Executions, Subscriber, pair_without_execution, redefined
from tests.support.workbench import Workbench, images


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    return bench


@pytest.mark.assumes("distribute_after_failed_update")
def test_an_owner_that_failed_is_taken_over_at_once_and_stays_in_the_history(
    bench: Workbench, project: str, executions: Executions, record: Any, history: Any
) -> None:
    training = bench.create(project, "TRAIN", images(1))
    executions.started_by(training)
    failed = executions.started_by(bench.create(project, "TEST"))
    assert (record()["Execution"], record()["Outcome"]) == (failed.arn, "FAILED")
    bench.update(training, *images(10))
    execution = executions.run({"ProjectArn": project})
    assert execution.takeovers == 1
    assert execution.output["Outcome"] == "DISTRIBUTED"
    latest, earlier = history()
    assert (latest["Execution"], latest["Outcome"]) == (execution.arn, "DISTRIBUTED")
    assert (earlier["Execution"], earlier["Outcome"]) == (failed.arn, "FAILED")
    assert earlier["Reason"] == f"{failed.error}: {failed.cause.partition(ADVICE)[0]}"
    assert earlier["TestDatasetArn"] == f"{latest['TestDatasetArn']}#{earlier['StartedAt']}"
    assert earlier["StartedAt"] < earlier["EndedAt"] < latest["EndedAt"]


@pytest.mark.assumes("stats_late_seconds")
def test_an_owner_that_was_aborted_is_taken_over_at_once(
    bench: Workbench, project: str, executions: Executions, record: Any, history: Any
) -> None:
    owner = abort_owner(bench, project, executions, record)
    assert executions.ended(owner).status == "ABORTED"
    successor = executions.begin({"ProjectArn": project})
    bench.finish()
    execution = executions.ended(successor)
    assert execution.takeovers == 1
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert execution.output["After"]["Training"]["TotalEntries"] == 8
    _, earlier = history()
    assert (earlier["Execution"], earlier["Outcome"]) == (owner, "FAILED")
    assert earlier["Reason"] == "It ended without recording an outcome: ABORTED"


def abort_owner(bench: Workbench, project: str, executions: Executions, record: Any) -> str:
    """An execution that has claimed the pair, waits for an update to finish, and is aborted."""
    bench.aws.configure(update_seconds=60)
    pair_without_execution(bench, project, executions)
    owner = executions.begin({"ProjectArn": project})
    executions.claimed(record, owner)
    executions.abort(owner)
    return owner


def test_an_owner_that_is_redriven_keeps_its_pair(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, record: Any
) -> None:
    owner = abort_owner(bench, project, executions, record)
    executions.redrive(owner)
    second = executions.run({"ProjectArn": project})
    assert second.output["Outcome"] == "SKIPPED"
    assert owner in second.output["Reason"]
    bench.finish()
    assert executions.ended(owner, times=2).output["Outcome"] == "DISTRIBUTED"
    assert (record()["Execution"], record()["Outcome"]) == (owner, "DISTRIBUTED")
    assert [told.outcome for told in subscriber.received()] == ["ABORTED", "DISTRIBUTED"]


def test_an_owner_that_is_redriven_too_late_stands_aside(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, record: Any
) -> None:
    owner = abort_owner(bench, project, executions, record)
    bench.finish()
    successor = executions.run({"ProjectArn": project})
    executions.redrive(owner)
    late = executions.ended(owner, times=2)
    assert (successor.output["Outcome"], late.output["Outcome"]) == ("DISTRIBUTED", "ALREADY_DISTRIBUTED")
    assert record()["Execution"] == successor.arn
    assert [told.outcome for told in subscriber.received()] == ["ABORTED", "DISTRIBUTED"]


ASKED = ["Start distribution", "Wait before checking", "Check distribution", "Distribution finished?"]


def abort_in(state: str, bench: Workbench, project: str, executions: Executions) -> str:
    """An execution that was aborted in that state or right after, before any outcome."""
    pair_without_execution(bench, project, executions)
    bench.aws.configure(distribution_seconds=60)
    owner = executions.begin({"ProjectArn": project})
    executions.entered(owner, state, times=1)
    executions.abort(owner)
    assert executions.ended(owner).status == "ABORTED"
    bench.aws.follow_waits(True)  # nothing may show of what it asked for: that is waited for, look after look
    return owner


@pytest.mark.parametrize("state", ASKED)
def test_a_distribution_whose_owner_was_aborted_is_told_by_the_next(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, history: Any, state: str
) -> None:
    owner = abort_in(state, bench, project, executions)
    execution = executions.run({"ProjectArn": project})
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert execution.output["Before"]["Training"]["TotalEntries"] == 10
    assert [told.outcome for told in subscriber.received()] == ["ABORTED", "DISTRIBUTED"]
    assert [(r["Execution"], r["Outcome"]) for r in history()] == [(execution.arn, "DISTRIBUTED"), (owner, "FAILED")]


def test_an_owner_that_fails_as_soon_as_it_took_over_hands_on_what_was_asked(
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

    abort_in("Check distribution", bench, project, executions)
    with redefined(local_aws, stack["StateMachineArn"], fail_at_once):
        failed = executions.run({"ProjectArn": project})
    assert (failed.status, failed.error) == ("FAILED", "E")
    assert executions.run({"ProjectArn": project}).output["Outcome"] == "DISTRIBUTED"
    assert [told.outcome for told in subscriber.received()] == ["ABORTED", "FAILED", "DISTRIBUTED"]


@pytest.mark.parametrize("state", ASKED)
def test_an_owner_that_is_redriven_while_it_distributes_tells_the_truth(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, record: Any, state: str
) -> None:
    owner = abort_in(state, bench, project, executions)
    executions.redrive(owner)
    assert executions.ended(owner, times=2).output["Outcome"] == "DISTRIBUTED"
    assert [told.outcome for told in subscriber.received()] == ["ABORTED", "DISTRIBUTED"]
    assert (record()["Execution"], record()["Outcome"]) == (owner, "DISTRIBUTED")


@pytest.mark.parametrize("state", ASKED)
def test_an_owner_that_is_redriven_after_it_was_taken_over_says_nothing(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, record: Any, state: str
) -> None:
    owner = abort_in(state, bench, project, executions)
    successor = executions.begin({"ProjectArn": project})
    executions.claimed(record, successor)
    executions.redrive(owner)
    outcomes = [executions.ended(successor), executions.ended(owner, times=2)]
    assert outcomes[0].output["Outcome"] == "DISTRIBUTED"
    assert outcomes[1].output["Outcome"] in ("SKIPPED", "ALREADY_DISTRIBUTED")
    assert [told.outcome for told in subscriber.received()] == ["ABORTED", "DISTRIBUTED"]


TAKING_OVER = ["dynamodb:GetItem", "states:DescribeExecution", "dynamodb:TransactWriteItems"]
KILLED = [
    *((call, after, True) for call in TAKING_OVER for after in (False, True)),
    *(("dynamodb:UpdateItem", after, False) for after in (False, True)),
]


@pytest.mark.parametrize(("call", "after", "taken_over"), KILLED)
@pytest.mark.assumes("stats_late_seconds")
def test_a_claim_killed_at_any_of_its_calls_is_made_once(
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    record: Any,
    history: Any,
    call: str,
    after: bool,
    taken_over: bool,
) -> None:
    owner = abort_owner(bench, project, executions, record) if taken_over else ""
    if not taken_over:
        pair_without_execution(bench, project, executions)
    bench.finish()
    before_the_claim = 1 if call == "dynamodb:GetItem" else 0  # Resolve datasets reads the record, too
    bench.aws.inject(Fault(call, kill=True, after=after, skip=before_the_claim))
    execution = executions.run({"ProjectArn": project})
    assert bench.aws.struck() == [1]
    assert execution.output["Outcome"] == "DISTRIBUTED"
    earlier = [(owner, "FAILED")] if taken_over else []
    found = [(each["Execution"], each["Outcome"]) for each in history()]
    assert found == [(execution.arn, "DISTRIBUTED"), *earlier]
    aborted = ["ABORTED"] if taken_over else []
    assert [told.outcome for told in subscriber.received()] == [*aborted, "DISTRIBUTED"]
