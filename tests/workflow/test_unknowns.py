"""The workflow is correct under every plausible answer to a question that AWS does not document."""

import json
from collections.abc import Iterator

import pytest

from local.aws import LocalAws
from local.custom_labels.settings import Settings
from local.faults.fault import Fault
from tests.campaign.answers import LAG, Answer, answers_to, named, plausible
from tests.support.deadlines import shorten_deadlines
from tests.support.executions import Executions, Subscriber
from tests.support.unique import unique
from tests.support.workbench import Workbench, images

ENTRIES = 10
# Settings with a test of their own below.
TESTED_SEPARATELY = {
    "test_not_empty",
    "size_refusal",
    "distribute_while_updating",
    "distribute_after_failed_update",
    "distribution_reads_images",
    "unknown_project_names",
    "create_while_deleting",
    "unreadable_manifest",
    "update_empty_while_creating",
    *(name for name in Settings.model_fields if name.startswith("list_")),
}
GENERAL_ANSWERS = [answer for answer in plausible() if not TESTED_SEPARATELY & answer.keys()]


def parametrize_answers(answers: list[Answer]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("answer", [pytest.param(each, id=named(each)) for each in answers])


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    """Everything takes the time that the settings say, by a clock that waits move on."""
    bench.aws.configure(**Settings().model_dump())
    bench.aws.follow_waits(True)
    return bench


@pytest.fixture(scope="module", autouse=True)
def _short_deadlines(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[None]:
    """A wrong workflow may poll until its deadline, so the deadline is short."""
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


def begin_pair(bench: Workbench, entries: int) -> str:
    """The ARN of a new project whose two datasets are being created. Both creations send events."""
    project = new_project(bench)
    bench.begin(project, "TRAIN", images(entries))
    bench.begin(project, "TEST")
    return project


def receive_outcomes(subscriber: Subscriber) -> list[str]:
    """The outcomes that the subscriber was notified of since the last call."""
    subjects = [notification.subject.partition(":")[0] for notification in subscriber.receive_all()]
    return [subject for subject in subjects if subject in ("DISTRIBUTED", "FAILED")]


def list_distributions(bench: Workbench, project: str) -> list[tuple[str, int]]:
    """The status and the number of moved entries of each distribution of the project's present datasets."""
    state = bench.aws.internal_state()
    arns = {dataset["arn"] for dataset in state["projects"][project]}
    return [(each["status"], each["moved"]) for each in state["distributions"] if arns & set(each["datasets"])]


def assert_entries(bench: Workbench, project: str, entries: int, moved: int) -> None:
    datasets = {each["type"]: each["source_refs"] for each in bench.aws.internal_state()["projects"][project]}
    assert sorted(datasets["TRAIN"] + datasets["TEST"]) == sorted(f"s3://images/rusty-{n}.jpg" for n in range(entries))
    assert len(datasets["TEST"]) == moved


@parametrize_answers(GENERAL_ANSWERS)
def test_a_success_and_a_failure_notify_once_each(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    bench.aws.configure(**answer)
    good, bad = begin_pair(bench, ENTRIES), begin_pair(bench, 1)
    ended = {project: executions.wait_for_all(project.split("/")[1], count=2) for project in (good, bad)}
    assert sorted(each.ending for each in ended[good]) in (
        ["DISTRIBUTED", "SKIPPED"],
        ["ALREADY_DISTRIBUTED", "DISTRIBUTED"],
    )
    assert sorted(each.ending for each in ended[bad]) == ["DistributionFailed", "SKIPPED"]
    assert [status for status, _ in list_distributions(bench, good)] == ["UPDATE_COMPLETE"]
    assert list_distributions(bench, bad) == [("UPDATE_FAILED", 0)]
    ((_, moved),) = list_distributions(bench, good)
    assert_entries(bench, good, ENTRIES, moved)
    assert_entries(bench, bad, 1, 0)
    success, failure = f"DISTRIBUTED: {good.split('/')[1]}", f"FAILED: {bad.split('/')[1]}"
    messages = {notification.subject.split(" (")[0]: notification.message for notification in subscriber.receive_all()}
    assert messages.keys() == {success, failure}
    assert f"{moved} of {ENTRIES} entries (20%) are in the test dataset now, " in messages[success]


LOST_ANSWER = Fault("rekognition:DistributeDatasetEntries", error="InternalServerError", after=True)
LATE_STATUSES = [{**answer, "stale_status_seconds": LAG} for answer in answers_to("stale_datasets", "late_dataset")]


@parametrize_answers([*answers_to("distribute_while_updating", "size_refusal", "test_not_empty"), *LATE_STATUSES])
def test_the_error_of_a_second_call_hides_no_success(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    """The answer to the first call is lost, and no poll shows yet that Rekognition accepted it."""
    while_updating = "distribute_while_updating" in answer
    bench.aws.configure(distribution_seconds=LAG if while_updating else 0, **{"stale_status_seconds": LAG, **answer})
    bench.aws.inject(LOST_ANSWER)
    project = begin_pair(bench, ENTRIES)
    assert "DISTRIBUTED" in [each.ending for each in executions.wait_for_all(project, count=2)]
    assert bench.aws.match_counts() == [1]
    assert_entries(bench, project, ENTRIES, 2)
    assert receive_outcomes(subscriber) == ["DISTRIBUTED"]


@parametrize_answers(answers_to("distribute_after_failed_update"))
def test_a_corrected_pair_is_distributed_or_the_failure_is_notified(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    """An update corrects the training dataset. The test dataset stays UPDATE_FAILED."""
    bench.aws.configure(**answer)
    project = begin_pair(bench, 1)
    assert "DistributionFailed" in [each.ending for each in executions.wait_for_all(project, count=2)]
    training = bench.aws.internal_state()["projects"][project][0]["arn"]
    bench.update(training, *images(ENTRIES))
    execution = executions.run({"ProjectArn": project})
    code = answer["distribute_after_failed_update"]
    assert execution.ending == ("DISTRIBUTED" if code == "accept" else code)
    assert receive_outcomes(subscriber) == ["FAILED", "DISTRIBUTED" if execution.output else "FAILED"]


@parametrize_answers([{"distribution_reads_images": True}])
def test_a_missing_permission_sends_one_notification(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    bench.aws.configure(**answer)
    project = begin_pair(bench, ENTRIES)
    assert sorted(each.ending for each in executions.wait_for_all(project, count=2)) == [
        "AccessDeniedException",
        "SKIPPED",
    ]
    assert list_distributions(bench, project) == []
    assert receive_outcomes(subscriber) == ["FAILED"]


@pytest.fixture
def _allow_image_reads(local_aws: LocalAws, stack: dict[str, str]) -> Iterator[None]:  # noqa: ARG001 - it deploys
    """Grants the function the permission of the setting without a deployment, for the test only."""
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


@pytest.mark.usefixtures("_allow_image_reads")
def test_the_permission_to_read_images_allows_the_distribution(bench: Workbench, executions: Executions) -> None:
    bench.aws.configure(distribution_reads_images=True)
    assert "DISTRIBUTED" in [each.ending for each in executions.wait_for_all(begin_pair(bench, ENTRIES), count=2)]


def prepare_situation(bench: Workbench, situation: str) -> str:
    """The ARN of a new project whose training dataset is in the situation that a `list_…` setting names."""
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


@parametrize_answers(answers_to(*sorted(name for name in TESTED_SEPARATELY if name.startswith("list_"))))
def test_a_dry_run_reports_with_and_without_labels(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    bench.aws.configure(**answer)
    ((setting, code),) = answer.items()
    execution = executions.run({"ProjectArn": prepare_situation(bench, setting.removeprefix("list_")), "DryRun": True})
    assert execution.ending == "DRY_RUN"
    labels = execution.output["DryRun"]["Labels"]
    assert (labels is None) == (code != "accept")
    assert subscriber.receive_all() == []


@parametrize_answers(answers_to("unknown_project_names"))
def test_a_deleted_project_fails_only_for_a_person(
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
    assert executions.run(event).ending == "SKIPPED"
    assert receive_outcomes(subscriber) == []
    assert executions.run({"ProjectArn": project}).error in ("ProjectNotFound", *answer.values())
    assert receive_outcomes(subscriber) == ["FAILED"]


@parametrize_answers([{"create_while_deleting": "accept", **order} for order in answers_to("dataset_order")])
def test_a_new_dataset_replaces_one_that_is_being_deleted(
    bench: Workbench, executions: Executions, answer: Answer
) -> None:
    """The deletion of the old dataset takes an hour."""
    bench.aws.configure(**answer, event_copies=0, deletion_seconds=3600)
    project = begin_pair(bench, ENTRIES)
    bench.finish()
    old = bench.aws.internal_state()["projects"][project][1]["arn"]
    bench.rekognition.delete_dataset(DatasetArn=old)
    bench.aws.configure(event_copies=1)
    new = bench.begin(project, "TEST")
    execution = executions.wait_until_ended_for(new)
    assert execution.ending == "DISTRIBUTED"
    assert execution.output["After"]["Test"]["Arn"] == new


@parametrize_answers(answers_to("update_empty_while_creating"))
def test_a_dataset_filled_at_once_is_distributed_for_a_person(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    bench.aws.configure(**answer, event_copies=0)
    project = new_project(bench)
    training = bench.begin(project, "TRAIN")
    try:
        bench.update(training, *images(ENTRIES))
    except bench.rekognition.exceptions.ResourceInUseException:
        bench.finish()
        bench.update(training, *images(ENTRIES))
    bench.begin(project, "TEST")
    assert executions.run({"ProjectArn": project}).ending == "DISTRIBUTED"
    assert_entries(bench, project, ENTRIES, 2)
    assert receive_outcomes(subscriber) == ["DISTRIBUTED"]


@parametrize_answers([{"max_test_images_per_label": 1}])
def test_a_distribution_beyond_the_test_limit_notifies_its_failure(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    bench.aws.configure(**answer)
    project = begin_pair(bench, ENTRIES)
    assert sorted(each.ending for each in executions.wait_for_all(project, count=2)) == [
        "DistributionFailed",
        "SKIPPED",
    ]
    assert list_distributions(bench, project) == [("UPDATE_FAILED", 0)]
    assert_entries(bench, project, ENTRIES, 0)
    assert receive_outcomes(subscriber) == ["FAILED"]


@parametrize_answers(answers_to("unreadable_manifest"))
def test_an_unreadable_manifest_notifies_once_if_a_dataset_exists(
    bench: Workbench, executions: Executions, subscriber: Subscriber, answer: Answer
) -> None:
    bench.aws.configure(**answer)
    project = new_project(bench)
    nowhere = {"GroundTruthManifest": {"S3Object": {"Bucket": bench.bucket, "Name": "nowhere.manifest"}}}
    try:
        bench.rekognition.create_dataset(ProjectArn=project, DatasetType="TRAIN", DatasetSource=nowhere)
        expected, notified = ["DatasetCreationFailed", "SKIPPED"], ["FAILED"]
    except bench.rekognition.exceptions.InvalidS3ObjectException:
        expected, notified = ["SKIPPED"], []
    bench.begin(project, "TEST")
    assert sorted(each.ending for each in executions.wait_for_all(project, count=len(expected))) == expected
    assert receive_outcomes(subscriber) == notified
