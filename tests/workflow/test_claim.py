"""At most one execution claims and distributes a pair. The others are skipped and send no notification."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.rules.pair import Dataset
from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.executions import Executions, Subscriber, pair_without_execution, wait_until
from tests.support.tally import ENDINGS, count
from tests.support.workbench import Workbench, images

RACES = 50


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    return bench


@pytest.mark.parametrize("race", range(RACES))
def test_one_of_two_racing_executions_distributes_and_notifies(
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    record_property: Callable[[str, object], None],
    race: int,
) -> None:
    training, test = pair_without_execution(bench, project, executions)
    arns = [executions.begin({"ProjectArn": project}) for _ in range(2)]
    outcomes = sorted(executions.wait_until_ended(arn).ending for arn in arns)
    for outcome in outcomes:
        count(record_property, ENDINGS, outcome, "races")
    count(record_property, "Races run, by the two outcomes", "races", " and ".join(outcomes))
    assert outcomes in (["DISTRIBUTED", "SKIPPED"], ["ALREADY_DISTRIBUTED", "DISTRIBUTED"]), race
    assert bench.total(training) + bench.total(test) == 10
    assert [each.outcome for each in subscriber.receive_all()] == ["DISTRIBUTED"]


@pytest.mark.parametrize("types", [("TRAIN", "TEST"), ("TEST", "TRAIN")])
def test_both_datasets_created_at_once_are_distributed_once(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, types: tuple[str, str]
) -> None:
    created = [bench.begin(project, type_, images(10) if type_ == "TRAIN" else None) for type_ in types]
    outcomes = [executions.wait_until_ended_for(arn).output["Outcome"] for arn in created]
    assert outcomes.count("DISTRIBUTED") == 1
    assert [each.outcome for each in subscriber.receive_all()] == ["DISTRIBUTED"]


def test_a_running_owner_is_never_taken_over(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, read_record: Any
) -> None:
    training, _ = pair_without_execution(bench, project, executions)
    bench.aws.configure(distribution_seconds=60)
    owner = executions.begin({"ProjectArn": project})
    wait_until(lambda: bench.status(training) == "UPDATE_IN_PROGRESS")
    second = executions.run({"ProjectArn": project})
    assert second.output["Outcome"] == "SKIPPED"
    assert owner in second.output["Reason"]
    assert subscriber.receive_all() == []
    assert read_record()["Execution"] == owner
    bench.finish()
    assert executions.wait_until_ended(owner).output["Outcome"] == "DISTRIBUTED"


def test_owner_that_step_functions_does_not_know_keeps_its_pair(
    bench: Workbench, project: str, executions: Executions, read_history: Any
) -> None:
    training, _ = pair_without_execution(bench, project, executions)
    bench.aws.configure(distribution_seconds=60)
    owner = executions.begin({"ProjectArn": project})
    wait_until(lambda: bench.status(training) == "UPDATE_IN_PROGRESS")
    bench.aws.inject(Fault("states:DescribeExecution", error="ExecutionDoesNotExist"))
    second = executions.run({"ProjectArn": project})
    assert bench.aws.match_counts() == [1]
    assert second.output["Outcome"] == "SKIPPED"
    assert owner in second.output["Reason"]
    bench.finish()
    assert executions.wait_until_ended(owner).output["Outcome"] == "DISTRIBUTED"
    assert [(each["Execution"], each["Outcome"]) for each in read_history()] == [(owner, "DISTRIBUTED")]


def test_repeated_events_notify_of_a_failure_once(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, read_record: Any
) -> None:
    bench.rekognition.tag_resource(ResourceArn=project, Tags={"auto-distribute": "true"})
    first = executions.wait_until_ended_for(bench.create(project, "TRAIN", images(1)))
    failed = executions.wait_until_ended_for(bench.create(project, "TEST"))
    assert failed.error == "DistributionFailed"
    again = [executions.run(execution.input) for execution in (first, failed)]
    assert [execution.output["Outcome"] for execution in again] == ["SKIPPED", "SKIPPED"]
    assert failed.arn in again[0].output["Reason"]
    assert len(subscriber.receive_all()) == 1
    assert read_record()["Execution"] == failed.arn


@pytest.mark.assumes("distribute_after_failed_update")
def test_a_recreated_training_dataset_is_distributed(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    bench.aws.configure(deletion_seconds=0)
    training = bench.create(project, "TRAIN", images(1))
    executions.wait_until_ended_for(training)
    assert executions.wait_until_ended_for(bench.create(project, "TEST")).status == "FAILED"
    bench.rekognition.delete_dataset(DatasetArn=training)
    corrected = executions.wait_until_ended_for(bench.create(project, "TRAIN", images(10)))
    assert corrected.output["Outcome"] == "DISTRIBUTED"
    assert [each.outcome for each in subscriber.receive_all()] == ["FAILED", "DISTRIBUTED"]


def test_a_failed_creation_sends_one_notification(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    bench.aws.configure(creation_seconds=60)
    first = bench.begin(project, "TRAIN", ["this is no manifest"])
    executions.wait_until_ended_for(first)
    waiting = executions.wait_until_running_for(bench.begin(project, "TEST"))
    executions.wait_until_entered(waiting, "Wait for datasets", times=1)
    bench.finish()
    failed = executions.wait_until_ended(waiting)
    assert (failed.error, failed.states[-1]) == ("DatasetCreationFailed", "Failed")
    late = executions.run(executions.wait_until_ended_for(first).input)
    assert late.output["Outcome"] == "SKIPPED"
    assert len(subscriber.receive_all()) == 1


@pytest.mark.assumes("stale_status_seconds", "stats_late_seconds")
def test_a_skipped_owner_releases_the_pair(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, read_record: Any
) -> None:
    training = bench.create(project, "TRAIN")
    executions.wait_until_ended_for(training)
    bench.aws.configure(creation_seconds=60)
    owner = executions.wait_until_running_for(bench.begin(project, "TEST"))
    executions.wait_until_claimed(read_record, owner)
    bench.finish()
    assert executions.wait_until_ended(owner).output["Outcome"] == "SKIPPED"
    assert (read_record()["Outcome"], read_record()["Execution"]) == ("SKIPPED", owner)
    assert subscriber.receive_all() == []
    bench.update(training, *images(10))
    assert executions.run({"ProjectArn": project}).output["Outcome"] == "DISTRIBUTED"


def test_an_owner_whose_test_dataset_is_deleted_releases_the_pair(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, read_record: Any
) -> None:
    bench.aws.configure(deletion_seconds=0)
    test = bench.create(project, "TEST")
    executions.wait_until_ended_for(test)
    bench.aws.configure(creation_seconds=60)
    owner = executions.wait_until_running_for(bench.begin(project, "TRAIN", images(10)))
    executions.wait_until_claimed(read_record, owner)
    bench.rekognition.delete_dataset(DatasetArn=test)
    assert executions.wait_until_ended(owner).output["Outcome"] == "SKIPPED"
    assert (read_record()["Outcome"], read_record()["TestDatasetArn"]) == ("SKIPPED", test)
    assert subscriber.receive_all() == []


def describe_as_state(bench: Workbench, arn: str) -> dict[str, Any]:
    return Dataset.from_description(arn, bench.describe(arn)).as_state()


def test_an_execution_skips_a_pair_that_its_owner_just_filled(
    local_aws: LocalAws,
    stack: dict[str, str],
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
) -> None:
    """A running execution owns the pair, the test dataset has entries, and the record has no outcome yet."""
    training, test = pair_without_execution(bench, project, executions)
    before = {name: describe_as_state(bench, arn) for name, arn in (("Training", training), ("Test", test))}
    bench.update(test, *images(2, "clean"))
    bench.aws.configure(creation_seconds=60)
    busy = bench.rekognition.create_project(ProjectName="busy")["ProjectArn"]
    executions.wait_until_ended_for(bench.begin(busy, "TRAIN", images(10)))
    owner = executions.wait_until_running_for(bench.begin(busy, "TEST"))
    claim = {"ProjectName": project.split("/")[1], "TestDatasetArn": test, "Execution": owner}
    claim |= {"ProjectArn": project, "TrainingDatasetArn": training, "StartedAt": "2026-11-23T10:00:00Z"}
    claim |= {"PairBefore": json.dumps(before)}
    local_aws.client("dynamodb").put_item(
        TableName=stack["RecordsTable"],
        Item={name: {"S": value} for name, value in claim.items()} | {"EntriesBefore": {"N": "10"}},
    )
    skipped = executions.run({"ProjectArn": project})
    assert skipped.output["Outcome"] == "SKIPPED"
    assert owner in skipped.output["Reason"]
    assert subscriber.receive_all() == []
    executions.abort(owner)
    local_aws.follow_waits(True)
    assert executions.run({"ProjectArn": project}).error == "TestDatasetNotEmpty"


@pytest.mark.assumes("stats_late_seconds")
def test_the_record_names_owner_times_counts_and_reason(
    bench: Workbench, project: str, executions: Executions, read_record: Any
) -> None:
    training, test = pair_without_execution(bench, project, executions)
    execution = executions.run({"ProjectArn": project})
    found = read_record()
    assert (found["TestDatasetArn"], found["TrainingDatasetArn"], found["ProjectArn"]) == (test, training, project)
    assert (found["Execution"], found["Outcome"]) == (execution.arn, "DISTRIBUTED")
    assert found["Reason"] == execution.output["Reason"]
    assert [found[count] for count in ("EntriesBefore", "TrainingEntries", "TestEntries")] == ["10", "8", "2"]
    assert found["StartedAt"] < found["EndedAt"]
