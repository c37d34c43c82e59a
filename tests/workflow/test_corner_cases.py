"""Stories in which everything comes together: each ends, in the truth, and is told."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.deadlines import shorten_deadlines
from tests.support.executions import Execution, Executions, Subscriber, only, read_records, wait_until
from tests.support.workbench import Workbench, images

FOR_EVER = 0  # times
DISTRIBUTE = "rekognition:DistributeDatasetEntries"
NOTIFYING = ("Notify people", "Notify in plain words")
HOLD = 1.0  # seconds of real time, in which an execution is aborted


@pytest.fixture(autouse=True)
def _deadlines_of_an_hour(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[None]:
    with shorten_deadlines(local_aws, stack):
        yield


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    """By a clock that waits move on. No event starts anything."""
    bench.aws.configure(event_copies=0, creation_seconds=0, update_seconds=0, distribution_seconds=5)
    return bench


@pytest.fixture
def records(local_aws: LocalAws, stack: dict[str, str], project: str) -> Callable[[], list[dict[str, str]]]:
    return lambda: read_records(local_aws, stack["RecordsTable"], project.split("/")[1])


def outcome(execution: Execution) -> str:
    return str((execution.output or {}).get("Outcome") or execution.error)


def moved(aws: LocalAws) -> list[int]:
    taken: list[dict[str, Any]] = aws.truth()["distributions"]
    return [each["moved"] for each in taken]


def aborted_in(state: str, aws: LocalAws, project: str, executions: Executions, *, after: bool = True) -> str:
    """An execution that was stopped while the state's task took its time, `after` its effect or before."""
    aws.inject(Fault(f"state:{state}", seconds=HOLD, after=after))
    arn = executions.begin({"ProjectArn": project})
    wait_until(lambda: aws.struck() == [1])
    executions.abort(arn)
    assert executions.wait_until_ended(arn).status == "ABORTED"
    aws.inject()
    return arn


@pytest.mark.parametrize(("stale", "late"), [(0, 200), (90, 0), (90, 200)])
@pytest.mark.assumes("stale_status_seconds", "stats_late_seconds")
def test_what_lags_behind_a_long_distribution_is_waited_for(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, stale: int, late: int
) -> None:
    bench.aws.configure(distribution_seconds=1200, stats_late_seconds=late, stale_status_seconds=stale)
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    assert outcome(executions.run({"ProjectArn": project})) == "DISTRIBUTED"
    assert only(subscriber.receive_all()).outcome == "DISTRIBUTED"


def test_one_old_read_does_not_outweigh_what_was_seen_before(
    bench: Workbench, project: str, executions: Executions
) -> None:
    bench.aws.configure(distribution_seconds=1200)
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    old = Fault("rekognition:DescribeDataset", show={"Status": "CREATE_COMPLETE"}, skip=50, times=2)
    bench.aws.inject(old)
    assert outcome(executions.run({"ProjectArn": project})) == "DISTRIBUTED"
    assert bench.aws.struck() == [2]


def test_the_limit_of_the_account_is_waited_for_and_then_told(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    bench.aws.inject(Fault(DISTRIBUTE, error="LimitExceededException", times=FOR_EVER))
    execution = executions.run({"ProjectArn": project})
    assert outcome(execution) == "LimitExceededException"
    assert 4 < execution.states.count("Start distribution") < 10
    assert only(subscriber.receive_all()).outcome == "FAILED"
    bench.aws.inject()
    assert outcome(executions.run({"ProjectArn": project})) == "DISTRIBUTED"


def test_whoever_lost_the_pair_asks_rekognition_for_nothing_when_it_is_redriven(
    bench: Workbench, project: str, executions: Executions
) -> None:
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    owner = aborted_in("Start distribution", bench.aws, project, executions, after=False)
    wait_until(lambda: moved(bench.aws) == [2])  # nobody waits for what was started
    bench.aws.inject(*(Fault(f"state:{s}", error="SNS.NotFoundException", times=FOR_EVER) for s in NOTIFYING))
    assert outcome(executions.run({"ProjectArn": project})) == "SNS.NotFoundException"
    executions.redrive(owner)
    assert outcome(executions.wait_until_ended(owner, times=2)) == "ALREADY_DISTRIBUTED"
    assert moved(bench.aws) == [2]


def test_whoever_was_taken_over_by_one_that_failed_takes_over_in_turn(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, records: Any
) -> None:
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    owner = aborted_in("Claim pair", bench.aws, project, executions)
    bench.aws.inject(Fault(DISTRIBUTE, error="AccessDeniedException", times=FOR_EVER))
    assert outcome(executions.run({"ProjectArn": project})) == "AccessDeniedException"
    bench.aws.inject()
    executions.redrive(owner)
    redriven = executions.wait_until_ended(owner, times=2)
    assert outcome(redriven) == "DISTRIBUTED"
    assert redriven.takeovers == 1
    assert sorted(told.outcome for told in subscriber.receive_all()) == ["ABORTED", "DISTRIBUTED", "FAILED"]
    assert records()[0]["Outcome"] == "DISTRIBUTED"
    assert outcome(executions.run({"ProjectArn": project})) == "ALREADY_DISTRIBUTED"


def test_whoever_lost_the_pair_and_cannot_ask_who_has_it_fails_once(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    owner = aborted_in("Check distribution", bench.aws, project, executions)
    assert outcome(executions.run({"ProjectArn": project})) == "DISTRIBUTED"
    subscriber.receive_all()
    bench.aws.inject(Fault("state:Claim pair", error="States.Timeout", times=FOR_EVER))
    executions.redrive(owner)
    assert outcome(executions.wait_until_ended(owner, times=2)) == "States.Timeout"
    assert only(subscriber.receive_all()).outcome == "FAILED"


def test_a_record_that_somebody_deleted_is_written_anew(
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    stack: dict[str, str],
    records: Any,
) -> None:
    _, test = bench.pair(project, images(10))
    execution = executions.begin({"ProjectArn": project})
    executions.wait_until_entered(execution, "Check distribution", times=1)
    key = {"ProjectName": {"S": project.split("/")[1]}, "TestDatasetArn": {"S": test}}
    bench.aws.client("dynamodb").delete_item(TableName=stack["RecordsTable"], Key=key)
    bench.finish()
    assert outcome(executions.wait_until_ended(execution)) == "DISTRIBUTED"
    assert [record["Outcome"] for record in records()] == ["DISTRIBUTED"]
    assert only(subscriber.receive_all()).outcome == "DISTRIBUTED"


def test_a_pair_that_failed_unseen_and_was_mended_is_distributed(
    bench: Workbench, project: str, executions: Executions
) -> None:
    """The test dataset was spared: both are UPDATE_COMPLETE since the start, and the test dataset is empty."""
    bench.aws.configure(failed_datasets="train")
    training, _ = bench.pair(project, images(1))
    bench.aws.follow_waits(True)
    aborted_in("Start distribution", bench.aws, project, executions)
    wait_until(lambda: moved(bench.aws) == [0])
    bench.finish()
    bench.update(training, *images(10))
    assert outcome(executions.run({"ProjectArn": project})) == "DISTRIBUTED"
    assert moved(bench.aws) == [0, 2]


def test_one_old_read_of_a_pair_taken_over_is_not_believed(
    bench: Workbench, project: str, executions: Executions
) -> None:
    bench.aws.configure(stale_status_seconds=90, stale_datasets="train", distribution_seconds=1)
    bench.pair(project, images(10))
    bench.aws.advance(200)
    bench.aws.follow_waits(True)
    aborted_in("Start distribution", bench.aws, project, executions)
    wait_until(lambda: moved(bench.aws) == [2])
    bench.aws.advance(3)
    assert outcome(executions.run({"ProjectArn": project})) == "DISTRIBUTED"


def test_a_claim_that_was_taken_over_unheard_leaves_the_history_it_should(
    bench: Workbench, project: str, executions: Executions, records: Any
) -> None:
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    owner = aborted_in("Start distribution", bench.aws, project, executions)
    bench.aws.inject(Fault("state:Claim pair", error="Lambda.Unknown", after=True))
    successor = executions.run({"ProjectArn": project})
    assert outcome(successor) == "DISTRIBUTED"
    found = [(record["Execution"], record["Outcome"]) for record in records()]
    assert found == [(successor.arn, "DISTRIBUTED"), (owner, "FAILED")]


def test_a_test_dataset_filled_from_another_training_dataset_is_not_this_ones(
    bench: Workbench, project: str, executions: Executions
) -> None:
    bench.aws.follow_waits(True)
    training, _ = bench.pair(project, images(10))
    assert outcome(executions.run({"ProjectArn": project})) == "DISTRIBUTED"
    bench.rekognition.delete_dataset(DatasetArn=training)
    bench.finish()
    bench.create(project, "TRAIN", images(10))
    assert outcome(executions.run({"ProjectArn": project})) == "TestDatasetNotEmpty"


def test_a_pair_that_changes_before_the_call_is_decided_upon_anew(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    """An old read is what Resolve datasets went by; Start distribution sees the edit, and asks for nothing."""
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    old = Fault("rekognition:DescribeDataset", show={"Status": "UPDATE_COMPLETE"}, dataset="train", times=1)
    bench.aws.inject(old)
    execution = executions.run({"ProjectArn": project})
    assert outcome(execution) == "DISTRIBUTED"
    assert execution.states.count("Start distribution") == 2
    assert execution.states.count("Check distribution") < 5
    assert moved(bench.aws) == [2]
    assert only(subscriber.receive_all()).outcome == "DISTRIBUTED"
