"""The report and its warnings, as tables of cases."""

import json
from typing import Any

import pytest

from lambdas.messages import summary
from lambdas.messages.report import Code, Finding, Label, Report, share
from lambdas.rules.pair import Dataset, Labels

EVEN = ({"crack": 80, "dent": 80}, {"crack": 20, "dent": 20})


def dataset(entries: int, *, labeled: int | None = None, errors: int = 0) -> Dataset:
    return Dataset(
        arn="arn",
        status="UPDATE_COMPLETE",
        status_message="",
        updated="",
        entries=entries,
        labeled=entries if labeled is None else labeled,
        errors=errors,
    )


def report(labels: tuple[Labels, Labels] = EVEN, **changes: Any) -> Report:
    given = {"entries_before": 200, "training": dataset(160), "test": dataset(40), **changes}
    return Report.compare(given["entries_before"], given["training"], given["test"], labels)


def codes(report: Report) -> list[Code]:
    return [finding.code for finding in report.findings()]


CHANGED = "Somebody may have changed a dataset during the distribution. Compare both datasets with the manifest."
UNTESTED = "A test cannot show how well a model finds it. Add test images."
UNTRAINED = "A model cannot learn it. Add training images."
FAR = (
    "With few test images, a test result means little. With few training images, a model learns little. Add images "
    "where "
    "there are few."
)
ERRORS = (
    "errors. Rekognition trains with such an entry without its broken annotations, or not at all if its whole line is "
    "broken. Call ListDatasetEntries with HasErrors to see what is wrong with each."
)
UNKNOWN = (
    "The labels are unknown, because Rekognition did not list them. Compare the labels of both datasets in the "
    "Rekognition console before you train."
)
UNLABELED = "no label, so Rekognition does not train with them. {}Label them, or leave them out."
TOO_LARGE = (
    "In 2023, AWS documented a limit of 1,000 test images for each label. If Rekognition refuses to train, replace the "
    "test dataset with a smaller one."
)
NO_UNDO = (
    "A distribution cannot be undone. For another share, delete both datasets and create each from a manifest of its "
    "own."
)


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        (
            report(entries_before=203),
            "ENTRIES_UNACCOUNTED_FOR",
            f"Of 203 entries, 3 are in neither dataset. {CHANGED}",
        ),
        (
            report(entries_before=201),
            "ENTRIES_UNACCOUNTED_FOR",
            f"Of 201 entries, 1 is in neither dataset. {CHANGED}",
        ),
        (
            report(entries_before=250_000, training=dataset(198_000), test=dataset(50_000)),
            "ENTRIES_UNACCOUNTED_FOR",
            f"Of 250,000 entries, 2,000 are in neither dataset. {CHANGED}",
        ),
        (
            report(entries_before=199),
            "ENTRIES_UNACCOUNTED_FOR",
            f"Both datasets together have 1 entry more than the 199 before the distribution. {CHANGED}",
        ),
        (
            report(entries_before=198),
            "ENTRIES_UNACCOUNTED_FOR",
            f"Both datasets together have 2 entries more than the 198 before the distribution. {CHANGED}",
        ),
        (
            report(({"crack": 80, "dent": 80}, {"crack": 20})),
            "LABELS_WITHOUT_TEST_ENTRIES",
            f"No test entry has the label dent. {UNTESTED}",
        ),
        (
            report(({"crack": 80}, {"crack": 20, "dent": 20})),
            "LABELS_WITHOUT_TRAINING_ENTRIES",
            f"No training entry has the label dent. {UNTRAINED}",
        ),
        (
            report(({"crack": 70, "dent": 90}, {"crack": 30, "dent": 5})),
            "LABELS_FAR_FROM_SHARE",
            f"20% of all entries are test entries, but the share is very different for the label dent. {FAR}",
        ),
        (
            report(({"crack": 70, "dent": 30}, {"crack": 16, "dent": 30})),
            "LABELS_FAR_FROM_SHARE",
            f"20% of all entries are test entries, but the share is very different for the label dent. {FAR}",
        ),
        (
            report(({"crack": 199}, {"crack": 1}), training=dataset(199), test=dataset(1)),
            "SHARE_FAR_FROM_DOCUMENTED",
            f"The test dataset has 1 entry. AWS documents that 20% move, which is about 40 of 200. {NO_UNDO}",
        ),
        (
            report(({"crack": 1}, {"crack": 199}), training=dataset(1), test=dataset(199)),
            "SHARE_FAR_FROM_DOCUMENTED",
            f"The test dataset has 199 entries. AWS documents that 20% move, which is about 40 of 200. {NO_UNDO}",
        ),
        (
            report(({"crack": 4_004, "dent": 4_000}, {"crack": 1_001, "dent": 1_000})),
            "LABELS_ABOVE_TEST_LIMIT",
            f"The label crack has more than 1,000 test entries. {TOO_LARGE}",
        ),
        (
            report(({"crack": 4_004, "dent": 4_010}, {"crack": 1_001, "dent": 1_002})),
            "LABELS_ABOVE_TEST_LIMIT",
            f"Each of the labels crack, dent has more than 1,000 test entries. {TOO_LARGE}",
        ),
        (report(training=dataset(160, errors=2)), "ENTRIES_WITH_ERRORS", f"2 entries have {ERRORS}"),
        (report(test=dataset(40, errors=1)), "ENTRIES_WITH_ERRORS", f"1 entry has {ERRORS}"),
        (
            report(training=dataset(160, errors=3), test=dataset(40, errors=2)),
            "ENTRIES_WITH_ERRORS",
            f"5 entries have {ERRORS}",
        ),
        (
            report(training=dataset(160, labeled=120), test=dataset(40, labeled=39)),
            "UNLABELED_ENTRIES",
            f"41 entries have {UNLABELED.format('')}",
        ),
        (
            report(test=dataset(40, labeled=39)),
            "UNLABELED_ENTRIES",
            "1 entry has no label, so Rekognition does not train with it. Label it, or leave it out.",
        ),
        (report((None, {})), "LABELS_UNKNOWN", UNKNOWN),
        (report(({}, None)), "LABELS_UNKNOWN", UNKNOWN),
        (report((None, None)), "LABELS_UNKNOWN", UNKNOWN),
    ],
)
def test_each_problem_gives_its_warning(given: Report, code: str, message: str) -> None:
    assert given.findings() == [Finding(Code(code), message)]


@pytest.mark.parametrize(
    "given",
    [
        report(),
        report(({}, {})),
        report(({"crack": 79, "dent": 83}, {"crack": 21, "dent": 17})),
        report(({"rare": 4, "dent": 80}, {"rare": 1, "dent": 20})),
        report(({"rare": 1, "dent": 80}, {"rare": 2, "dent": 20})),
    ],
    ids=["even", "no labels", "nearly even", "a rare label", "a rare label the other way"],
)
def test_good_distribution_gives_no_warning(given: Report) -> None:
    assert codes(given) == []


@pytest.mark.parametrize(
    ("training", "test", "far"),
    [
        (0, 3, False),  # no training entries: another warning
        (2, 3, False),  # expected 1 of 5 entries: a difference of 2 is rounding
        (1, 3, True),  # expected 0.8 of 4: a difference of 2.2
        (31, 1, True),  # expected 6.4 of 32: a difference of 5.4
        (10, 1, False),  # expected 2.2 of 11: a difference of 1.2
        (84, 16, False),
        (90, 10, False),  # expected 20 of 100: a difference of half
        (91, 9, True),
        (70, 30, False),
        (69, 31, True),
    ],
)
def test_far_means_by_half_and_by_two_entries(training: int, test: int, far: bool) -> None:
    given = report(({"crack": 80, "dent": training}, {"crack": 20, "dent": test}))
    assert (Code.LABELS_FAR_FROM_SHARE in codes(given)) is far


@pytest.mark.parametrize(("both", "refused"), [(1, True), (2, False), (3, False)])
def test_fewer_than_half_of_the_labels_in_both_warns(both: int, refused: bool) -> None:
    training = dict.fromkeys("abcd", 40)
    given = report((training, dict.fromkeys("abcd"[:both], 10)))
    assert (Code.INSUFFICIENT_LABEL_OVERLAP in codes(given)) == refused
    if refused:
        assert given.findings() == [
            Finding(
                Code("INSUFFICIENT_LABEL_OVERLAP"),
                "Labels that are in both datasets: 1 of 4. Rekognition refuses to train with fewer than half. Add test "
                "images with the labels b, c, d.",
            ),
            Finding(
                Code.LABELS_WITHOUT_TEST_ENTRIES,
                f"No test entry has any of the labels b, c, d. {UNTESTED.replace(' it', ' them')}",
            ),
        ]


@pytest.mark.parametrize(
    ("entries", "labeled", "errors", "unlabeled"),
    [
        (15, 10, 10, 5),  # ten lines are broken in part and keep a label; five have no box
        (15, 10, 5, 5),  # five lines are broken as a whole
        (15, 12, 4, 3),  # four lines are broken, three of them as a whole
        (15, 15, 15, 0),  # every line is broken in part
        (15, 0, 15, 15),
        (15, 0, 0, 15),
    ],
)
def test_unlabeled_entries_are_counted_whatever_has_errors(
    entries: int, labeled: int, errors: int, unlabeled: int
) -> None:
    shown = {f.code: f.message for f in report(training=dataset(entries, labeled=labeled, errors=errors)).findings()}
    assert shown.get(Code.ENTRIES_WITH_ERRORS, "").partition(" ")[0] == (str(errors) if errors else "")
    same = "These can be entries with errors, too. " if errors else ""
    expected = f"{unlabeled} entries have {UNLABELED.format(same)}" if unlabeled else None
    assert shown.get(Code.UNLABELED_ENTRIES) == expected


@pytest.mark.parametrize(
    ("training", "labels", "far"),
    [
        (199, EVEN, True),
        (162, EVEN, False),
        (149, EVEN, False),  # 51 instead of 40: 1 more of each of 2 labels, and 5% of 200
        (147, EVEN, True),
        (1, EVEN, True),
        (100, (dict.fromkeys(map(str, range(50)), 2), {}), False),  # each of 50 labels can round up to one more
        (100, ({"crack": 100}, {"crack": 100}), True),
        (1, (None, None), False),  # as many as 250 labels can round
    ],
)
def test_share_far_from_20_percent_warns_beyond_rounding(
    training: int, labels: tuple[Labels, Labels], far: bool
) -> None:
    given = report(labels, training=dataset(training), test=dataset(200 - training))
    assert (Code.SHARE_FAR_FROM_DOCUMENTED in codes(given)) is far


def test_labels_with_the_fewest_test_entries_come_first() -> None:
    given = report(({"a": 5, "b": 9, "f": 1, "c": 1, "d": 1}, {"a": 1, "c": 0, "d": 3, "e": 3}))
    assert given.labels == [
        Label("b", 9, 0),
        Label("c", 1, 0),
        Label("f", 1, 0),
        Label("a", 5, 1),
        Label("d", 1, 3),
        Label("e", 0, 3),
    ]


@pytest.mark.parametrize(
    ("training", "test", "of_all"), [(0, 0, 0.0), (1, 3, 0.75), (3, 1, 0.25), (2, 2, 0.5), (0, 3, 1.0), (3, 0, 0.0)]
)
def test_share_is_of_all_entries_and_zero_without_entries(training: int, test: int, of_all: float) -> None:
    assert share(training, test) == of_all
    assert Label("a", training, test).share == of_all
    assert report(training=dataset(training), test=dataset(test)).share == of_all


@pytest.mark.parametrize(("before", "unaccounted"), [(200, 0), (203, 3), (199, -1)])
def test_missing_and_extra_entries_are_counted(before: int, unaccounted: int) -> None:
    assert report(entries_before=before).unaccounted == unaccounted


def test_pair_without_entries_has_a_share_of_zero() -> None:
    given = report(({"a": 0}, {"a": 0}), entries_before=0, training=dataset(0), test=dataset(0))
    assert summary.render(given).split("\n")[1:3] == [
        "       0       0     0%  all entries",
        "       0       0     0%  a",
    ]


def test_notice_carries_the_report() -> None:
    labels = {"crack": 70, "dent": 2, "scratch": 4}, {"crack": 18, "dent": 1}
    assert report(labels, entries_before=203, test=dataset(37)).as_state() == {
        "EntriesBefore": 203,
        "EntriesUnaccountedFor": 6,
        "Share": 0.1878,
        "Warnings": [
            {
                "Code": "ENTRIES_UNACCOUNTED_FOR",
                "Message": f"Of 203 entries, 6 are in neither dataset. {CHANGED}",
            },
            {
                "Code": "LABELS_WITHOUT_TEST_ENTRIES",
                "Message": f"No test entry has the label scratch. {UNTESTED}",
            },
        ],
        "Labels": [
            {"LabelName": "scratch", "Training": 4, "Test": 0, "Share": 0.0},
            {"LabelName": "dent", "Training": 2, "Test": 1, "Share": 0.3333},
            {"LabelName": "crack", "Training": 70, "Test": 18, "Share": 0.2045},
        ],
        "LabelsOmitted": 0,
    }


@pytest.mark.parametrize("labels", [(None, None), (None, {}), ({}, None), (None, {"a": 1}), ({"a": 1}, None)])
def test_labels_that_rekognition_does_not_list_are_none(labels: tuple[Labels, Labels]) -> None:
    given = report(labels)
    assert given == Report(200, dataset(160), dataset(40), None)
    assert (given.as_state()["Labels"], given.as_state()["LabelsOmitted"]) == (None, 0)


def test_labels_that_do_not_fit_are_counted() -> None:
    hostile = {f"{number:03}" + '\U0001f600\x00"\\\u202e' * 50: 1000 for number in range(250)}
    state = report((hostile, hostile)).as_state()
    assert len(json.dumps(json.dumps(state))) < 110_000
    assert len(state["Labels"]) + state["LabelsOmitted"] == 250
    assert state["Labels"]


@pytest.mark.parametrize("amount", [0, 1, 20, 21, 250])
def test_text_has_short_lines_for_any_label(amount: int) -> None:
    names = {f"{number:03}" + "\U0001f600\x07\u202e" * 80: 250_000 for number in range(amount)}
    given = report((names, names), training=dataset(250_000), test=dataset(250_000))
    lines = summary.render(given).split("\n")
    table = lines[: lines.index("")] if "" in lines else lines
    assert max(map(len, table)) <= 70
    assert len(table) == 2 + min(amount, 20) + (amount > 20)
    if amount > 20:
        assert table[-1] == f"… and {amount - 20} more label{'s' * (amount > 21)} with at least as many test entries"
    assert not any(character in line for line in lines for character in "\x07\u202e")


def test_text_has_a_table_and_warnings() -> None:
    given = report(({"crack": 80, "dent": 1234}, {"crack": 20}))
    assert summary.render(given).split("\n") == [
        "training    test  share",
        "     160      40    20%  all entries",
        "   1,234       0     0%  dent",
        "      80      20    20%  crack",
        "",
        "Warnings:",
        "- No test entry has the label dent. A test cannot show how well a model finds it. Add test images.",
    ]
