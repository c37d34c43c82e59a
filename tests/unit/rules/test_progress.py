"""How far a distribution has come, as tables of datasets before and now."""

import pytest

from lambdas.rules.pair import Dataset
from lambdas.rules.progress import Progress, State, judge_progress

EARLIER, BEFORE, LATER = (f"2026-11-23T10:00:00.00{number}+00:00" for number in range(3))


def dataset(status: str, entries: int, updated: str = LATER, message: str = "") -> Dataset:
    return Dataset(
        arn="arn",
        status=status,
        status_message=message,
        updated=updated,
        entries=entries,
        labeled=entries,
        errors=0,
    )


TRAINING_BEFORE = dataset("CREATE_COMPLETE", 229, BEFORE)
TEST_BEFORE = dataset("CREATE_COMPLETE", 0, BEFORE)


def judge_now(training: Dataset, test: Dataset) -> tuple[State, str]:
    progress = judge_progress(TRAINING_BEFORE, TEST_BEFORE, training, test)
    return progress.state, progress.reason


def test_two_new_updates_and_test_entries_are_complete() -> None:
    assert judge_now(dataset("UPDATE_COMPLETE", 183), dataset("UPDATE_COMPLETE", 46)) == (
        State.COMPLETE,
        "46 of 229 entries (20%) are in the test dataset now, the other 183 in the training dataset.",
    )


def test_large_counts_have_their_thousands_apart() -> None:
    training, test = dataset("UPDATE_COMPLETE", 198_999), dataset("UPDATE_COMPLETE", 50_000)
    progress = judge_progress(dataset("CREATE_COMPLETE", 250_000, BEFORE), TEST_BEFORE, training, test)
    assert progress.reason == (
        "50,000 of 250,000 entries (20%) are in the test dataset now, 198,999 in the training dataset; "
        "1,001 are in neither."
    )


@pytest.mark.parametrize(
    ("training", "test"),
    [
        pytest.param(dataset("UPDATE_IN_PROGRESS", 229), dataset("UPDATE_IN_PROGRESS", 0), id="in progress"),
        pytest.param(dataset("UPDATE_COMPLETE", 183), dataset("UPDATE_IN_PROGRESS", 0), id="training first"),
        pytest.param(dataset("UPDATE_IN_PROGRESS", 229), dataset("UPDATE_COMPLETE", 46), id="test first"),
        pytest.param(dataset("CREATE_COMPLETE", 183), dataset("CREATE_COMPLETE", 46), id="lagging status"),
        pytest.param(dataset("UPDATE_FAILED", 229), dataset("UPDATE_IN_PROGRESS", 0), id="one failed"),
        pytest.param(dataset("A_STATUS_OF_TOMORROW", 183), dataset("UPDATE_COMPLETE", 46), id="unknown status"),
        pytest.param(dataset("CREATE_COMPLETE", 240), dataset("UPDATE_COMPLETE", 46), id="added to, lagging status"),
    ],
)
def test_unsettled_dataset_means_in_progress(training: Dataset, test: Dataset) -> None:
    assert judge_now(training, test) == (
        State.IN_PROGRESS,
        f"The training dataset is {training.status} and the test dataset is {test.status}.",
    )


def test_images_added_later_do_not_hide_a_distribution() -> None:
    assert judge_now(dataset("UPDATE_COMPLETE", 240), dataset("UPDATE_COMPLETE", 46)) == (
        State.COMPLETE,
        "46 of 229 entries (20%) are in the test dataset now, 240 in the training dataset; together 57 entries more "
        "than before.",
    )


def test_failure_without_a_new_timestamp_is_failure() -> None:
    assert judge_now(dataset("UPDATE_FAILED", 229, BEFORE), dataset("UPDATE_FAILED", 0, BEFORE))[0] == State.FAILED


def test_later_failed_change_does_not_undo_a_distribution() -> None:
    """The later change can be a person's, or a second accepted call that found the test dataset filled."""
    assert judge_now(dataset("UPDATE_FAILED", 183), dataset("UPDATE_FAILED", 46))[0] == State.COMPLETE


@pytest.mark.parametrize("updated", [EARLIER, BEFORE, LATER])
@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_FAILED"])
def test_fewer_training_entries_prove_a_distribution(status: str, updated: str) -> None:
    """If the pair was changed before, it can show the same statuses and timestamps as before."""
    training, test = dataset("UPDATE_COMPLETE", 183, updated), dataset("UPDATE_COMPLETE", 46, updated)
    progress = judge_progress(dataset(status, 229, BEFORE), dataset(status, 0, BEFORE), training, test)
    assert progress.state == State.COMPLETE


@pytest.mark.parametrize(
    ("training", "test"),
    [
        pytest.param(dataset("CREATE_COMPLETE", 229, BEFORE), dataset("CREATE_COMPLETE", 0, BEFORE), id="not begun"),
        pytest.param(dataset("UPDATE_FAILED", 229, EARLIER), dataset("UPDATE_FAILED", 0, EARLIER), id="old failure"),
        pytest.param(dataset("UPDATE_COMPLETE", 230), dataset("CREATE_COMPLETE", 0, BEFORE), id="edited by a person"),
        pytest.param(dataset("CREATE_COMPLETE", 229, BEFORE), dataset("UPDATE_COMPLETE", 9), id="filled by a person"),
        pytest.param(dataset("UPDATE_COMPLETE", 229), dataset("UPDATE_COMPLETE", 0), id="test still empty"),
    ],
)
def test_same_training_entries_mean_not_started(training: Dataset, test: Dataset) -> None:
    assert judge_now(training, test)[0] == State.NOT_STARTED


@pytest.mark.parametrize(
    ("training_updated", "test_updated"),
    [(BEFORE, BEFORE), (EARLIER, EARLIER), (BEFORE, LATER), (EARLIER, LATER), (LATER, BEFORE), (LATER, EARLIER)],
)
def test_stale_update_complete_is_not_success(training_updated: str, test_updated: str) -> None:
    """A person had edited both datasets, and has since filled the test dataset."""
    edited, empty = dataset("UPDATE_COMPLETE", 229, BEFORE), dataset("UPDATE_COMPLETE", 0, BEFORE)
    training, test = dataset("UPDATE_COMPLETE", 229, training_updated), dataset("UPDATE_COMPLETE", 46, test_updated)
    assert judge_progress(edited, empty, training, test) == Progress(
        State.NOT_STARTED, "The training dataset is UPDATE_COMPLETE and the test dataset is UPDATE_COMPLETE."
    )


@pytest.mark.parametrize("updated", [EARLIER, BEFORE])
def test_stale_update_failed_is_not_failure(updated: str) -> None:
    failed, empty = dataset("UPDATE_FAILED", 229, BEFORE), dataset("UPDATE_FAILED", 0, BEFORE)
    training, test = dataset("UPDATE_FAILED", 229, updated), dataset("UPDATE_FAILED", 0, updated)
    assert judge_progress(failed, empty, training, test).state == State.NOT_STARTED


NO_REASON, TOO_FEW, TOO_MANY = "", "Too few.", "Too many."


@pytest.mark.parametrize(
    ("training", "test", "description"),
    [
        (("UPDATE_FAILED", TOO_FEW), ("UPDATE_COMPLETE", TOO_FEW), "Its message for the training dataset: Too few."),
        (("UPDATE_COMPLETE", TOO_FEW), ("UPDATE_FAILED", TOO_FEW), "Its message for the test dataset: Too few."),
        (
            ("UPDATE_FAILED", TOO_FEW),
            ("UPDATE_FAILED", TOO_FEW),
            "Its message for the training and the test dataset: Too few.",
        ),
        (("UPDATE_FAILED", TOO_FEW), ("CREATE_COMPLETE", TOO_FEW), "Its message for the training dataset: Too few."),
        (("UPDATE_FAILED", NO_REASON), ("CREATE_COMPLETE", NO_REASON), "Its message for the training dataset: none."),
        (
            ("UPDATE_FAILED", TOO_FEW),
            ("UPDATE_FAILED", TOO_MANY),
            "Its message for the training dataset: Too few. Its message for the test dataset: Too many.",
        ),
    ],
)
def test_new_failure_of_either_dataset_is_failure(
    training: tuple[str, str], test: tuple[str, str], description: str
) -> None:
    now = (dataset(status, entries, message=message) for (status, message), entries in ((training, 229), (test, 0)))
    assert judge_now(*now) == (State.FAILED, f"Rekognition could not distribute the entries. {description}")


@pytest.mark.parametrize(
    ("training", "description"),
    [
        (180, "180 in the training dataset; 3 are in neither."),
        (182, "182 in the training dataset; 1 is in neither."),
        (184, "184 in the training dataset; together 1 entry more than before."),
        (1_246, "1,246 in the training dataset; together 1,063 entries more than before."),
    ],
)
def test_difference_in_the_sum_is_reported(training: int, description: str) -> None:
    assert judge_now(dataset("UPDATE_COMPLETE", training), dataset("UPDATE_COMPLETE", 46)) == (
        State.COMPLETE,
        f"46 of 229 entries (20%) are in the test dataset now, {description}",
    )


def test_a_status_of_the_creation_after_an_update_is_an_old_read() -> None:
    """A person has added images to the test dataset. Rekognition has distributed nothing."""
    edited, added = dataset("UPDATE_COMPLETE", 229, BEFORE), dataset("UPDATE_COMPLETE", 3)
    progress = judge_progress(edited, TEST_BEFORE, dataset("CREATE_COMPLETE", 229, BEFORE), added)
    assert progress.state == State.NOT_STARTED
