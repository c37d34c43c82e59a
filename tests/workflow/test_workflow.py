"""Executions started by an event or a person succeed and fail on the local AWS."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from infra.functions import OF_WORKFLOW, construct_id_of
from local.aws import LocalAws
from local.custom_labels.settings import accepted_answers
from tests.support.executions import (
    Executions,
    Subscriber,
    assert_notified_of_failure,
    copy_state_machine,
    only,
    pair_without_execution,
    read_records,
    wait_until,
)
from tests.support.telemetry import FUNCTION_LOGS, read_log_lines
from tests.support.workbench import Workbench, images
from tests.workflow.pairs import create_pair_by_events

OUTCOMES_PAGE = Path(__file__).parents[2] / "docs" / "outcomes.md"
STATES_OF_A_SUCCESS = [
    "Begin",
    "Resolve datasets",
    "Anything to do?",
    "Claim pair",
    "Pair claimed?",
    "Start distribution",
    "Wait before checking",
    "Check distribution",
    "Distribution finished?",
    "Report outcome",
    "Send completion event",
    "Notify people",
    "Notify chat",
    "Success or failure?",
    "Distributed",
]


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    """The service finishes every change at once, unless a test sets a duration."""
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    return bench


def get_project_name(project: str) -> str:
    return project.split("/")[1]


@pytest.mark.assumes("late_dataset", "stale_status_seconds", "stats_late_seconds")
def test_creating_both_datasets_distributes_them_once(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    training = bench.create(project, "TRAIN", images(20, "rusty") + images(10, "clean"))
    skipped = executions.wait_until_ended_for(training)
    assert (skipped.status, skipped.output["Outcome"]) == ("SUCCEEDED", "SKIPPED")
    assert subscriber.receive_all() == []

    test = bench.create(project, "TEST")
    execution = executions.wait_until_ended_for(test)

    assert execution.states == STATES_OF_A_SUCCESS
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert (bench.total(training), bench.total(test)) == (24, 6)
    notification = only(subscriber.receive_all())
    assert notification.subject == f"DISTRIBUTED: {get_project_name(project)}"
    assert "6 of 30 entries (20%) are in the test dataset now" in notification.message
    assert execution.arn in notification.message


@pytest.mark.parametrize("casing", accepted_answers("request_key_casing"))
def test_an_event_is_read_in_either_casing(bench: Workbench, project: str, executions: Executions, casing: str) -> None:
    bench.aws.configure(request_key_casing=casing, response_key_casing=casing if casing != "absent" else "pascal")
    assert create_pair_by_events(bench, project, executions, images(10)).output["Outcome"] == "DISTRIBUTED"


@pytest.mark.parametrize("form", ["ProjectArn", "ProjectName", "Datasets"])
def test_each_form_of_input_distributes(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, form: str
) -> None:
    bench.aws.configure(distribution_seconds=0)
    training, test = pair_without_execution(bench, project, executions)
    given = {
        "ProjectArn": {"ProjectArn": project},
        "ProjectName": {"ProjectName": get_project_name(project)},
        "Datasets": {"Datasets": [{"Arn": training}, {"Arn": test}]},
    }[form]
    execution = executions.run(given)
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert execution.output["Before"]["Training"]["TotalEntries"] == 10
    assert execution.output["After"]["Test"] == {
        **execution.output["After"]["Test"],
        "Arn": test,
        "Status": "UPDATE_COMPLETE",
        "TotalEntries": bench.total(test),
    }
    assert only(subscriber.receive_all()).subject == f"DISTRIBUTED: {get_project_name(project)}"


@pytest.mark.parametrize(
    ("tagged", "value", "edited", "outcome"),
    [
        ("project", "false", False, "SKIPPED"),
        ("training", "false", False, "SKIPPED"),
        (None, "", True, "SKIPPED"),
        ("project", "true", True, "DISTRIBUTED"),
    ],
)
@pytest.mark.assumes("stale_status_seconds")
def test_tags_override_the_decision_for_an_event(
    bench: Workbench, project: str, executions: Executions, tagged: str | None, value: str, edited: bool, outcome: str
) -> None:
    training = bench.create(project, "TRAIN", images(10))
    executions.wait_until_ended_for(training)
    if tagged:
        arn = project if tagged == "project" else training
        bench.rekognition.tag_resource(ResourceArn=arn, Tags={"auto-distribute": value})
    if edited:
        bench.update(training, *images(10, "clean"))
    execution = executions.wait_until_ended_for(bench.create(project, "TEST"))
    assert execution.output["Outcome"] == outcome


@pytest.mark.assumes("stale_status_seconds")
def test_an_execution_polls_until_the_distribution_has_finished(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    training, _ = pair_without_execution(bench, project, executions)
    bench.aws.configure(distribution_seconds=60)
    arn = executions.begin({"ProjectArn": project})
    executions.wait_until_entered(arn, "Check distribution", times=2)
    assert bench.status(training) == "UPDATE_IN_PROGRESS"
    assert subscriber.receive_all() == []
    bench.finish()
    execution = executions.wait_until_ended(arn)
    assert execution.output["Outcome"] == "DISTRIBUTED"
    assert execution.states.count("Start distribution") == 1
    assert only(subscriber.receive_all()).subject.startswith("DISTRIBUTED: ")


def test_an_execution_waits_for_datasets_that_are_being_created(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    executions.wait_until_ended_for(bench.create(project, "TRAIN", images(10)))
    bench.aws.configure(creation_seconds=60)
    test = bench.begin(project, "TEST")
    arn = executions.wait_until_running_for(test)
    executions.wait_until_entered(arn, "Wait for datasets", times=1)
    assert bench.status(test) == "CREATE_IN_PROGRESS"
    bench.finish()
    assert executions.wait_until_ended(arn).output["Outcome"] == "DISTRIBUTED"
    assert only(subscriber.receive_all()).subject.startswith("DISTRIBUTED: ")


def test_a_failed_distribution_reports_the_message_of_rekognition(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    execution = create_pair_by_events(bench, project, executions, images(1))
    assert "The manifest file doesn't have enough labeled images to distribute the dataset." in execution.cause
    assert_notified_of_failure(execution, subscriber, "DistributionFailed")


def test_a_failed_creation_fails_the_execution(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    execution = create_pair_by_events(bench, project, executions, ["this is no manifest"])
    assert "could not create the training dataset" in execution.cause
    assert_notified_of_failure(execution, subscriber, "DatasetCreationFailed")


@pytest.mark.parametrize(
    ("state", "duration", "error", "text"),
    [
        ("Resolve datasets", "update_seconds", "CreationTimedOut", "UPDATE_IN_PROGRESS"),
        ("Check distribution", "distribution_seconds", "DistributionTimedOut", "may still be distributing it"),
    ],
)
def test_an_execution_fails_after_its_deadline(
    local_aws: LocalAws,
    stack: dict[str, str],
    bench: Workbench,
    project: str,
    executions: Executions,
    subscriber: Subscriber,
    state: str,
    duration: str,
    error: str,
    text: str,
) -> None:
    bench.aws.configure(**{duration: 60})
    pair_without_execution(bench, project, executions)

    def pass_deadline(states: dict[str, Any]) -> None:
        states[state]["Arguments"]["Payload"]["DeadlineSeconds"] = -1

    late_machine = copy_state_machine(local_aws, stack["StateMachineArn"], pass_deadline)
    execution = executions.wait_until_ended(executions.begin({"ProjectArn": project}, state_machine_arn=late_machine))
    assert text in execution.cause
    assert_notified_of_failure(execution, subscriber, error)
    (record,) = read_records(local_aws, stack["RecordsTable"], get_project_name(project))
    assert (record["Outcome"], record["Execution"]) == ("FAILED", execution.arn)


@pytest.mark.parametrize("recreated", [False, True])
def test_an_event_of_a_deleted_project_is_skipped(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber, recreated: bool
) -> None:
    bench.aws.configure(deletion_seconds=0)
    training = bench.create(project, "TRAIN")
    event = executions.wait_until_ended_for(training).input
    bench.rekognition.delete_dataset(DatasetArn=training)
    bench.rekognition.delete_project(ProjectArn=project)
    if recreated:
        bench.rekognition.create_project(ProjectName=get_project_name(project))
    late = executions.run(event)
    assert late.output["Outcome"] == "SKIPPED"
    assert subscriber.receive_all() == []


def test_a_start_by_a_person_without_test_dataset_fails(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    training = bench.create(project, "TRAIN", images(10))
    executions.wait_until_ended_for(training)
    assert_notified_of_failure(executions.run({"ProjectArn": project}), subscriber, "DatasetMissing")


def test_a_second_start_by_a_person_is_already_distributed(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    create_pair_by_events(bench, project, executions, images(10))
    only(subscriber.receive_all())
    execution = executions.run({"ProjectArn": project})
    assert execution.output["Outcome"] == "ALREADY_DISTRIBUTED"
    assert subscriber.receive_all() == []


@pytest.mark.assumes("stale_status_seconds", "stats_late_seconds")
def test_a_test_dataset_with_other_entries_fails(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    _, test = pair_without_execution(bench, project, executions)
    bench.update(test, *images(3, "clean"))
    assert_notified_of_failure(executions.run({"ProjectArn": project}), subscriber, "TestDatasetNotEmpty")


def read_example(heading: str) -> dict[str, Any]:
    """The JSON example of docs/outcomes.md under this heading, parsed."""
    section = OUTCOMES_PAGE.read_text().partition(f"## {heading}")[2].partition("```json")[2].partition("```")[0]
    example: dict[str, Any] = json.loads(section if section.startswith("\n{") else f"{{{section}}}")
    return example


def test_every_outcome_returns_the_same_output_members(bench: Workbench, project: str, executions: Executions) -> None:
    skipped = executions.wait_until_ended_for(bench.create(project, "TRAIN", images(10)))
    distributed = executions.wait_until_ended_for(bench.create(project, "TEST"))
    already, dry_run = (executions.run({"ProjectArn": project, "DryRun": dry}) for dry in (False, True))
    outcomes = [skipped, distributed, already, dry_run]
    assert [execution.output["Outcome"] for execution in outcomes] == [
        "SKIPPED",
        "DISTRIBUTED",
        "ALREADY_DISTRIBUTED",
        "DRY_RUN",
    ]
    shape = read_example("The output")
    assert {tuple(execution.output) for execution in outcomes} == {tuple(shape)}
    datasets = [dataset for o in outcomes for side in ("Before", "After") for dataset in o.output[side].values()]
    assert {tuple(dataset) for dataset in datasets if dataset} == {tuple(shape["Before"]["Training"])}
    report = read_example("A dry run")["DryRun"]
    assert dry_run.output["DryRun"].keys() == report.keys()
    assert [c["Check"] for c in dry_run.output["DryRun"]["Checks"]] == [c["Check"] for c in report["Checks"]]
    assert dry_run.output["DryRun"]["Labels"][0].keys() == report["Labels"][0].keys()
    assert [execution.output["StartedBy"] for execution in outcomes] == ["EVENT", "EVENT", "PERSON", "PERSON"]
    assert all(execution.output["Execution"] == execution.arn for execution in outcomes)


def test_a_failed_create_dataset_starts_no_execution(bench: Workbench, project: str, executions: Executions) -> None:
    training = bench.create(project, "TRAIN")
    executions.wait_until_ended_for(training)
    with pytest.raises(bench.rekognition.exceptions.ResourceAlreadyExistsException):
        bench.begin(project, "TRAIN")
    later = executions.run({"ProjectArn": project})
    assert later.error == "DatasetMissing"
    name = project.split("/")[1]  # which the ARN of the dataset has, too: an event may have no other
    assert executions.count_started(given=name) == 2


def test_logs_name_the_execution_and_the_project(
    local_aws: LocalAws, bench: Workbench, project: str, executions: Executions
) -> None:
    execution = create_pair_by_events(bench, project, executions, images(10))
    for name in OF_WORKFLOW:
        logged = wait_until(
            partial(read_log_lines, local_aws, f"{FUNCTION_LOGS}{construct_id_of(name)}", execution.arn)
        )
        records = [json.loads(line) for line in logged]
        assert {(record["execution"], record["project"]) for record in records} == {
            (execution.arn, get_project_name(project))
        }
