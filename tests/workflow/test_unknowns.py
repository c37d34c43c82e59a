"""The workflow is right whatever AWS answers to what it does not say."""

import json
from collections.abc import Iterator
from dataclasses import asdict, fields

import pytest

from local.aws import LocalAws
from local.custom_labels.settings import Settings
from local.faults.fault import Fault
from tests.campaign.answers import LAG, Answer, answers_to, named, plausible
from tests.support.deadlines import shorten_deadlines
from tests.support.executions import Execution, Executions, Subscriber
from tests.support.unique import unique
from tests.support.workbench import Workbench, images

ENTRIES = 10
# These have a test of their own, below.
APART = {
    "test_not_empty",
    "size_refusal",
    "distribute_while_updating",
    "distribute_after_failed_update",
    "distribution_reads_images",
    "unknown_project_names",
    "create_while_deleting",
    "unreadable_manifest",
    *(setting.name for setting in fields(Settings) if setting.name.startswith("list_")),
}
GENERAL = [answer for answer in plausible() if not APART & answer.keys()]


def answers(given: list[Answer]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("answer", [pytest.param(each, id=named(each)) for each in given])


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    """Everything takes the time that the settings say, by a clock that waits move on."""
    bench.aws.configure(**asdict(Settings()))
    bench.aws.follow_waits(True)
    return bench


@pytest.fixture(scope="module", autouse=True)
def _deadlines_of_an_hour(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[None]:
    """Where the workflow is wrong it may go round until its deadline."""
    with shorten_deadlines(local_aws, stack):
        yield


@pytest.fixture(autouse=True)
def _no_execution_outlives_its_test(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[None]:
    yield
    stepfunctions, arn = local_aws.client("stepfunctions"), stack["StateMachineArn"]
    for execution in stepfunctions.list_executions(stateMachineArn=arn, statusFilter="RUNNING")["executions"]:
        stepfunctions.stop_execution(executionArn=execution["executionArn"])


def new_project(bench: Workbench) -> str:
    arn: str = bench.rekognition.create_project(ProjectName=unique("p"))["ProjectArn"]
    return arn


def by_event(bench: Workbench, entries: int) -> str:
    """A new project, whose two datasets have just been created."""
    project = new_project(bench)
    bench.begin(project, "TRAIN", images(entries))
    bench.begin(project, "TEST")
    return project


def outcome(execution: Execution) -> str:
    return execution.output["Outcome"] if execution.output else execution.error


def told(subscriber: Subscriber) -> list[str]:
    """The outcomes that people were told since last asked."""
    subjects = [notification.subject.partition(":")[0] for notification in subscriber.receive_all()]
    return [subject for subject in subjects if subject in ("DISTRIBUTED", "FAILED")]


def accepted(bench: Workbench, project: str) -> list[tuple[str, int]]:
    """What the distributions of a project's present datasets come to, and how many entries each moves."""
    truth = bench.aws.truth()
    arns = {dataset["arn"] for dataset in truth["projects"][project]}
    return [(each["status"], each["moved"]) for each in truth["distributions"] if arns & set(each["datasets"])]


def assert_all_there(bench: Workbench, project: str, entries: int, moved: int) -> None:
    datasets = {each["type"]: each["source_refs"] for each in bench.aws.truth()["projects"][project]}
    assert sorted(datasets["TRAIN"] + datasets["TEST"]) == sorted(f"s3://images/rusty-{n}.jpg" for n in range(entries))
    assert len(datasets["TEST"]) == moved


@answers(GENERAL)
def test_the_truth_is_told_once_of_a_success_and_of_a_failure(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    bench.aws.configure(**answer)
    good, bad = by_event(bench, ENTRIES), by_event(bench, 1)
    ended = {project: executions.wait_for_all(project, count=2) for project in (good, bad)}
    assert sorted(map(outcome, ended[good])) in (["DISTRIBUTED", "SKIPPED"], ["ALREADY_DISTRIBUTED", "DISTRIBUTED"])
    assert sorted(map(outcome, ended[bad])) == ["DistributionFailed", "SKIPPED"]
    assert [status for status, _ in accepted(bench, good)] == ["UPDATE_COMPLETE"]
    assert accepted(bench, bad) == [("UPDATE_FAILED", 0)]
    ((_, moved),) = accepted(bench, good)
    assert_all_there(bench, good, ENTRIES, moved)
    assert_all_there(bench, bad, 1, 0)
    success, failure = f"DISTRIBUTED: {good.split('/')[1]}", f"FAILED: {bad.split('/')[1]}"
    messages = {notification.subject.split(" (")[0]: notification.message for notification in subscriber.receive_all()}
    assert messages.keys() == {success, failure}
    assert f"{moved} of {ENTRIES} entries (20%) are in the test dataset now, " in messages[success]


LOST = Fault("rekognition:DistributeDatasetEntries", error="InternalServerError", after=True)
SEEN_LATE = [{**answer, "stale_status_seconds": LAG} for answer in answers_to("stale_datasets", "late_dataset")]


@answers([*answers_to("distribute_while_updating", "size_refusal", "test_not_empty"), *SEEN_LATE])
def test_an_answer_to_a_second_call_hides_no_success(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    """The answer to the first call is lost, and no read shows yet that it was accepted."""
    running = "distribute_while_updating" in answer
    bench.aws.configure(distribution_seconds=LAG if running else 0, **{"stale_status_seconds": LAG, **answer})
    bench.aws.inject(LOST)
    project = by_event(bench, ENTRIES)
    assert "DISTRIBUTED" in map(outcome, executions.wait_for_all(project, count=2))
    assert bench.aws.struck() == [1]
    assert_all_there(bench, project, ENTRIES, 2)
    assert told(subscriber) == ["DISTRIBUTED"]


@answers(answers_to("distribute_after_failed_update"))
def test_a_pair_that_failed_and_was_mended_is_distributed_or_it_is_told_why_not(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    """The training dataset is mended by an update. The test dataset stays UPDATE_FAILED."""
    bench.aws.configure(**answer)
    project = by_event(bench, 1)
    assert "DistributionFailed" in map(outcome, executions.wait_for_all(project, count=2))
    training = bench.aws.truth()["projects"][project][0]["arn"]
    bench.update(training, *images(ENTRIES))
    execution = executions.run({"ProjectArn": project})
    code = answer["distribute_after_failed_update"]
    assert outcome(execution) == ("DISTRIBUTED" if code == "accept" else code)
    assert told(subscriber) == ["FAILED", "DISTRIBUTED" if execution.output else "FAILED"]


@answers([{"distribution_reads_images": True}])
def test_a_right_that_is_missing_is_told_once(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    bench.aws.configure(**answer)
    project = by_event(bench, ENTRIES)
    assert sorted(map(outcome, executions.wait_for_all(project, count=2))) == ["AccessDeniedException", "SKIPPED"]
    assert accepted(bench, project) == []
    assert told(subscriber) == ["FAILED"]


@pytest.fixture
def _images_may_be_read(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[None]:  # noqa: ARG001 - deployed by it
    """Deploys nothing: the function has the right that the setting gives it, and loses it again."""
    functions, iam = local_aws.client("lambda"), local_aws.client("iam")
    (role,) = [
        function["Role"].rpartition("/")[2]
        for page in functions.get_paginator("list_functions").paginate()
        for function in page["Functions"]
        if function["Handler"] == "lambdas.start_distribution.handler"
    ]
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::images/*"}
    iam.put_role_policy(RoleName=role, PolicyName="images", PolicyDocument=json.dumps({"Statement": [statement]}))
    yield
    iam.delete_role_policy(RoleName=role, PolicyName="images")


@pytest.mark.usefixtures("_images_may_be_read")
def test_with_the_right_to_read_the_images_they_are_distributed(bench: Workbench, executions: Executions) -> None:
    bench.aws.configure(distribution_reads_images=True)
    assert "DISTRIBUTED" in map(outcome, executions.wait_for_all(by_event(bench, ENTRIES), count=2))


def in_situation(bench: Workbench, situation: str) -> str:
    """A project whose training dataset is in that situation, of the settings' names."""
    content = ["this is no manifest"] if situation == "after_failed_creation" else images(ENTRIES)
    project = new_project(bench)
    bench.aws.configure(event_copies=0)
    training = bench.begin(project, "TRAIN", content)
    if situation != "while_creating":
        bench.finish()
    if situation in ("while_updating", "after_failed_update"):
        bench.update(training, "this is no JSON Line")
    if situation == "after_failed_update":
        bench.finish()
    if situation == "while_deleting":
        bench.rekognition.delete_dataset(DatasetArn=training)
    bench.begin(project, "TEST")
    return project


@answers(answers_to(*sorted(name for name in APART if name.startswith("list_"))))
def test_a_dry_run_reports_whether_labels_are_listed_or_not(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    bench.aws.configure(**answer)
    ((setting, code),) = answer.items()
    execution = executions.run({"ProjectArn": in_situation(bench, setting.removeprefix("list_")), "DryRun": True})
    assert outcome(execution) == "DRY_RUN"
    labels = execution.output["DryRun"]["Labels"]
    assert (labels is None) == (code != "accept")
    assert subscriber.receive_all() == []


@answers(answers_to("unknown_project_names"))
def test_a_project_that_is_gone_is_told_to_people_only(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    bench.aws.configure(**answer)
    project = new_project(bench)
    training = bench.create(project, "TRAIN", images(ENTRIES))
    event = executions.wait_until_ended_for(training).input
    bench.rekognition.delete_dataset(DatasetArn=training)
    bench.finish()
    bench.rekognition.delete_project(ProjectArn=project)
    bench.finish()
    assert outcome(executions.run(event)) == "SKIPPED"
    assert told(subscriber) == []
    assert executions.run({"ProjectArn": project}).error in ("ProjectNotFound", *answer.values())
    assert told(subscriber) == ["FAILED"]


@answers([{"create_while_deleting": "accept", **order} for order in answers_to("dataset_order")])
def test_a_dataset_beside_one_that_is_being_deleted_is_the_one_that_counts(
    bench: Workbench, executions: Executions, answer: Answer
) -> None:
    """The old one takes its time."""
    bench.aws.configure(**answer, event_copies=0, deletion_seconds=3600)
    project = by_event(bench, ENTRIES)
    bench.finish()
    old = bench.aws.truth()["projects"][project][1]["arn"]
    bench.rekognition.delete_dataset(DatasetArn=old)
    bench.aws.configure(event_copies=1)
    new = bench.begin(project, "TEST")
    execution = executions.wait_until_ended_for(new)
    assert outcome(execution) == "DISTRIBUTED"
    assert execution.output["After"]["Test"]["Arn"] == new


@answers(answers_to("unreadable_manifest"))
def test_a_manifest_that_cannot_be_read_is_told_once_if_it_made_a_dataset(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    bench.aws.configure(**answer)
    project = new_project(bench)
    nowhere = {"GroundTruthManifest": {"S3Object": {"Bucket": bench.bucket, "Name": "nowhere.manifest"}}}
    try:
        bench.rekognition.create_dataset(ProjectArn=project, DatasetType="TRAIN", DatasetSource=nowhere)
        expected, said = ["DatasetCreationFailed", "SKIPPED"], ["FAILED"]
    except bench.rekognition.exceptions.InvalidS3ObjectException:
        expected, said = ["SKIPPED"], []
    bench.begin(project, "TEST")
    assert sorted(map(outcome, executions.wait_for_all(project, count=len(expected)))) == expected
    assert told(subscriber) == said
