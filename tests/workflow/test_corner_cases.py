"""Rare combinations of faults and lags: each execution ends with the true outcome."""

from collections.abc import Iterator
from typing import Any

import pytest

from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.deadlines import shorten_deadlines
from tests.support.executions import Executions, Subscriber, only, wait_until
from tests.support.workbench import Workbench, images

ALWAYS = 0  # times: the fault has no limit
DISTRIBUTE = "rekognition:DistributeDatasetEntries"
NOTIFYING_STATES = ("Notify people", "Notify in plain words")
HOLD_SECONDS = 1.0  # real time that a task takes; the test aborts the execution within it


@pytest.fixture(autouse=True)
def _short_deadlines(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[None]:
    with shorten_deadlines(local_aws, stack):
        yield


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    """No event starts an execution."""
    bench.aws.configure(event_copies=0, creation_seconds=0, update_seconds=0, distribution_seconds=5)
    return bench


def count_moved_entries(aws: LocalAws) -> list[int]:
    """How many entries each distribution has moved."""
    distributions: list[dict[str, Any]] = aws.internal_state()["distributions"]
    return [each["moved"] for each in distributions]


def abort_in_task(state: str, aws: LocalAws, project: str, executions: Executions, *, after: bool = True) -> str:
    """The ARN of an execution that was aborted in the task of the state: `after` the task took effect, or before."""
    aws.inject(Fault(f"state:{state}", seconds=HOLD_SECONDS, after=after))
    arn = executions.begin({"ProjectArn": project})
    wait_until(lambda: aws.match_counts() == [1])
    executions.abort(arn)
    assert executions.wait_until_ended(arn).status == "ABORTED"
    aws.inject()
    return arn


@pytest.mark.parametrize(("stale", "late"), [(0, 200), (90, 0), (90, 200)])
@pytest.mark.assumes("stale_status_seconds", "stats_late_seconds")
def test_an_execution_waits_for_late_statuses_and_counts(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, stale: int, late: int
) -> None:
    bench.aws.configure(distribution_seconds=1200, stats_late_seconds=late, stale_status_seconds=stale)
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    assert executions.run({"ProjectArn": project}).ending == "DISTRIBUTED"
    assert only(subscriber.receive_all()).outcome == "DISTRIBUTED"


def test_one_stale_poll_does_not_outweigh_earlier_polls(bench: Workbench, project: str, executions: Executions) -> None:
    bench.aws.configure(distribution_seconds=1200)
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    stale = Fault("rekognition:DescribeDataset", show={"Status": "CREATE_COMPLETE"}, skip=50, times=2)
    bench.aws.inject(stale)
    assert executions.run({"ProjectArn": project}).ending == "DISTRIBUTED"
    assert bench.aws.match_counts() == [2]


def test_an_execution_retries_at_the_account_limit_then_fails(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    bench.aws.inject(Fault(DISTRIBUTE, error="LimitExceededException", times=ALWAYS))
    execution = executions.run({"ProjectArn": project})
    assert execution.ending == "LimitExceededException"
    assert 4 < execution.states.count("Start distribution") < 10
    assert only(subscriber.receive_all()).outcome == "FAILED"
    bench.aws.inject()
    assert executions.run({"ProjectArn": project}).ending == "DISTRIBUTED"


def test_a_redriven_execution_without_its_claim_distributes_nothing(
    bench: Workbench, project: str, executions: Executions
) -> None:
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    owner = abort_in_task("Start distribution", bench.aws, project, executions, after=False)
    wait_until(lambda: count_moved_entries(bench.aws) == [2])  # the call takes effect after the abort
    bench.aws.inject(*(Fault(f"state:{s}", error="SNS.NotFoundException", times=ALWAYS) for s in NOTIFYING_STATES))
    assert executions.run({"ProjectArn": project}).ending == "SNS.NotFoundException"
    executions.redrive(owner)
    assert executions.wait_until_ended(owner, times=2).ending == "ALREADY_DISTRIBUTED"
    assert count_moved_entries(bench.aws) == [2]


def test_a_redriven_owner_takes_over_its_failed_successor(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, read_history: Any
) -> None:
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    owner = abort_in_task("Claim pair", bench.aws, project, executions)
    bench.aws.inject(Fault(DISTRIBUTE, error="AccessDeniedException", times=ALWAYS))
    assert executions.run({"ProjectArn": project}).ending == "AccessDeniedException"
    bench.aws.inject()
    executions.redrive(owner)
    redriven = executions.wait_until_ended(owner, times=2)
    assert redriven.ending == "DISTRIBUTED"
    assert redriven.takeovers == 1
    assert sorted(each.outcome for each in subscriber.receive_all()) == ["ABORTED", "DISTRIBUTED", "FAILED"]
    assert read_history()[0]["Outcome"] == "DISTRIBUTED"
    assert executions.run({"ProjectArn": project}).ending == "ALREADY_DISTRIBUTED"


def test_a_redriven_owner_that_cannot_claim_notifies_once(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    owner = abort_in_task("Check distribution", bench.aws, project, executions)
    assert executions.run({"ProjectArn": project}).ending == "DISTRIBUTED"
    subscriber.receive_all()
    bench.aws.inject(Fault("state:Claim pair", error="States.Timeout", times=ALWAYS))
    executions.redrive(owner)
    assert executions.wait_until_ended(owner, times=2).ending == "States.Timeout"
    assert only(subscriber.receive_all()).outcome == "FAILED"


def test_a_deleted_record_is_written_again(
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    stack: dict[str, str],
    read_history: Any,
) -> None:
    _, test = bench.pair(project, images(10))
    execution = executions.begin({"ProjectArn": project})
    executions.wait_until_entered(execution, "Check distribution", times=1)
    key = {"ProjectName": {"S": project.split("/")[1]}, "TestDatasetArn": {"S": test}}
    bench.aws.client("dynamodb").delete_item(TableName=stack["RecordsTable"], Key=key)
    bench.finish()
    assert executions.wait_until_ended(execution).ending == "DISTRIBUTED"
    assert [record["Outcome"] for record in read_history()] == ["DISTRIBUTED"]
    assert only(subscriber.receive_all()).outcome == "DISTRIBUTED"


def test_a_pair_corrected_after_an_unseen_failure_is_distributed(
    bench: Workbench, project: str, executions: Executions
) -> None:
    """Only the training dataset fails. After its correction both are UPDATE_COMPLETE. The test dataset is empty."""
    bench.aws.configure(failed_datasets="train")
    training, _ = bench.pair(project, images(1))
    bench.aws.follow_waits(True)
    abort_in_task("Start distribution", bench.aws, project, executions)
    wait_until(lambda: count_moved_entries(bench.aws) == [0])
    bench.finish()
    bench.update(training, *images(10))
    assert executions.run({"ProjectArn": project}).ending == "DISTRIBUTED"
    assert count_moved_entries(bench.aws) == [0, 2]


def test_one_stale_poll_after_a_takeover_does_not_decide(
    bench: Workbench, project: str, executions: Executions
) -> None:
    bench.aws.configure(stale_status_seconds=90, stale_datasets="train", distribution_seconds=1)
    bench.pair(project, images(10))
    bench.aws.advance(200)
    bench.aws.follow_waits(True)
    abort_in_task("Start distribution", bench.aws, project, executions)
    wait_until(lambda: count_moved_entries(bench.aws) == [2])
    bench.aws.advance(3)
    assert executions.run({"ProjectArn": project}).ending == "DISTRIBUTED"


def test_a_takeover_whose_answer_is_lost_is_recorded_once(
    bench: Workbench, project: str, executions: Executions, read_history: Any
) -> None:
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    owner = abort_in_task("Start distribution", bench.aws, project, executions)
    bench.aws.inject(Fault("state:Claim pair", error="Lambda.Unknown", after=True))
    successor = executions.run({"ProjectArn": project})
    assert successor.ending == "DISTRIBUTED"
    found = [(record["Execution"], record["Outcome"]) for record in read_history()]
    assert found == [(successor.arn, "DISTRIBUTED"), (owner, "FAILED")]


def test_a_new_training_dataset_with_a_filled_test_dataset_fails(
    bench: Workbench, project: str, executions: Executions
) -> None:
    bench.aws.follow_waits(True)
    training, _ = bench.pair(project, images(10))
    assert executions.run({"ProjectArn": project}).ending == "DISTRIBUTED"
    bench.rekognition.delete_dataset(DatasetArn=training)
    bench.finish()
    bench.create(project, "TRAIN", images(10))
    assert executions.run({"ProjectArn": project}).ending == "TestDatasetNotEmpty"


def test_a_pair_changed_before_the_call_is_resolved_again(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    """Resolve datasets reads a stale status. Start distribution reads the true one and does not call Rekognition."""
    bench.aws.follow_waits(True)
    bench.pair(project, images(10))
    stale = Fault("rekognition:DescribeDataset", show={"Status": "UPDATE_COMPLETE"}, dataset="train", times=1)
    bench.aws.inject(stale)
    execution = executions.run({"ProjectArn": project})
    assert execution.ending == "DISTRIBUTED"
    assert execution.states.count("Start distribution") == 2
    assert execution.states.count("Check distribution") < 5
    assert count_moved_entries(bench.aws) == [2]
    assert only(subscriber.receive_all()).outcome == "DISTRIBUTED"


@pytest.mark.parametrize(("times", "outcome"), [(1, "DISTRIBUTED"), (ALWAYS, "ResourceNotFoundException")])
def test_dataset_deleted_between_two_reads_is_read_again(
    bench: Workbench, project: str, executions: Executions, times: int, outcome: str
) -> None:
    bench.pair(project, images(10))
    bench.aws.follow_waits(True)
    bench.aws.inject(Fault("rekognition:DescribeDataset", error="ResourceNotFoundException", times=times))
    assert executions.run({"ProjectArn": project}).ending == outcome


def test_tags_of_a_deleted_dataset_are_no_tags(bench: Workbench, project: str, executions: Executions) -> None:
    bench.pair(project, images(10))
    bench.aws.follow_waits(True)
    bench.aws.inject(Fault("rekognition:ListTagsForResource", error="ResourceNotFoundException", times=ALWAYS))
    event = {"detail": {"eventName": "CreateDataset", "requestParameters": {"projectArn": project}}}
    assert executions.run(event).ending == "DISTRIBUTED"
