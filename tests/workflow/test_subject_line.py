"""The subject line of an e-mail about a project with a long name."""

from typing import Any

import pytest

from local.aws import LocalAws
from local.faults.fault import Fault
from tests.support.executions import Executions, Subscriber, only
from tests.support.workbench import Workbench, images
from tests.workflow.pairs import create_pair_by_events


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    """The service finishes every change at once, unless a test sets a duration."""
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    return bench


def test_a_project_name_of_255_characters_fits_the_subject(
    bench: Workbench, rekognition: Any, executions: Executions, subscriber: Subscriber
) -> None:
    project = rekognition.create_project(ProjectName="p" * 255)["ProjectArn"]
    execution = create_pair_by_events(bench, project, executions, images(10))
    assert execution.output["Outcome"] == "DISTRIBUTED"
    bench.rekognition.delete_dataset(DatasetArn=execution.output["After"]["Test"]["Arn"])
    failure = executions.run({"ProjectArn": project})
    assert failure.error == "DatasetMissing"
    success, failed = (notification.subject for notification in subscriber.receive_all())
    assert success.startswith("DISTRIBUTED: ppp")
    assert failed == f"FAILED: {'p' * 45}... (DatasetMissing)"
    assert len(success) < 100


def test_a_long_name_leaves_the_error_in_the_subject(
    bench: Workbench, rekognition: Any, executions: Executions, subscriber: Subscriber
) -> None:
    project = rekognition.create_project(ProjectName="p" * 255)["ProjectArn"]
    create_pair_by_events(bench, project, executions, images(1))
    assert only(subscriber.receive_all()).subject == f"FAILED: {'p' * 45}... (DistributionFailed)"


def test_a_long_error_stays_whole_beside_a_long_name(
    local_aws: LocalAws, bench: Workbench, rekognition: Any, executions: Executions, subscriber: Subscriber
) -> None:
    error = "Lambda.ClientExecutionTimeoutException"
    project = rekognition.create_project(ProjectName="p" * 255)["ProjectArn"]
    bench.aws.configure(event_copies=0)
    bench.pair(project, images(10))
    local_aws.follow_waits(True)
    local_aws.inject(Fault("state:Claim pair", error=error, times=0))
    executions.run({"ProjectArn": project})
    subject = only(subscriber.receive_all()).subject
    assert subject == f"FAILED: {'p' * 45}... ({error})"
