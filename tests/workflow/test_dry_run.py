"""A dry run reports and changes nothing."""

import pytest

from tests.support.executions import Executions, Subscriber, pair_without_execution
from tests.support.workbench import Workbench, classified, images

DRY_RUN_STATES = ["Begin", "Resolve datasets", "Anything to do?", "Dry run"]


@pytest.fixture
def bench(bench: Workbench) -> Workbench:
    """The service finishes every change at once, unless a test sets a duration."""
    bench.aws.configure(creation_seconds=0, update_seconds=0, distribution_seconds=0)
    return bench


@pytest.mark.assumes("stale_status_seconds", "stats_late_seconds")
def test_a_dry_run_reports_and_changes_nothing(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    training, test = pair_without_execution(bench, project, executions)
    bench.update(training, *images(5, "clean"))
    execution = executions.run({"ProjectArn": project, "DryRun": True})
    assert execution.states == DRY_RUN_STATES
    assert execution.output["Outcome"] == "DRY_RUN"
    report = execution.output["DryRun"]
    assert all(check["Passed"] for check in report["Checks"])
    assert report["WouldMove"] == 3
    assert {label["LabelName"]: label["Training"] for label in report["Labels"]} == {
        name: stats["EntryCount"] for name, stats in bench.labels(training).items()
    }
    assert (bench.total(training), bench.total(test)) == (15, 0)
    assert subscriber.receive_all() == []


def test_a_dry_run_says_why_nothing_can_be_distributed(
    bench: Workbench, project: str, executions: Executions, subscriber: Subscriber
) -> None:
    bench.aws.configure(creation_seconds=60)
    executions.wait_until_ended_for(bench.begin(project, "TRAIN", images(10)))
    execution = executions.run({"ProjectArn": project, "DryRun": True})
    assert execution.states == DRY_RUN_STATES
    assert "would fail with DatasetMissing" in execution.output["Reason"]
    found = {check["Check"]: check["Found"] for check in execution.output["DryRun"]["Checks"]}
    assert found["Neither is being created or changed"] == "The training dataset is CREATE_IN_PROGRESS."
    assert subscriber.receive_all() == []


def test_a_dry_run_counts_250_labels(bench: Workbench, project: str, executions: Executions) -> None:
    lines = [classified(f"{number}.jpg", *(f"label {number * 50 + each}" for each in range(50))) for number in range(5)]
    executions.wait_until_ended_for(bench.create(project, "TRAIN", lines))
    execution = executions.run({"ProjectArn": project, "DryRun": True})
    assert len(execution.output["DryRun"]["Labels"]) == 250
