"""A dry run reports and changes nothing, and a distribution does what it predicts."""

from pathlib import Path

import pytest

from local.aws import ROOT
from tests.support.executions import ADVICE, Execution, Executions, Subscriber, pair_without_execution
from tests.support.workbench import Workbench, boxed, classified, images

DRY_RUN_STATES = ["Begin", "Resolve datasets", "Anything to do?", "Dry run"]
BROKEN = [line.replace('"confidence": 1, ', "") for line in images(10, first=10)]
BOXES = [boxed(f"{number}.jpg", "bolt") for number in range(2)]
# Lines about which AWS's guide contradicts itself, or says nothing.
DISPUTED = {
    "boxes with fractions": [line.replace('"left": 10', '"left": 10.5') for line in BOXES],
    "boxes without annotations": [line.replace('"annotations"', '"no annotations"') for line in BOXES],
    "a byte order mark": ["\ufeff" + images(1, first=20)[0]],
    "the multi-label type": [line.replace("classification", "classification-multilabel") for line in images(2, "wet")],
    "51 labels": [classified(f"many-{number}.jpg", *map(str, range(51))) for number in range(2)],
}
# The cases that end in a failure; each other one is distributed. Without the shared data there is none.
ERRORS = {
    **dict.fromkeys(("03", "04", "08", "15", "16b", "20", "23"), "DistributionFailed"),
    **dict.fromkeys(("11", "12", "13", "21", "24"), "DatasetCreationFailed"),
}
CASES = sorted((ROOT.parent / "shared" / "data" / "cases").glob("*.manifest"))


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


def assert_agree(dry_run: Execution, distribution: Execution, error: str | None) -> None:
    """The distribution fails with this error, or distributes if there is none, and the dry run says so with advice."""
    predicted = dry_run.output["Reason"].removesuffix(" Nothing was changed.")
    assert (distribution.error or None) == error, distribution
    if error is None:
        assert distribution.output["Outcome"] == "DISTRIBUTED"
        assert predicted.startswith("Every check passed; a distribution would move about ")
    else:
        would, _, cause = predicted.partition(f" fail with {error}: ")
        assert would in ("A distribution would", "A distribution would probably")
        assert cause.endswith(distribution.cause.partition(ADVICE)[2])


@pytest.mark.assumes("min_per_label")
@pytest.mark.parametrize(
    ("lines", "error"),
    [
        (images(10), None),
        pytest.param(images(2) + images(2, "clean"), None, marks=pytest.mark.assumes("at_least_one")),  # 20% is none
        (images(10) + BROKEN[:5], None),
        *((lines + images(10), None) for lines in DISPUTED.values()),
        (images(1), "DistributionFailed"),
        (images(10) + images(1, "rare"), "DistributionFailed"),
        ([boxed(f"{number}.jpg", "bolt", f"nut {number}") for number in range(4)], "DistributionFailed"),
        (BROKEN, "DistributionFailed"),
        ([*BROKEN, classified("plain.jpg")], "DistributionFailed"),
        ([classified(f"{number}.jpg") for number in range(10)], "DistributionFailed"),
        ([*images(10), classified("far.jpg", "rusty", bucket="elsewhere")], "DatasetCreationFailed"),
        ([classified(f"{number}.jpg", f"label {number % 251}") for number in range(502)], "DatasetCreationFailed"),
        (images(2) + ["no JSON"] * 8, "DatasetCreationFailed"),
    ],
    ids=[
        "enough images",
        "two images a label",
        "some entries with errors",
        *DISPUTED,
        "one image",
        "a label with one image",
        "boxes of labels with one image",
        "every entry with errors",
        "no usable label",
        "no label",
        "two buckets",
        "251 labels",
        "no JSON",
    ],
)
def test_a_distribution_ends_as_the_dry_run_predicts(
    bench: Workbench, project: str, executions: Executions, lines: list[str], error: str | None
) -> None:
    bench.aws.configure(event_copies=0)
    bench.pair(project, lines)
    dry_run = executions.run({"ProjectArn": project, "DryRun": True})
    assert_agree(dry_run, executions.run({"ProjectArn": project}), error)


@pytest.mark.assumes("min_per_label", "at_least_one", "stratify")
def test_a_dry_run_predicts_too_many_labels_of_an_existing_dataset(
    bench: Workbench, project: str, executions: Executions
) -> None:
    """One image of each of the 251 labels would move."""
    bench.aws.configure(event_copies=0, max_labels=251)
    bench.pair(project, [classified(f"{number}.jpg", f"label {number % 251}") for number in range(502)])
    bench.aws.configure(max_labels=250)
    dry_run = executions.run({"ProjectArn": project, "DryRun": True})
    assert_agree(dry_run, executions.run({"ProjectArn": project}), "DistributionFailed")


# The images of the cases are in buckets that the role of the functions may not read.
@pytest.mark.assumes("min_per_label", "float_boxes", "distribution_reads_images")
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_a_distribution_of_a_real_case_ends_as_predicted(
    bench: Workbench, project: str, executions: Executions, case: Path
) -> None:
    bench.aws.configure(event_copies=0)
    bench.begin(project, "TRAIN", case.read_bytes())
    bench.create(project, "TEST")
    dry_run = executions.run({"ProjectArn": project, "DryRun": True})
    distribution = executions.run({"ProjectArn": project})
    assert_agree(dry_run, distribution, ERRORS.get(case.stem.partition("-")[0]))
