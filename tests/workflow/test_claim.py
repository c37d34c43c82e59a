"""Of all executions that look at a pair, at most one goes on, and the others are quiet."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from lambdas.rules.pair import Dataset
from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.executions import (
    ADVICE,
    Executions,
    Subscriber,
    change_definition,
    pair_without_execution,
    read_records,
    wait_until,
)
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


@pytest.fixture
def history(local_aws: LocalAws, stack: dict[str, str], project: str) -> Any:
    """The records of the project, as a query finds them: for each pair the latest, then the earlier ones."""
    return lambda: read_records(local_aws, stack["RecordsTable"], project.split("/")[1])


@pytest.fixture
def record(history: Any) -> Any:
    """The latest record, where the project has but one pair."""
    return lambda: next(iter(history()), {})


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


@pytest.mark.assumes("distribute_after_failed_update")
def test_an_owner_that_failed_is_taken_over_at_once_and_stays_in_the_history(
    bench: Workbench, project: str, executions: Executions, record: Any, history: Any
) -> None:
    training = bench.create(project, "TRAIN", images(1))
    executions.wait_until_ended_for(training)
    failed = executions.wait_until_ended_for(bench.create(project, "TEST"))
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
    assert executions.wait_until_ended(owner).status == "ABORTED"
    successor = executions.begin({"ProjectArn": project})
    bench.finish()
    execution = executions.wait_until_ended(successor)
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
    executions.wait_until_claimed(record, owner)
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
    assert executions.wait_until_ended(owner, times=2).output["Outcome"] == "DISTRIBUTED"
    assert (record()["Execution"], record()["Outcome"]) == (owner, "DISTRIBUTED")
    assert [told.outcome for told in subscriber.receive_all()] == ["ABORTED", "DISTRIBUTED"]


def test_an_owner_that_is_redriven_too_late_stands_aside(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, record: Any
) -> None:
    owner = abort_owner(bench, project, executions, record)
    bench.finish()
    successor = executions.run({"ProjectArn": project})
    executions.redrive(owner)
    late = executions.wait_until_ended(owner, times=2)
    assert (successor.output["Outcome"], late.output["Outcome"]) == ("DISTRIBUTED", "ALREADY_DISTRIBUTED")
    assert record()["Execution"] == successor.arn
    assert [told.outcome for told in subscriber.receive_all()] == ["ABORTED", "DISTRIBUTED"]


ASKED = ["Start distribution", "Wait before checking", "Check distribution", "Distribution finished?"]


def abort_in(state: str, bench: Workbench, project: str, executions: Executions) -> str:
    """An execution that was aborted in that state or right after, before any outcome."""
    pair_without_execution(bench, project, executions)
    bench.aws.configure(distribution_seconds=60)
    owner = executions.begin({"ProjectArn": project})
    executions.wait_until_entered(owner, state, times=1)
    executions.abort(owner)
    assert executions.wait_until_ended(owner).status == "ABORTED"
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
    assert [told.outcome for told in subscriber.receive_all()] == ["ABORTED", "DISTRIBUTED"]
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
    with change_definition(local_aws, stack["StateMachineArn"], fail_at_once):
        failed = executions.run({"ProjectArn": project})
    assert (failed.status, failed.error) == ("FAILED", "E")
    assert executions.run({"ProjectArn": project}).output["Outcome"] == "DISTRIBUTED"
    assert [told.outcome for told in subscriber.receive_all()] == ["ABORTED", "FAILED", "DISTRIBUTED"]


@pytest.mark.parametrize("state", ASKED)
def test_an_owner_that_is_redriven_while_it_distributes_tells_the_truth(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, record: Any, state: str
) -> None:
    owner = abort_in(state, bench, project, executions)
    executions.redrive(owner)
    assert executions.wait_until_ended(owner, times=2).output["Outcome"] == "DISTRIBUTED"
    assert [told.outcome for told in subscriber.receive_all()] == ["ABORTED", "DISTRIBUTED"]
    assert (record()["Execution"], record()["Outcome"]) == (owner, "DISTRIBUTED")


@pytest.mark.parametrize("state", ASKED)
def test_an_owner_that_is_redriven_after_it_was_taken_over_says_nothing(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, record: Any, state: str
) -> None:
    owner = abort_in(state, bench, project, executions)
    successor = executions.begin({"ProjectArn": project})
    executions.wait_until_claimed(record, successor)
    executions.redrive(owner)
    outcomes = [executions.wait_until_ended(successor), executions.wait_until_ended(owner, times=2)]
    assert outcomes[0].output["Outcome"] == "DISTRIBUTED"
    assert outcomes[1].output["Outcome"] in ("SKIPPED", "ALREADY_DISTRIBUTED")
    assert [told.outcome for told in subscriber.receive_all()] == ["ABORTED", "DISTRIBUTED"]


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
    assert [told.outcome for told in subscriber.receive_all()] == [*aborted, "DISTRIBUTED"]
