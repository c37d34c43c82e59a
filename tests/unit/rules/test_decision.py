"""The decision table, as tables of cases."""

from dataclasses import replace

import pytest

from lambdas.rules.decision import Action, Decision, decide, expire
from lambdas.rules.failures.errors import DatasetMissing, TestDatasetNotEmpty, TrainingDatasetEmpty
from lambdas.rules.input.execution_input import EVENT, SCHEDULE, Request
from lambdas.rules.pair import Dataset, Pair, Record
from lambdas.rules.tags import AutoDistribute, Trigger

BY_EVENT = Request(project_name="p", started_by=EVENT)
BY_SCHEDULE = Request(project_name="p", started_by=SCHEDULE)
BY_PERSON = Request(project_name="p")
EARLIER, BEFORE, LATER = (f"2026-11-23T{hour:02}:00:00.000+00:00" for hour in (9, 10, 11))


def dataset(status: str = "CREATE_COMPLETE", entries: int = 0, message: str = "") -> Dataset:
    return Dataset(
        arn="arn",
        status=status,
        status_message=message,
        updated=BEFORE,
        entries=entries,
        labeled=entries,
        errors=0,
    )


def pair(training: Dataset | None, test: Dataset | None) -> Pair:
    return Pair(project_name="p", project_arn="arn", training=training, test=test)


FULL = dataset(entries=229)
EMPTY = dataset()
READY = pair(FULL, EMPTY)
EDITED_FULL, EDITED_EMPTY = dataset("UPDATE_COMPLETE", 229), dataset("UPDATE_COMPLETE")
MOVED = pair(
    replace(dataset("UPDATE_COMPLETE", 183), updated=LATER), replace(dataset("UPDATE_COMPLETE", 46), updated=LATER)
)
DISTRIBUTED = Record(outcome="DISTRIBUTED", training="arn")
NOT_EMPTY = (
    "The test dataset of project p has {} entries, but Rekognition distributes only into an empty one. To distribute "
    "the pair, delete the test dataset and create an empty one."
)


@pytest.mark.parametrize("request_", [BY_EVENT, BY_SCHEDULE, BY_PERSON])
@pytest.mark.parametrize(
    "ready",
    [READY, pair(FULL, dataset("UPDATE_COMPLETE")), pair(FULL, dataset("UPDATE_FAILED"))],
)
def test_full_training_and_empty_test_dataset_are_distributed(request_: Request, ready: Pair) -> None:
    expected = Decision(Action.DISTRIBUTE, "Every check passed; moving about 20% of the 229 entries.")
    assert decide(request_, ready) == expected


EDITED = [pair(dataset(status, 10), EMPTY) for status in ("UPDATE_COMPLETE", "UPDATE_FAILED", "UPDATE_IN_PROGRESS")]


@pytest.mark.parametrize("edited", EDITED)
def test_edited_training_dataset_needs_a_person_or_the_tag(edited: Pair) -> None:
    assert decide(BY_EVENT, edited) == Decision(
        Action.SKIPPED,
        "The training dataset of project p was changed after its creation, so somebody may still be labeling images. "
        "When the labeling is done, start an execution yourself. To let it be distributed by itself, tag the project "
        "auto-distribute=true.",
    )
    waits = edited.training is not None and edited.training.status == "UPDATE_IN_PROGRESS"
    expected = Action.WAIT if waits else Action.DISTRIBUTE
    assert decide(BY_PERSON, edited).action == expected
    assert decide(BY_EVENT, edited, tag=AutoDistribute(True)).action == expected
    assert decide(BY_SCHEDULE, edited, tag=AutoDistribute(True)).action == expected


OFF = "Only a person starts a distribution in this deployment, because its setting 'trigger' is 'off'."
UNTAGGED = (
    "Neither the project nor its training dataset has the tag auto-distribute=true, which the setting 'trigger' "
    "requires."
)
OPTED_OUT = "The project or its training dataset has the tag auto-distribute=false, so only a person can distribute it."


@pytest.mark.parametrize(
    ("trigger", "value", "skipped"),
    [
        ("off", None, OFF),
        ("off", True, OFF),
        ("off", False, OPTED_OUT),
        ("created", None, None),
        ("created", True, None),
        ("created", False, OPTED_OUT),
        ("tagged", None, UNTAGGED),
        ("tagged", True, None),
        ("tagged", False, OPTED_OUT),
    ],
)
def test_setting_and_tags_apply_only_to_events(trigger: str, value: bool | None, skipped: str | None) -> None:
    by_person = decide(BY_PERSON, READY, trigger=Trigger(trigger), tag=AutoDistribute(value))
    by_event = decide(BY_EVENT, READY, trigger=Trigger(trigger), tag=AutoDistribute(value))
    assert by_person.action == Action.DISTRIBUTE
    assert by_event == (Decision(Action.SKIPPED, skipped) if skipped else by_person)


@pytest.mark.parametrize(
    ("tags", "value"),
    [
        ([{}, {}], None),
        ([{"auto-distribute": "true"}, {}], True),
        ([{}, {"auto-distribute": "true"}], True),
        ([{"auto-distribute": "false"}, {"auto-distribute": "true"}], False),
        ([{"auto-distribute": "yes"}, {"Auto-Distribute": "true"}], None),
    ],
)
def test_false_wins_over_true(tags: list[dict[str, str]], value: bool | None) -> None:
    assert AutoDistribute.from_tags(tags).value is value


@pytest.mark.parametrize("request_", [BY_EVENT, BY_SCHEDULE, BY_PERSON])
def test_pair_that_the_record_says_is_distributed_stays(request_: Request) -> None:
    found = pair(dataset("UPDATE_COMPLETE", 183), dataset("UPDATE_COMPLETE", 46))
    assert decide(request_, found, DISTRIBUTED) == Decision(
        Action.ALREADY_DISTRIBUTED,
        "Project p is already distributed: its test dataset has 46 entries and its training dataset has 183.",
    )


@pytest.mark.parametrize("request_", [BY_EVENT, BY_SCHEDULE, BY_PERSON])
@pytest.mark.parametrize("status", ["CREATE_IN_PROGRESS", "A_STATUS_OF_TOMORROW"])
@pytest.mark.parametrize(
    ("training", "test", "reason"),
    [
        (False, True, "The training dataset is {status}."),
        (True, False, "The test dataset is {status}."),
        (False, False, "The training dataset is {status} and the test dataset is {status}."),
    ],
)
def test_workflow_waits_for_unsettled_datasets(
    request_: Request, status: str, training: bool, test: bool, reason: str
) -> None:
    chosen = pair(FULL if training else dataset(status), EMPTY if test else dataset(status))
    assert decide(request_, chosen) == Decision(Action.WAIT, reason.format(status=status))


ASKED_FOR = Decision(Action.CHECK, "Rekognition was already asked to distribute this pair; checking the result.")
WAIT_FOR_OWNER = Decision(
    Action.WAIT,
    "The test dataset has 46 entries. An execution asked Rekognition to distribute this pair, and no success is "
    "recorded.",
)


@pytest.mark.parametrize("request_", [BY_EVENT, BY_SCHEDULE, BY_PERSON])
@pytest.mark.parametrize(
    ("record", "decision"),
    [
        (Record(before=(FULL, EMPTY)), WAIT_FOR_OWNER),
        (Record(outcome="FAILED", before=(FULL, EMPTY)), WAIT_FOR_OWNER),
        (Record(mine=True, before=(FULL, EMPTY)), ASKED_FOR),
    ],
)
def test_recorded_request_explains_the_test_entries(request_: Request, record: Record, decision: Decision) -> None:
    assert decide(request_, MOVED, record) == decision


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
def test_test_entries_without_a_recorded_request_are_an_error(record: Record) -> None:
    with pytest.raises(TestDatasetNotEmpty) as obstacle:
        decide(BY_PERSON, MOVED, record)
    assert str(obstacle.value) == NOT_EMPTY.format(46)


@pytest.mark.parametrize("request_", [BY_EVENT, BY_SCHEDULE, BY_PERSON])
def test_request_without_effect_is_made_again(request_: Request) -> None:
    record = Record(mine=True, before=(FULL, EMPTY))
    assert decide(request_, READY, record).action == Action.CHECK
    assert decide(request_, READY, record, no_effect=True).action == Action.DISTRIBUTE


@pytest.mark.parametrize("updated", [EARLIER, BEFORE])
def test_stale_update_complete_is_not_the_requested_distribution(updated: str) -> None:
    """People had edited both datasets, and have since added the test entries themselves."""
    before = (replace(EDITED_FULL, updated=BEFORE), replace(EDITED_EMPTY, updated=BEFORE))
    filled = pair(replace(EDITED_FULL, updated=updated), replace(EDITED_EMPTY, updated=updated, entries=46))
    record = Record(mine=True, before=before)
    assert decide(BY_PERSON, filled, record) == ASKED_FOR
    with pytest.raises(TestDatasetNotEmpty):
        decide(BY_PERSON, filled, record, no_effect=True)
    assert decide(BY_EVENT, filled, record, no_effect=True) == Decision(Action.SKIPPED, NOT_EMPTY.format(46))
    assert decide(BY_SCHEDULE, filled, record, no_effect=True) == Decision(Action.SKIPPED, NOT_EMPTY.format(46))


@pytest.mark.parametrize(
    "now",
    [
        MOVED,
        pair(dataset("UPDATE_IN_PROGRESS", 229), EMPTY),
        pair(FULL, dataset("UPDATE_IN_PROGRESS")),
        pair(dataset("UPDATE_FAILED", 229), dataset("UPDATE_FAILED")),
        pair(dataset(entries=183), EMPTY),
    ],
)
def test_late_effect_is_checked(now: Pair) -> None:
    assert decide(BY_PERSON, now, Record(mine=True, before=(FULL, EMPTY)), no_effect=True) == ASKED_FOR


def test_change_by_a_distribution_is_no_edit() -> None:
    under_way = pair(dataset("UPDATE_IN_PROGRESS", 229), dataset("UPDATE_IN_PROGRESS"))
    assert decide(BY_EVENT, under_way).action == Action.SKIPPED
    assert decide(BY_SCHEDULE, under_way).action == Action.SKIPPED
    assert decide(BY_EVENT, under_way, Record(before=(FULL, EMPTY))).action == Action.WAIT
    assert decide(BY_SCHEDULE, under_way, Record(before=(FULL, EMPTY))).action == Action.WAIT
    assert decide(BY_EVENT, under_way, Record(mine=True, before=(FULL, EMPTY))).action == Action.CHECK
    assert decide(BY_SCHEDULE, under_way, Record(mine=True, before=(FULL, EMPTY))).action == Action.CHECK


NO_TRAINING = "Project p has no training dataset. Create one from labeled images."
NO_TEST = "Project p has no test dataset. Create an empty one."
NEITHER = "Project p has no training dataset and no test dataset. Create both; leave the test dataset empty."
NO_ENTRIES = "The training dataset of project p has no entries. Add labeled images to it first."
OBSTACLES = [
    (pair(dataset("DELETE_IN_PROGRESS", 229), EMPTY), DatasetMissing, NO_TRAINING),
    (pair(FULL, dataset("DELETE_IN_PROGRESS")), DatasetMissing, NO_TEST),
    (pair(None, EMPTY), DatasetMissing, NO_TRAINING),
    (pair(None, None), DatasetMissing, NEITHER),
    (pair(FULL, None), DatasetMissing, NO_TEST),
    (pair(FULL, dataset(entries=3)), TestDatasetNotEmpty, NOT_EMPTY.format(3)),
    (pair(EMPTY, EMPTY), TrainingDatasetEmpty, NO_ENTRIES),
]


@pytest.mark.parametrize(("obstructed", "error", "reason"), OBSTACLES)
def test_obstacle_fails_an_execution_started_by_a_person(obstructed: Pair, error: type[Exception], reason: str) -> None:
    with pytest.raises(error) as obstacle:
        decide(BY_PERSON, obstructed)
    assert str(obstacle.value) == reason


@pytest.mark.parametrize(("obstructed", "reason"), [(obstructed, reason) for obstructed, _, reason in OBSTACLES])
def test_obstacle_skips_an_execution_started_by_an_event(obstructed: Pair, reason: str) -> None:
    assert decide(BY_EVENT, obstructed) == Decision(Action.SKIPPED, reason)
    assert decide(BY_SCHEDULE, obstructed) == Decision(Action.SKIPPED, reason)


@pytest.mark.parametrize("request_", [BY_EVENT, BY_SCHEDULE, BY_PERSON])
@pytest.mark.parametrize("failed", ["training", "test"])
@pytest.mark.parametrize(
    ("message", "reason"),
    [("The manifest file is empty.", "The manifest file is empty."), ("", "it gave no reason.")],
)
def test_failed_creation_fails_with_the_message_of_rekognition(
    request_: Request, failed: str, message: str, reason: str
) -> None:
    broken = dataset("CREATE_FAILED", message=message)
    assert decide(request_, pair(broken, EMPTY) if failed == "training" else pair(FULL, broken)) == Decision(
        Action.FAILED,
        f"Rekognition could not create the {failed} dataset of project p: {reason}",
        "DatasetCreationFailed",
    )


WAITING = Decision(Action.WAIT, "The test dataset is CREATE_IN_PROGRESS.")


def test_workflow_waits_for_datasets_until_the_deadline() -> None:
    assert expire(WAITING, 3600, 3600) == WAITING
    assert expire(WAITING, 3601, 3600) == Decision(
        Action.FAILED, f"The datasets were not ready before the deadline. {WAITING.reason}", "CreationTimedOut"
    )


@pytest.mark.parametrize("action", [action for action in Action if action != Action.WAIT])
def test_only_waiting_has_a_deadline(action: Action) -> None:
    assert expire(Decision(action, "Why."), 3601, 3600) == Decision(action, "Why.")


def test_one_entry_is_counted_in_the_singular() -> None:
    one = dataset(entries=1)
    assert decide(BY_PERSON, pair(one, EMPTY)).reason == "Every check passed; moving about 20% of the 1 entry."
    with pytest.raises(TestDatasetNotEmpty, match="has 1 entry, but"):
        decide(BY_PERSON, pair(FULL, one))
