"""The decision table, row by row."""

from dataclasses import replace

import pytest

from lambdas.rules.decision import Action, Record, decide
from lambdas.rules.errors import DatasetMissing, TestDatasetNotEmpty, TrainingDatasetEmpty
from lambdas.rules.execution_input import Request
from lambdas.rules.pair import Dataset, Pair
from lambdas.rules.trigger import Trigger, Wish

BY_EVENT = Request(project_name="p", by_event=True)
BY_HAND = Request(project_name="p")


def dataset(status: str = "CREATE_COMPLETE", entries: int = 0, message: str = "") -> Dataset:
    return Dataset(
        arn="arn",
        status=status,
        status_message=message,
        updated="2026-11-23T10:00:00.000+00:00",
        entries=entries,
        labeled=entries,
        errors=0,
    )


def pair(training: Dataset | None, test: Dataset | None) -> Pair:
    return Pair(project_name="p", project_arn="arn", training=training, test=test)


FULL = dataset(entries=229)
EMPTY = dataset()
READY = pair(FULL, EMPTY)
LATER = "2026-11-23T11:00:00.000+00:00"
MOVED = pair(
    replace(dataset("UPDATE_COMPLETE", 183), updated=LATER), replace(dataset("UPDATE_COMPLETE", 46), updated=LATER)
)
DISTRIBUTED = Record(outcome="DISTRIBUTED", training="arn")


@pytest.mark.parametrize("request_", [BY_EVENT, BY_HAND])
@pytest.mark.parametrize(
    "ready",
    [READY, pair(FULL, dataset("UPDATE_COMPLETE")), pair(FULL, dataset("UPDATE_FAILED"))],
)
def test_a_full_training_and_an_empty_test_dataset_are_distributed(request_: Request, ready: Pair) -> None:
    assert decide(request_, ready).action == Action.DISTRIBUTE


EDITED = [pair(dataset(status, 10), EMPTY) for status in ("UPDATE_COMPLETE", "UPDATE_FAILED", "UPDATE_IN_PROGRESS")]


@pytest.mark.parametrize("edited", EDITED)
def test_a_training_dataset_edited_by_hand_is_left_to_hands_and_tags(edited: Pair) -> None:
    by_event = decide(BY_EVENT, edited)
    assert by_event.action == Action.SKIPPED
    assert "somebody may still be labeling" in by_event.reason
    waits = edited.training is not None and edited.training.status == "UPDATE_IN_PROGRESS"
    expected = Action.WAIT if waits else Action.DISTRIBUTE
    assert decide(BY_HAND, edited).action == expected
    assert decide(BY_EVENT, edited, wish=Wish(True)).action == expected


@pytest.mark.parametrize(
    ("trigger", "wanted", "action"),
    [
        ("off", None, "SKIPPED"),
        ("off", True, "SKIPPED"),
        ("off", False, "SKIPPED"),
        ("created", None, "DISTRIBUTE"),
        ("created", True, "DISTRIBUTE"),
        ("created", False, "SKIPPED"),
        ("tagged", None, "SKIPPED"),
        ("tagged", True, "DISTRIBUTE"),
        ("tagged", False, "SKIPPED"),
    ],
)
def test_setting_and_tags_decide_for_events_and_for_nobody_else(trigger: str, wanted: bool | None, action: str) -> None:
    assert decide(BY_EVENT, READY, trigger=Trigger(trigger), wish=Wish(wanted)).action == action
    assert decide(BY_HAND, READY, trigger=Trigger(trigger), wish=Wish(wanted)).action == Action.DISTRIBUTE


@pytest.mark.parametrize(
    ("tags", "wanted"),
    [
        ([{}, {}], None),
        ([{"auto-distribute": "true"}, {}], True),
        ([{}, {"auto-distribute": "true"}], True),
        ([{"auto-distribute": "false"}, {"auto-distribute": "true"}], False),
        ([{"auto-distribute": "yes"}, {"Auto-Distribute": "true"}], None),
    ],
)
def test_a_false_wins_over_a_true(tags: list[dict[str, str]], wanted: bool | None) -> None:
    assert Wish.from_tags(tags).wanted is wanted


@pytest.mark.parametrize("request_", [BY_EVENT, BY_HAND])
def test_a_pair_that_our_record_says_is_distributed_is_left_alone(request_: Request) -> None:
    decision = decide(request_, pair(dataset("UPDATE_COMPLETE", 183), dataset("UPDATE_COMPLETE", 46)), DISTRIBUTED)
    assert decision.action == Action.ALREADY_DISTRIBUTED
    assert "183 entries are in its training dataset, 46 in its test dataset" in decision.reason


@pytest.mark.parametrize("request_", [BY_EVENT, BY_HAND])
@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "A_STATUS_OF_TOMORROW"])
@pytest.mark.parametrize("waiting", ["training", "test"])
def test_what_has_not_settled_is_waited_for(request_: Request, status: str, waiting: str) -> None:
    unsettled = dataset(status)
    chosen = pair(unsettled, EMPTY) if waiting == "training" else pair(FULL, unsettled)
    decision = decide(request_, chosen)
    assert decision.action == Action.WAIT
    assert status in decision.reason


@pytest.mark.parametrize("request_", [BY_EVENT, BY_HAND])
@pytest.mark.parametrize(
    ("record", "action"),
    [
        (Record(before=(FULL, EMPTY)), "WAIT"),
        (Record(outcome="FAILED", before=(FULL, EMPTY)), "WAIT"),
        (Record(mine=True, before=(FULL, EMPTY)), "CHECK"),
    ],
)
def test_a_filled_test_dataset_that_an_execution_asked_for_is_not_somebody_elses(
    request_: Request, record: Record, action: str
) -> None:
    assert decide(request_, MOVED, record).action == action


@pytest.mark.parametrize(
    "record",
    [
        Record(outcome="FAILED"),
        Record(),
        Record(mine=True),
        Record(mine=True, before=(replace(FULL, arn="another"), EMPTY)),
        Record(mine=True, before=(FULL, replace(EMPTY, arn="another"))),
        Record(outcome="DISTRIBUTED", training="another"),
        Record(outcome="DISTRIBUTED", training="another", before=(replace(FULL, arn="another"), EMPTY)),
    ],
)
def test_a_filled_test_dataset_that_nobody_here_asked_for_is_somebody_elses(record: Record) -> None:
    with pytest.raises(TestDatasetNotEmpty):
        decide(BY_HAND, MOVED, record)


@pytest.mark.parametrize("request_", [BY_EVENT, BY_HAND])
def test_a_distribution_that_was_asked_for_and_took_no_effect_is_asked_for_again(request_: Request) -> None:
    record = Record(mine=True, before=(FULL, EMPTY))
    assert decide(request_, READY, record).action == Action.CHECK
    assert decide(request_, READY, replace(record, looked=True)).action == Action.DISTRIBUTE


def test_an_event_does_not_take_what_a_distribution_changed_for_an_edit() -> None:
    under_way = pair(dataset("UPDATE_IN_PROGRESS", 229), dataset("UPDATE_IN_PROGRESS"))
    assert decide(BY_EVENT, under_way).action == Action.SKIPPED
    assert decide(BY_EVENT, under_way, Record(before=(FULL, EMPTY))).action == Action.WAIT
    assert decide(BY_EVENT, under_way, Record(mine=True, before=(FULL, EMPTY))).action == Action.CHECK


OBSTACLES = [
    (pair(dataset("DELETE_IN_PROGRESS", 229), EMPTY), DatasetMissing, "no training dataset"),
    (pair(FULL, dataset("DELETE_IN_PROGRESS")), DatasetMissing, "no test dataset"),
    (pair(None, EMPTY), DatasetMissing, "no training dataset"),
    (pair(None, None), DatasetMissing, "no training and no test dataset"),
    (pair(FULL, None), DatasetMissing, "no test dataset"),
    (pair(FULL, dataset(entries=3)), TestDatasetNotEmpty, "has 3 entries"),
    (pair(EMPTY, EMPTY), TrainingDatasetEmpty, "has no entries"),
]


@pytest.mark.parametrize(("obstructed", "error", "said"), OBSTACLES)
def test_an_execution_by_hand_hears_of_the_obstacle(obstructed: Pair, error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        decide(BY_HAND, obstructed)


@pytest.mark.parametrize(("obstructed", "said"), [(obstructed, said) for obstructed, _, said in OBSTACLES])
def test_an_execution_by_event_stands_aside(obstructed: Pair, said: str) -> None:
    decision = decide(BY_EVENT, obstructed)
    assert decision.action == Action.SKIPPED
    assert said in decision.reason


@pytest.mark.parametrize("request_", [BY_EVENT, BY_HAND])
@pytest.mark.parametrize("failed", ["training", "test"])
def test_a_failed_creation_is_a_failure_for_everyone_in_the_services_words(request_: Request, failed: str) -> None:
    broken = dataset("CREATE_FAILED", message="The manifest file is empty.")
    chosen = pair(broken, EMPTY) if failed == "training" else pair(FULL, broken)
    decision = decide(request_, chosen)
    assert decision.action == Action.CREATION_FAILED
    assert f"the {failed} dataset of project p: The manifest file is empty" in decision.reason
