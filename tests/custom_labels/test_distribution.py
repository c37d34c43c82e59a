"""DistributeDatasetEntries: the entries that move, refusals, failures."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from local.custom_labels.manifests.entries import Entries, read_entry
from local.custom_labels.operations.distribution import InsufficientImages, choose_moved, count_moved
from local.custom_labels.settings import Settings
from tests.support.roles import Role
from tests.support.workbench import Workbench, boxed, classified, images, refusal

CORAL = Path(__file__).parents[3] / "shared" / "data" / "coral-classification.manifest"
INVALID, NOT_READY = "InvalidParameterException", "ResourceNotReadyException"
INSUFFICIENT = "The manifest file doesn't have enough labeled images to distribute the dataset."
BROKEN = classified("broken.jpg", "rusty").replace('"confidence": 1, ', "")


def refused(bench: Workbench, *arns: str) -> str:
    return refusal(bench.rekognition.distribute_dataset_entries, Datasets=[{"Arn": arn} for arn in arns])


def test_a_fifth_of_the_entries_moves_and_none_is_lost(bench: Workbench, project: str) -> None:
    train, test = bench.pair(project, [*images(10), *images(20, "wet")])
    before = bench.entries(train)
    bench.distribute(train, test)
    bench.finish()
    stay, moved = bench.entries(train), bench.entries(test)
    assert len(moved) == 6
    assert sorted(entry["source-ref"] for entry in [*stay, *moved]) == sorted(entry["source-ref"] for entry in before)
    assert bench.labels(test) == {"rusty": {"EntryCount": 2}, "wet": {"EntryCount": 4}}


def test_both_datasets_show_the_update_and_its_end_together(bench: Workbench, project: str) -> None:
    train, test = bench.pair(project, images(10))
    before = {arn: bench.describe(arn)["LastUpdatedTimestamp"] for arn in (train, test)}
    bench.distribute(train, test)
    assert [bench.status(arn) for arn in (train, test)] == ["UPDATE_IN_PROGRESS"] * 2
    assert [bench.total(arn) for arn in (train, test)] == [10, 0]
    bench.finish()
    assert [bench.status(arn) for arn in (train, test)] == ["UPDATE_COMPLETE"] * 2
    assert [bench.total(arn) for arn in (train, test)] == [8, 2]
    assert all(bench.describe(arn)["LastUpdatedTimestamp"] > before[arn] for arn in (train, test))


def test_a_second_distribution_is_refused_during_and_after_the_first(bench: Workbench, project: str) -> None:
    train, test = bench.pair(project, images(10))
    bench.distribute(train, test)
    assert refused(bench, train, test) == NOT_READY
    bench.finish()
    assert refused(bench, train, test) == INVALID
    assert (bench.total(train), bench.total(test)) == (8, 2)


def test_one_of_several_distributions_at_once_succeeds(bench: Workbench, project: str) -> None:
    train, test = bench.pair(project, images(100))

    def outcome(_number: int) -> str | None:
        try:
            bench.distribute(train, test)
        except bench.rekognition.exceptions.ResourceNotReadyException:
            return NOT_READY
        return None

    with ThreadPoolExecutor(8) as pool:
        outcomes = Counter(pool.map(outcome, range(16)))
    assert outcomes == {None: 1, NOT_READY: 15}
    bench.finish()
    assert (bench.total(train), bench.total(test)) == (80, 20)


def test_a_new_test_dataset_can_be_filled_again(bench: Workbench, project: str) -> None:
    train, test = bench.pair(project, images(10))
    bench.distribute(train, test)
    bench.finish()
    bench.rekognition.delete_dataset(DatasetArn=test)
    bench.finish()
    again = bench.create(project, "TEST")
    bench.distribute(train, again)
    bench.finish()
    assert (bench.total(train), bench.total(again)) == (7, 1)


def test_two_datasets_that_are_no_pair_are_refused(bench: Workbench, project: str) -> None:
    train, test = bench.pair(project, images(10))
    other = bench.rekognition.create_project(ProjectName="other")["ProjectArn"]
    other_train, other_test = bench.pair(other, images(10))
    for pair in ((train, other_train), (test, other_test), (train, other_test), (train, train), (test, test)):
        assert refused(bench, *pair) == INVALID
    assert bench.status(train) == "CREATE_COMPLETE"


def test_a_setting_fails_a_wrong_pair_later(bench: Workbench, project: str) -> None:
    bench.aws.configure(wrong_pair="async")
    train = bench.create(project, "TRAIN", images(10))
    bench.distribute(train, train)
    bench.finish()
    assert bench.status(train) == "UPDATE_FAILED"


def test_an_unknown_or_deleted_dataset_is_not_found(bench: Workbench, project: str) -> None:
    train, test = bench.pair(project, images(10))
    assert refused(bench, train, test + "0") == "ResourceNotFoundException"
    bench.rekognition.delete_dataset(DatasetArn=test)
    assert refused(bench, train, test) == NOT_READY
    bench.finish()
    assert refused(bench, train, test) == "ResourceNotFoundException"


def test_a_setting_requires_the_training_dataset_first(bench: Workbench, project: str) -> None:
    train, test = bench.pair(project, images(10))
    bench.aws.configure(accepted_order="train_first")
    assert refused(bench, test, train) == INVALID
    bench.aws.configure(accepted_order="any")
    bench.distribute(test, train)
    bench.finish()
    assert (bench.total(train), bench.total(test)) == (8, 2)


@pytest.mark.parametrize(
    "lines", [None, images(1), [classified(f"{n}.jpg") for n in range(9)], [*images(9), classified("a.jpg", "wet")]]
)
def test_too_few_labeled_images_fail_both_datasets_later(
    bench: Workbench, project: str, lines: list[str] | None
) -> None:
    """An empty training dataset, one entry, no label, and a label with one image."""
    train, test = bench.pair(project, lines)
    before = bench.total(train)
    bench.distribute(train, test)
    assert bench.status(train) == "UPDATE_IN_PROGRESS"
    bench.finish()
    for arn in (train, test):
        description = bench.describe(arn)
        assert (description["Status"], description["StatusMessageCode"]) == ("UPDATE_FAILED", "CLIENT_ERROR")
        assert description["StatusMessage"] == INSUFFICIENT
    assert (bench.total(train), bench.total(test)) == (before, 0)


@pytest.mark.parametrize(
    ("settings", "train_status", "test_status"),
    [
        ({"failed_datasets": "train"}, "UPDATE_FAILED", "UPDATE_COMPLETE"),
        ({"failed_datasets": "test"}, "UPDATE_COMPLETE", "UPDATE_FAILED"),
        ({"failed_datasets": "train", "spared_dataset": "earlier"}, "UPDATE_FAILED", "CREATE_COMPLETE"),
    ],
)
def test_a_setting_says_which_datasets_a_failure_affects(
    bench: Workbench, project: str, settings: dict[str, str], train_status: str, test_status: str
) -> None:
    bench.aws.configure(**settings)
    train, test = bench.pair(project, images(1))
    bench.distribute(train, test)
    bench.finish()
    assert (bench.status(train), bench.status(test)) == (train_status, test_status)


def test_a_failed_distribution_can_be_repeated_after_more_images(bench: Workbench, project: str) -> None:
    train, test = bench.pair(project, images(1))
    bench.distribute(train, test)
    bench.finish()
    bench.update(train, *images(10))
    bench.finish()
    bench.distribute(train, test)
    bench.finish()
    assert (bench.total(train), bench.total(test)) == (8, 2)


def test_a_setting_fails_a_filled_test_dataset_later(bench: Workbench, project: str) -> None:
    bench.aws.configure(test_not_empty="async")
    train = bench.begin(project, "TRAIN", images(10))
    test = bench.create(project, "TEST", images(3, "wet"))
    bench.distribute(train, test)
    bench.finish()
    assert [bench.status(arn) for arn in (train, test)] == ["UPDATE_FAILED"] * 2
    assert (bench.total(train), bench.total(test)) == (10, 3)


@pytest.mark.parametrize("code", [INVALID, NOT_READY, "ResourceInUseException"])
def test_a_setting_names_the_error_for_a_filled_test_dataset(bench: Workbench, project: str, code: str) -> None:
    bench.aws.configure(size_refusal=code)
    train = bench.begin(project, "TRAIN", images(10))
    assert refused(bench, train, bench.create(project, "TEST", images(3, "wet"))) == code


@pytest.mark.parametrize("code", [INVALID, NOT_READY, "ResourceNotFoundException", "ResourceInUseException"])
def test_a_setting_names_the_error_for_a_pair_being_distributed(bench: Workbench, project: str, code: str) -> None:
    bench.aws.configure(distribute_while_updating=code)
    train, test = bench.pair(project, images(10))
    bench.distribute(train, test)
    assert refused(bench, train, test) == code


@pytest.mark.parametrize(("late", "between"), [("train", [10, 2]), ("test", [8, 0])])
def test_one_dataset_can_finish_later_than_the_other(
    bench: Workbench, project: str, late: str, between: list[int]
) -> None:
    train, test = bench.pair(project, images(10))
    bench.aws.configure(late_dataset=late)
    bench.distribute(train, test)
    bench.finish()
    done, waiting = (train, test) if late == "test" else (test, train)
    assert [bench.status(arn) for arn in (done, waiting)] == ["UPDATE_COMPLETE", "UPDATE_IN_PROGRESS"]
    assert [bench.total(arn) for arn in (train, test)] == between
    bench.aws.advance(30)
    assert bench.status(waiting) == "UPDATE_COMPLETE"
    assert [bench.total(arn) for arn in (train, test)] == [8, 2]


def test_a_setting_limits_distributions_at_the_same_time(bench: Workbench, project: str) -> None:
    bench.aws.configure(max_concurrent_changes=1)
    train, test = bench.create(project, "TRAIN", images(10)), bench.create(project, "TEST")
    other = bench.rekognition.create_project(ProjectName="other")["ProjectArn"]
    bench.begin(other, "TRAIN")
    assert refused(bench, train, test) == "LimitExceededException"


def test_a_setting_requires_permission_to_read_the_images(bench: Workbench, project: str) -> None:
    bench.aws.configure(distribution_reads_images=True)
    train, test = bench.pair(project, images(10))
    theirs = Role(bench.aws, {"Action": "rekognition:*"}).client("rekognition")
    datasets = [{"Arn": train}, {"Arn": test}]
    assert refusal(theirs.distribute_dataset_entries, Datasets=datasets) == "AccessDeniedException"
    bench.distribute(train, test)


def test_the_internal_state_has_datasets_and_accepted_distributions(bench: Workbench, project: str) -> None:
    train, test = bench.pair(project, images(10))
    bench.aws.configure(stale_status_seconds=90, late_dataset="test")
    bench.distribute(train, test)
    refused(bench, train, test)
    bench.finish()
    bench.rekognition.delete_dataset(DatasetArn=train)
    state = bench.aws.internal_state()
    (distribution,) = state["distributions"]
    assert {name: distribution[name] for name in ("datasets", "caller", "status", "moved")} == {
        "datasets": [train, test],
        "caller": "arn:aws:iam::123456789012:root",
        "status": "UPDATE_COMPLETE",
        "moved": 2,
    }
    assert distribution["due"] - distribution["accepted"] == pytest.approx(90)
    datasets = state["projects"][project]
    shown = [(dataset["arn"], dataset["type"], dataset["status"], dataset["being_deleted"]) for dataset in datasets]
    assert shown == [
        (train, "TRAIN", "DELETE_IN_PROGRESS", True),
        (test, "TEST", "UPDATE_IN_PROGRESS", False),
    ]
    assert [len(dataset["source_refs"]) for dataset in datasets] == [8, 0]
    assert all(image.startswith("s3://images/rusty-") for image in datasets[0]["source_refs"])


def test_the_internal_state_keeps_deleted_datasets_until_a_reset(bench: Workbench, project: str) -> None:
    train, test = bench.pair(project, images(1))
    bench.distribute(train, test)
    bench.finish()
    for arn in (train, test):
        bench.rekognition.delete_dataset(DatasetArn=arn)
    bench.finish()
    state = bench.aws.internal_state()
    assert state["projects"] == {project: []}
    deleted = {each["arn"]: each["source_refs"] for each in state["deleted"]}
    assert deleted == {train: ["s3://images/rusty-0.jpg"], test: []}
    assert [(each["status"], each["moved"]) for each in state["distributions"]] == [("UPDATE_FAILED", 0)]
    bench.aws.reset()
    assert bench.aws.internal_state() == {"projects": {}, "deleted": [], "distributions": []}


def test_a_setting_refuses_an_empty_training_dataset_at_once(bench: Workbench, project: str) -> None:
    bench.aws.configure(train_empty="sync")
    train, test = bench.pair(project)
    assert refused(bench, train, test) == INVALID


@pytest.mark.parametrize(("answer", "labels"), [("counted", (1, 0)), ("copied", (1, 1))])
def test_a_setting_counts_or_copies_labels_afterwards(
    bench: Workbench, project: str, answer: str, labels: tuple[int, int]
) -> None:
    """Only an unlabelled entry moves here, so the test dataset has a label only if labels are copied."""
    bench.aws.configure(total_labels_after=answer)
    unlabeled = [classified(f"plain-{n}.jpg") for n in range(5)]
    train, test = bench.pair(project, [*images(2), *unlabeled])
    bench.aws.configure(at_least_one=False)
    bench.distribute(train, test)
    bench.finish()
    assert (bench.total(train), bench.total(test)) == (6, 1)
    assert tuple(bench.describe(arn)["DatasetStats"]["TotalLabels"] for arn in (train, test)) == labels


def test_a_distribution_cannot_overflow_the_test_dataset(bench: Workbench, project: str) -> None:
    """Mumbai and London have a lower limit for test datasets. Here a limit for both datasets has the same effect."""
    train, test = bench.pair(project, images(30))
    bench.aws.configure(max_entries=5)
    bench.distribute(train, test)
    bench.finish()
    assert bench.describe(test)["StatusMessage"] == "The manifest file has too many rows."
    assert (bench.total(train), bench.total(test)) == (30, 0)


def test_coral_is_distributed_label_by_label(bench: Workbench, project: str) -> None:
    if not CORAL.is_file():
        pytest.skip("the real manifests are not here")
    train, test = bench.pair(project, CORAL.read_text().splitlines())
    bench.distribute(train, test)
    bench.finish()
    assert sorted(use["EntryCount"] for use in bench.labels(test).values()) == [3, 8, 11, 22]
    assert bench.total(train) == 229 - 44


@pytest.mark.parametrize(
    ("rounding", "counts"),
    [
        ("floor", {0: 0, 1: 0, 2: 1, 5: 1, 9: 1, 10: 2, 11: 2, 14: 2, 15: 3}),
        ("round", {0: 0, 1: 0, 2: 1, 5: 1, 7: 1, 8: 2, 9: 2, 10: 2, 11: 2, 13: 3}),
        ("ceil", {0: 0, 1: 0, 2: 1, 5: 1, 6: 2, 9: 2, 10: 2, 11: 3, 15: 3, 16: 4}),
    ],
)
def test_the_number_of_moved_entries_is_rounded(rounding: str, counts: dict[int, int]) -> None:
    settings = Settings().changed({"rounding": rounding})
    assert {size: count_moved(size, settings) for size in counts} == counts


def test_a_setting_lets_small_strata_keep_all_entries() -> None:
    assert [count_moved(size, Settings(at_least_one=False)) for size in (2, 4, 5)] == [0, 0, 1]


def entries(*lines: str) -> Entries:
    return Entries([entry for line in lines if (entry := read_entry(line, Settings()))])


def moved_labels(given: Entries, **settings: Any) -> Counter[tuple[str, ...]]:
    return Counter(given[position].findings.labels for position in choose_moved(given, Settings(**settings)))


def test_each_label_set_gives_its_own_share() -> None:
    both = [classified(f"both-{n}.jpg", "rusty", "wet") for n in range(5)]
    moved = moved_labels(entries(*images(10), *images(15, "wet"), *both))
    assert moved == {("rusty",): 2, ("wet",): 3, ("rusty", "wet"): 1}


def test_without_strata_a_fifth_of_the_whole_moves() -> None:
    given = entries(*images(10), *images(4, "wet"))
    assert sum(moved_labels(given, stratify="none").values()) == 2
    assert sum(moved_labels(given, stratify="none", rounding="ceil").values()) == 3


def test_label_sets_of_one_image_each_are_taken_together() -> None:
    labels = ["a", "b", "c", "d"]
    lines = [boxed(f"{x}{y}.jpg", x, y) for x in labels for y in labels if x < y]
    assert sum(moved_labels(entries(*lines)).values()) == 1


@pytest.mark.parametrize(("moves", "count"), [(True, 2), (False, 0)])
def test_a_setting_decides_whether_unlabeled_entries_move(moves: bool, count: int) -> None:
    given = entries(*images(5), *[classified(f"{n}.jpg") for n in range(10)])
    assert moved_labels(given, unlabeled_entries_move=moves)[()] == count


@pytest.mark.parametrize(("moves", "count"), [(True, 1), (False, 0)])
def test_a_setting_decides_whether_error_entries_move(moves: bool, count: int) -> None:
    broken = [BROKEN.replace("broken", f"broken-{n}") for n in range(5)]
    assert moved_labels(entries(*images(5), *broken), error_entries_move=moves)[()] == count


def test_the_draw_is_repeatable_and_the_seed_changes_it() -> None:
    given = entries(*images(100))
    assert choose_moved(given, Settings()) == choose_moved(given, Settings())
    assert choose_moved(given, Settings()) != choose_moved(given, Settings(seed=1))


@pytest.mark.parametrize(("least", "enough"), [(2, True), (3, False)])
def test_a_setting_gives_the_least_number_of_images_a_label(least: int, enough: bool) -> None:
    given = entries(*images(10), *images(2, "wet"))
    if enough:
        assert moved_labels(given, min_per_label=least) == {("rusty",): 2, ("wet",): 1}
    else:
        with pytest.raises(InsufficientImages):
            choose_moved(given, Settings(min_per_label=least))
