"""The report of a dry run."""

import json
from dataclasses import replace
from typing import Any

import pytest

from lambdas.rules.decision import Action, Decision
from lambdas.rules.dry_run import report_dry_run
from lambdas.rules.pair import NO_RECORD, Pair, Record
from tests.unit.rules.test_decision import EMPTY, FULL, NO_TEST, NOT_EMPTY, READY, dataset, pair

CHECKS = (
    BOTH_EXIST,
    BOTH_CREATED,
    NO_CHANGE,
    TEST_EMPTY,
    TRAINING_FULL,
    LABELED,
    SEVERAL_IMAGES,
    FEW_LABELS,
) = (
    "The project has both datasets",
    "Rekognition could create both",
    "Neither is being created or changed",
    "The test dataset is empty",
    "The training dataset has entries",
    "Some training entries have a label",
    "Every label has more than one image",
    "There are at most 250 labels",
)


def found(obstacles: dict[str, str]) -> list[dict[str, Any]]:
    """Every check in its order; a check with an obstacle has not passed."""
    return [{"Check": check, "Passed": check not in obstacles, "Found": obstacles.get(check, "")} for check in CHECKS]


def test_ready_pair_passes_every_check() -> None:
    decision, report = report_dry_run(READY, NO_RECORD, {"rusty": 200, "clean": 29}, {})
    assert decision == Decision(
        Action.DRY_RUN,
        "Every check passed; a distribution would move about 46 of 229 entries. Nothing was changed.",
    )
    assert report == {
        "Checks": found({}),
        "WouldMove": 46,
        "Labels": [
            {"LabelName": "clean", "Training": 29, "Test": 0, "WouldMove": 6},
            {"LabelName": "rusty", "Training": 200, "Test": 0, "WouldMove": 40},
        ],
        "LabelsOmitted": 0,
    }


CREATING = "The test dataset is CREATE_IN_PROGRESS."
SEVERAL_BUCKETS = "The manifest file contains images from multiple S3 buckets."
NOT_CREATED = f"Rekognition could not create the training dataset of project p: {SEVERAL_BUCKETS}"
CORRECT_MANIFEST = (
    "Correct the manifest: all its images must be in one bucket. Copy the others into that bucket, and change their "
    "source-ref. Then delete the dataset and create it again. If that distributes nothing, start a new execution "
    "yourself."
)
TOO_FEW = (
    "Rekognition's message for that: The manifest file doesn't have enough labeled images to distribute the dataset."
)
TOO_MANY = "Rekognition's message for that: The manifest file has too many labels."
NONE_LABELED = f"No entry of the training dataset has a label. {TOO_FEW}"
UNKNOWN = "Rekognition does not list the labels of the training dataset now."
CORRECT = (
    "Call ListDatasetEntries with HasErrors to see what is wrong with each. Correct them with UpdateDatasetEntries."
)
START = "Then start a new execution yourself, because no event does."
ADD_IMAGES = (
    "The training dataset, or one of its labels, has too few labeled images. A dry run lists the labels, the one with "
    f"the fewest images first. Add labeled images. {START}"
)
UNCHECKED = dict.fromkeys(
    (LABELED, SEVERAL_IMAGES, FEW_LABELS), "Not checked, because the training dataset has no entries."
)
NO_ENTRIES = "The training dataset of project p has no entries. Add labeled images to it first."
BEFORE = "Project p is already distributed: its test dataset has 3 entries and its training dataset has 229."


@pytest.mark.parametrize(
    ("given", "recorded", "checks", "prediction"),
    [
        (
            pair(FULL, None),
            None,
            found({BOTH_EXIST: NO_TEST}),
            f"A distribution would fail with DatasetMissing: {NO_TEST}",
        ),
        (
            pair(FULL, dataset("CREATE_IN_PROGRESS")),
            None,
            found({NO_CHANGE: CREATING}),
            f"A distribution would not start at once. {CREATING}",
        ),
        (
            pair(dataset("CREATE_FAILED", message=SEVERAL_BUCKETS), EMPTY),
            None,
            found({BOTH_CREATED: NOT_CREATED, TRAINING_FULL: NO_ENTRIES, **UNCHECKED}),
            f"A distribution would fail with DatasetCreationFailed: {NOT_CREATED} {CORRECT_MANIFEST}",
        ),
        (
            pair(FULL, dataset(entries=3)),
            "FAILED",
            found({TEST_EMPTY: NOT_EMPTY.format(3)}),
            f"A distribution would fail with TestDatasetNotEmpty: {NOT_EMPTY.format(3)}",
        ),
        (
            pair(FULL, dataset(entries=3)),
            "DISTRIBUTED",
            found({TEST_EMPTY: BEFORE}),
            f"There is nothing left to distribute. {BEFORE}",
        ),
        (
            pair(EMPTY, EMPTY),
            None,
            found({TRAINING_FULL: NO_ENTRIES, **UNCHECKED}),
            f"A distribution would fail with TrainingDatasetEmpty: {NO_ENTRIES}",
        ),
    ],
)
def test_obstacle_predicts_the_outcome(
    given: Pair, recorded: str | None, checks: list[dict[str, Any]], prediction: str
) -> None:
    decision, report = report_dry_run(given, Record(outcome=recorded, training="arn"), {}, {})
    assert decision == Decision(Action.DRY_RUN, f"{prediction} Nothing was changed.")
    assert report["Checks"] == checks


@pytest.mark.parametrize(
    ("labeled", "errors", "labels", "check", "seen", "would", "advice"),
    [
        (
            0,
            229,
            {},
            LABELED,
            f"No entry of the training dataset has a label, and 229 entries have errors. {TOO_FEW}",
            "would",
            f"Every entry of the training dataset has an error. {CORRECT} {START}",
        ),
        (
            229,
            229,
            {"declared": 0},
            LABELED,
            f"No entry of the training dataset has a label, and 229 entries have errors. {TOO_FEW}",
            "would",
            f"Every entry of the training dataset has an error. {CORRECT} {START}",
        ),
        (
            0,
            1,
            {},
            LABELED,
            f"No entry of the training dataset has a label, and 1 entry has errors. {TOO_FEW}",
            "would",
            "No entry of the training dataset has a label that Rekognition can use, and some have errors. "
            f"{CORRECT} {START}",
        ),
        (
            0,
            0,
            {"declared": 0},
            LABELED,
            NONE_LABELED,
            "would",
            f"No entry of the training dataset has a label. Label its images. {START}",
        ),
        (
            229,
            0,
            {"crack": 228, "dent": 1, "unused": 0},
            SEVERAL_IMAGES,
            f"1 label has only one image: dent. {TOO_FEW}",
            "would probably",
            ADD_IMAGES,
        ),
        (
            229,
            0,
            {"crack": 227, "dent": 1, "bend": 1},
            SEVERAL_IMAGES,
            f"2 labels have only one image: bend, dent. {TOO_FEW}",
            "would probably",
            ADD_IMAGES,
        ),
        (
            229,
            0,
            dict.fromkeys(map(str, range(251)), 2),
            FEW_LABELS,
            f"The training dataset has 251 labels, and AWS allows 250. {TOO_MANY}",
            "would probably",
            f"A dataset has at most 250 labels. Remove labels in the Rekognition console. {START}",
        ),
    ],
)
def test_refusal_of_rekognition_is_predicted(
    labeled: int, errors: int, labels: dict[str, int], check: str, seen: str, would: str, advice: str
) -> None:
    given = pair(replace(FULL, labeled=labeled, errors=errors), EMPTY)
    decision, report = report_dry_run(given, NO_RECORD, labels, {})
    prediction = f"A distribution {would} fail with DistributionFailed: {seen} {advice} Nothing was changed."
    assert decision == Decision(Action.DRY_RUN, prediction)
    assert report["Checks"] == found({check: seen})


@pytest.mark.parametrize(
    "labels", [{"crack": 2}, {"crack": 229, "unused": 0}, dict.fromkeys(map(str, range(250)), 2), {}]
)
def test_enough_images_and_labels_are_no_refusal(labels: dict[str, int]) -> None:
    decision, report = report_dry_run(READY, NO_RECORD, labels, {})
    assert decision.reason.startswith("Every check passed; ")
    assert report["Checks"] == found({})


def test_dataset_changed_while_it_was_read_makes_no_promise() -> None:
    decision, report = report_dry_run(READY, NO_RECORD, None, {})
    assert decision.reason == f"A distribution would not start at once. {UNKNOWN} Nothing was changed."
    assert report["Checks"] == found({SEVERAL_IMAGES: UNKNOWN, FEW_LABELS: UNKNOWN})


@pytest.mark.parametrize(("entries", "moved"), [(1, 1), (2, 1), (7, 1), (8, 2)])
def test_whole_and_label_move_by_one_rule(entries: int, moved: int) -> None:
    _, report = report_dry_run(pair(dataset(entries=entries), EMPTY), NO_RECORD, {"crack": entries}, {})
    assert (report["WouldMove"], report["Labels"][0]["WouldMove"]) == (moved, moved)


@pytest.mark.parametrize(
    ("training", "test", "labels"),
    [
        (
            {"b": 12, "a": 12, "c": 3},
            {"c": 4, "d": 7},
            [("d", 0, 7, 0), ("c", 3, 4, 1), ("a", 12, 0, 2), ("b", 12, 0, 2)],
        ),
        ({"a": 13}, None, [("a", 13, 0, 3)]),
        ({}, {}, []),
        ({}, {"d": 7}, [("d", 0, 7, 0)]),
    ],
)
def test_labels_with_the_fewest_training_entries_come_first(
    training: dict[str, int], test: dict[str, int] | None, labels: list[tuple[str, int, int, int]]
) -> None:
    names = ("LabelName", "Training", "Test", "WouldMove")
    assert report_dry_run(READY, NO_RECORD, training, test)[1]["Labels"] == [
        dict(zip(names, label, strict=True)) for label in labels
    ]


def test_labels_that_rekognition_does_not_list_are_none() -> None:
    for test in (None, {"rusty": 3}):
        _, report = report_dry_run(pair(dataset("CREATE_IN_PROGRESS"), None), NO_RECORD, None, test)
        assert (report["Labels"], report["LabelsOmitted"], report["WouldMove"]) == (None, 0, 0)


def test_longest_names_of_labels_fit_a_states_data() -> None:
    hostile = {f"{number:03}" + "\U0001f600" * 252: number for number in range(250)}
    _, report = report_dry_run(READY, NO_RECORD, hostile, hostile)
    assert len(json.dumps(report)) < 128_000
    assert len(report["Labels"]) + report["LabelsOmitted"] == 250
    assert report["Labels"][0]["Training"] == 0


def test_one_entry_is_predicted_in_the_singular() -> None:
    one = pair(dataset(entries=1), EMPTY)
    decision, _ = report_dry_run(one, NO_RECORD, {"rusty": 2}, {})
    assert decision.reason.endswith(" of 1 entry. Nothing was changed.")


def test_without_training_entries_no_label_is_checked() -> None:
    for training in (None, EMPTY):
        _, report = report_dry_run(pair(training, EMPTY), NO_RECORD, {}, {})
        unchecked = [each["Check"] for each in report["Checks"] if each["Found"].startswith("Not checked, because ")]
        assert tuple(unchecked) == CHECKS[-3:]


def test_one_broken_entry_that_counts_as_labeled_leaves_no_label() -> None:
    given = pair(replace(FULL, labeled=1, errors=1), EMPTY)
    decision, _ = report_dry_run(given, NO_RECORD, {"crack": 0}, {})
    seen = "No entry of the training dataset has a label, and 1 entry has errors."
    assert decision.reason.startswith(f"A distribution would fail with DistributionFailed: {seen} ")
