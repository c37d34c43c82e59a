"""Of all executions that look at a pair, at most one goes on, and the others are quiet."""

from typing import Any

import pytest

from local.aws import LocalAws
from tests.custom_labels import Workbench, images
from tests.executions import Executions, Subscriber, pair_without_execution

RACES = 50


def outcomes_of(executions: Executions, arns: list[str]) -> list[str]:
    ended = [executions.ended(arn) for arn in arns]
    return sorted(execution.output["Outcome"] if execution.output else execution.cause for execution in ended)


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    return bench


@pytest.fixture
def record(local_aws: LocalAws, stack: dict[str, str], project: str) -> Any:
    """The record of the project's pair, as a query by project finds it."""

    def query() -> dict[str, str]:
        found = local_aws.client("dynamodb").query(
            TableName=stack["RecordsTable"],
            KeyConditionExpression="ProjectName = :project",
            ExpressionAttributeValues={":project": {"S": project.split("/")[1]}},
        )["Items"]
        return {name: next(iter(value.values())) for item in found for name, value in item.items()}

    return query


@pytest.mark.parametrize("race", range(RACES))
def test_of_two_executions_that_race_one_distributes_and_the_other_is_quiet(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, race: int
) -> None:
    training, test = pair_without_execution(bench, project, executions)
    begun = [executions.begin({"ProjectArn": project}) for _ in range(2)]
    outcomes = outcomes_of(executions, begun)
    assert outcomes in (["DISTRIBUTED", "SKIPPED"], ["ALREADY_DISTRIBUTED", "DISTRIBUTED"]), race
    assert bench.total(training) + bench.total(test) == 10
    assert [told.subject.split(":")[0] for told in subscriber.received()] == ["DISTRIBUTED"]


@pytest.mark.parametrize("types", [("TRAIN", "TEST"), ("TEST", "TRAIN")])
def test_both_datasets_created_at_once_are_distributed_once(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, types: tuple[str, str]
) -> None:
    created = [bench.begin(project, type_, images(10) if type_ == "TRAIN" else None) for type_ in types]
    outcomes = [executions.started_by(arn).output["Outcome"] for arn in created]
    assert outcomes.count("DISTRIBUTED") == 1
    assert [told.subject.split(":")[0] for told in subscriber.received()] == ["DISTRIBUTED"]


def test_an_owner_that_runs_is_never_pushed_aside(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, record: Any
) -> None:
    training, _ = pair_without_execution(bench, project, executions)
    bench.aws.configure(distribution_seconds=60)
    owner = executions.begin({"ProjectArn": project})
    while bench.status(training) != "UPDATE_IN_PROGRESS":
        pass
    second = executions.run({"ProjectArn": project})
    assert second.output["Outcome"] == "SKIPPED"
    assert owner in second.output["Reason"]
    assert subscriber.received() == []
    assert record()["Execution"] == owner
    bench.finish()
    assert executions.ended(owner).output["Outcome"] == "DISTRIBUTED"


def test_an_owner_that_failed_is_taken_over_at_once(
    bench: Workbench, project: str, executions: Executions, record: Any
) -> None:
    training = bench.create(project, "TRAIN", images(1))
    executions.started_by(training)
    failed = executions.started_by(bench.create(project, "TEST"))
    assert (record()["Execution"], record()["Outcome"]) == (failed.arn, "FAILED")
    bench.update(training, *images(10))
    execution = executions.run({"ProjectArn": project})
    assert "Take over claim" in execution.states
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert (record()["Execution"], record()["Outcome"]) == (execution.arn, "DISTRIBUTED")


def test_an_owner_that_was_aborted_is_taken_over_at_once(
    bench: Workbench, project: str, executions: Executions, record: Any
) -> None:
    bench.aws.configure(update_seconds=60)
    training, _ = pair_without_execution(bench, project, executions)
    owner = executions.begin({"ProjectArn": project})
    executions.claimed(record, owner)
    executions.abort(owner)
    assert executions.ended(owner).status == "ABORTED"
    successor = executions.begin({"ProjectArn": project})
    bench.finish()
    execution = executions.ended(successor)
    assert "Take over claim" in execution.states
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert bench.total(training) == 8


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
    assert found["ClaimedAt"] < found["EndedAt"]
