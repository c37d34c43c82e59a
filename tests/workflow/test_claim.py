"""Of all executions that look at a pair, at most one goes on, and the others are quiet."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.rules.pair import Dataset
from local.aws import LocalAws
from tests.support.executions import Executions, Subscriber, pair_without_execution, until
from tests.support.tally import ENDINGS, count
from tests.support.workbench import Workbench, images

RACES = 50


def outcomes_of(executions: Executions, arns: list[str]) -> list[str]:
    ended = [executions.wait_until_ended(arn) for arn in arns]
    return sorted(execution.output["Outcome"] if execution.output else execution.cause for execution in ended)


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    return bench


@pytest.mark.parametrize("race", range(RACES))
def test_of_two_executions_that_race_one_distributes_and_the_other_is_quiet(
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    record_property: Callable[[str, object], None],
    race: int,
) -> None:
    training, test = pair_without_execution(bench, project, executions)
    begun = [executions.begin({"ProjectArn": project}) for _ in range(2)]
    outcomes = outcomes_of(executions, begun)
    for outcome in outcomes:
        count(record_property, ENDINGS, outcome, "races")
    count(record_property, "Races run, by what became of the two", "races", " and ".join(outcomes))
    assert outcomes in (["DISTRIBUTED", "SKIPPED"], ["ALREADY_DISTRIBUTED", "DISTRIBUTED"]), race
    assert bench.total(training) + bench.total(test) == 10
    assert [told.outcome for told in subscriber.receive_all()] == ["DISTRIBUTED"]


@pytest.mark.parametrize("types", [("TRAIN", "TEST"), ("TEST", "TRAIN")])
def test_both_datasets_created_at_once_are_distributed_once(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, types: tuple[str, str]
) -> None:
    created = [bench.begin(project, type_, images(10) if type_ == "TRAIN" else None) for type_ in types]
    outcomes = [executions.wait_until_ended_for(arn).output["Outcome"] for arn in created]
    assert outcomes.count("DISTRIBUTED") == 1
    assert [told.outcome for told in subscriber.receive_all()] == ["DISTRIBUTED"]


def test_an_owner_that_runs_is_never_pushed_aside(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, record: Any
) -> None:
    training, _ = pair_without_execution(bench, project, executions)
    bench.aws.configure(distribution_seconds=60)
    owner = executions.begin({"ProjectArn": project})
    wait_until(lambda: bench.status(training) == "UPDATE_IN_PROGRESS")
    second = executions.run({"ProjectArn": project})
    assert second.output["Outcome"] == "SKIPPED"
    assert owner in second.output["Reason"]
    assert subscriber.receive_all() == []
    assert record()["Execution"] == owner
    bench.finish()
    assert executions.wait_until_ended(owner).output["Outcome"] == "DISTRIBUTED"


def test_what_failed_is_told_once_however_often_the_events_come(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, record: Any
) -> None:
    bench.rekognition.tag_resource(ResourceArn=project, Tags={"auto-distribute": "true"})
    first = executions.wait_until_ended_for(bench.create(project, "TRAIN", images(1)))
    failed = executions.wait_until_ended_for(bench.create(project, "TEST"))
    assert failed.error == "DistributionFailed"
    again = [executions.run(execution.input) for execution in (first, failed)]
    assert [execution.output["Outcome"] for execution in again] == ["SKIPPED", "SKIPPED"]
    assert failed.arn in again[0].output["Reason"]
    assert len(subscriber.receive_all()) == 1
    assert record()["Execution"] == failed.arn


@pytest.mark.assumes("distribute_after_failed_update")
def test_a_training_dataset_created_anew_is_tried_again(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    bench.aws.configure(deletion_seconds=0)
    training = bench.create(project, "TRAIN", images(1))
    executions.wait_until_ended_for(training)
    assert executions.wait_until_ended_for(bench.create(project, "TEST")).status == "FAILED"
    bench.rekognition.delete_dataset(DatasetArn=training)
    mended = executions.wait_until_ended_for(bench.create(project, "TRAIN", images(10)))
    assert mended.output["Outcome"] == "DISTRIBUTED"
    assert [told.outcome for told in subscriber.receive_all()] == ["FAILED", "DISTRIBUTED"]


def test_a_creation_that_failed_is_told_once_to_whoever_waited_and_whoever_comes_late(
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
def test_an_owner_that_stands_aside_after_all_gives_the_pair_back(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, record: Any
) -> None:
    training = bench.create(project, "TRAIN")
    executions.wait_until_ended_for(training)
    bench.aws.configure(creation_seconds=60)
    owner = executions.wait_until_running_for(bench.begin(project, "TEST"))
    executions.wait_until_claimed(record, owner)
    bench.finish()
    assert executions.wait_until_ended(owner).output["Outcome"] == "SKIPPED"
    assert (record()["Outcome"], record()["Execution"]) == ("SKIPPED", owner)
    assert subscriber.receive_all() == []
    bench.update(training, *images(10))
    assert executions.run({"ProjectArn": project}).output["Outcome"] == "DISTRIBUTED"


def test_an_owner_whose_test_dataset_was_deleted_gives_the_pair_back(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, record: Any
) -> None:
    bench.aws.configure(deletion_seconds=0)
    test = bench.create(project, "TEST")
    executions.wait_until_ended_for(test)
    bench.aws.configure(creation_seconds=60)
    owner = executions.wait_until_running_for(bench.begin(project, "TRAIN", images(10)))
    executions.wait_until_claimed(record, owner)
    bench.rekognition.delete_dataset(DatasetArn=test)
    assert executions.wait_until_ended(owner).output["Outcome"] == "SKIPPED"
    assert (record()["Outcome"], record()["TestDatasetArn"]) == ("SKIPPED", test)
    assert subscriber.receive_all() == []


def as_state(bench: Workbench, arn: str) -> dict[str, Any]:
    return Dataset.from_description(arn, bench.describe(arn)).as_state()


def test_between_a_distribution_and_its_record_the_test_dataset_is_not_somebody_elses(
    local_aws: LocalAws,
    stack: dict[str, str],
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
) -> None:
    """Of the moment: an execution that runs has the pair, the test dataset is filled, and no outcome is recorded."""
    training, test = pair_without_execution(bench, project, executions)
    before = {name: as_state(bench, arn) for name, arn in (("Training", training), ("Test", test))}
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
    aside = executions.run({"ProjectArn": project})
    assert aside.output["Outcome"] == "SKIPPED"
    assert owner in aside.output["Reason"]
    assert subscriber.receive_all() == []
    executions.abort(owner)
    local_aws.follow_waits(True)
    assert executions.run({"ProjectArn": project}).error == "TestDatasetNotEmpty"


@pytest.mark.assumes("stats_late_seconds")
def test_the_record_says_who_when_what_and_why(
    bench: Workbench, project: str, executions: Executions, record: Any
) -> None:
    training, test = pair_without_execution(bench, project, executions)
    execution = executions.run({"ProjectArn": project})
    found = record()
    assert (found["TestDatasetArn"], found["TrainingDatasetArn"], found["ProjectArn"]) == (test, training, project)
    assert (found["Execution"], found["Outcome"]) == (execution.arn, "DISTRIBUTED")
    assert found["Reason"] == execution.output["Reason"]
    assert [found[count] for count in ("EntriesBefore", "TrainingEntries", "TestEntries")] == ["10", "8", "2"]
    assert found["StartedAt"] < found["EndedAt"]
