"""What a dry run reports."""

import json
from typing import Any

import pytest

from lambdas.rules.decision import NO_RECORD, Action, Record
from lambdas.rules.dry_run import rehearse
from lambdas.rules.pair import Pair
from tests.unit.test_decision import EMPTY, FULL, READY, dataset, pair


def failed_checks(report: dict[str, Any]) -> list[str]:
    return [check["Check"] for check in report["Checks"] if not check["Passed"]]


def test_a_pair_that_is_ready_passes_every_check() -> None:
    decision, report = rehearse(READY, NO_RECORD, {"rusty": 200, "clean": 29}, {})
    assert decision.action == Action.DRY_RUN
    assert decision.reason == (
        "Every check passed; a distribution would move about 46 of 229 entries. Nothing was changed."
    )
    assert failed_checks(report) == []
    assert report["WouldMove"] == 46
    assert report["Labels"] == [
        {"LabelName": "clean", "Training": 29, "Test": 0, "WouldMove": 6},
        {"LabelName": "rusty", "Training": 200, "Test": 0, "WouldMove": 40},
    ]


@pytest.mark.parametrize(
    ("given", "recorded", "failed", "said"),
    [
        (
            pair(FULL, None),
            None,
            ["The project has both datasets"],
            "would fail with DatasetMissing: Project p has no test",
        ),
        (
            pair(FULL, dataset("CREATE_IN_PROGRESS")),
            None,
            ["Neither is being created or changed"],
            "would wait first. The test dataset is CREATE_IN_PROGRESS.",
        ),
        (
            pair(dataset("CREATE_FAILED", message="No manifest."), EMPTY),
            None,
            ["Rekognition could create both", "The training dataset has entries"],
            "would fail. Rekognition could not create the training dataset of project p: No manifest.",
        ),
        (
            pair(FULL, dataset(entries=3)),
            "FAILED",
            ["The test dataset is empty"],
            "would fail with TestDatasetNotEmpty: The test dataset of project p has 3 entries",
        ),
        (
            pair(FULL, dataset(entries=3)),
            "DISTRIBUTED",
            ["The test dataset is empty"],
            "There is nothing left to distribute. Project p was distributed before",
        ),
        (
            pair(EMPTY, EMPTY),
            None,
            ["The training dataset has entries"],
            "would fail with TrainingDatasetEmpty: The training dataset of project p has no entries.",
        ),
    ],
)
def test_what_is_in_the_way_is_foreseen(given: Pair, recorded: str | None, failed: list[str], said: str) -> None:
    decision, report = rehearse(given, Record(outcome=recorded, training="arn"), {}, {})
    assert decision.action == Action.DRY_RUN
    assert said in decision.reason
    assert decision.reason.endswith("Nothing was changed.")
    assert failed_checks(report) == failed


def test_labels_that_rekognition_does_not_list_are_unknown() -> None:
    assert rehearse(pair(dataset("CREATE_IN_PROGRESS"), None), NO_RECORD, None, None)[1]["Labels"] is None


def test_the_longest_names_there_may_be_do_not_burst_a_states_data() -> None:
    hostile = {f"{number:03}" + "\U0001f600" * 252: number for number in range(250)}
    _, report = rehearse(READY, NO_RECORD, hostile, hostile)
    assert len(json.dumps(report)) < 128_000
    assert len(report["Labels"]) + report["LabelsOmitted"] == 250
    assert report["Labels"][0]["Training"] == 0
