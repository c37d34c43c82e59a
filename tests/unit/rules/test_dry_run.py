"""The report of a dry run."""

import json
from typing import Any

import pytest

from lambdas.rules.decision import Action, Decision
from lambdas.rules.dry_run import report_dry_run
from lambdas.rules.pair import NO_RECORD, Pair, Record
from tests.unit.rules.test_decision import EMPTY, FULL, NO_TEST, NOT_EMPTY, READY, dataset, pair

CHECKS = BOTH_EXIST, BOTH_CREATED, NO_CHANGE, TEST_EMPTY, TRAINING_FULL = (
    "The project has both datasets",
    "Rekognition could create both",
    "Neither is being created or changed",
    "The test dataset is empty",
    "The training dataset has entries",
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
NO_MANIFEST = (
    "Rekognition could not create the training dataset of project p: No manifest. Delete the dataset and create it "
    "again."
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
            f"A distribution would wait first. {CREATING}",
        ),
        (
            pair(dataset("CREATE_FAILED", message="No manifest."), EMPTY),
            None,
            found({BOTH_CREATED: NO_MANIFEST, TRAINING_FULL: NO_ENTRIES}),
            f"A distribution would fail with DatasetCreationFailed: {NO_MANIFEST}",
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
            found({TRAINING_FULL: NO_ENTRIES}),
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
    decision, _ = report_dry_run(one, NO_RECORD, {"rusty": 1}, {})
    assert decision.reason == "Every check passed; a distribution would move about 0 of 1 entry. Nothing was changed."
