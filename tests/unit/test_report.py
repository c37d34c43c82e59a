"""What is worth acting on after a distribution, as a table."""

import json
from typing import Any

import pytest

from lambdas.messages import summary
from lambdas.messages.report import Code, Label, Labels, Report
from lambdas.rules.pair import Dataset

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


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (report(entries_before=203), "ENTRIES_UNACCOUNTED_FOR", "Of 203 entries, 3 are in neither dataset."),
        (report(entries_before=201), "ENTRIES_UNACCOUNTED_FOR", "Of 201 entries, 1 is in neither dataset."),
        (
            report(entries_before=250_200),
            "ENTRIES_UNACCOUNTED_FOR",
            "Of 250,200 entries, 250,000 are in neither dataset.",
        ),
        (report(entries_before=199), "ENTRIES_UNACCOUNTED_FOR", "Of 199 entries, 1 is more than before."),
        (
            report(({"crack": 80, "dent": 80}, {"crack": 20})),
            "LABELS_WITHOUT_TEST_ENTRIES",
            "No test entry has dent: ",
        ),
        (
            report(({"crack": 80}, {"crack": 20, "dent": 20})),
            "LABELS_WITHOUT_TRAINING_ENTRIES",
            "No training entry has dent: ",
        ),
        (
            report(({"crack": 70, "dent": 90}, {"crack": 30, "dent": 5})),
            "LABELS_FAR_FROM_SHARE",
            "far from the whole's 20% for dent: ",
        ),
        (report(training=dataset(160, errors=2, labeled=158)), "ENTRIES_WITH_ERRORS", "2 entries have errors "),
        (report(test=dataset(40, errors=1)), "ENTRIES_WITH_ERRORS", "1 entry has errors "),
        (report(training=dataset(160, labeled=120), test=dataset(40, labeled=39)), "UNLABELED_ENTRIES", "41 entries "),
        (report((None, {})), "LABELS_UNKNOWN", "does not list the labels"),
        (report(({}, None)), "LABELS_UNKNOWN", "does not list the labels"),
    ],
)
def test_what_is_worth_acting_on_is_said(given: Report, code: str, said: str) -> None:
    (finding,) = given.findings()
    assert finding.code == code
    assert said in finding.message


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
def test_what_is_in_order_gives_no_warning(given: Report) -> None:
    assert codes(given) == []


@pytest.mark.parametrize(("both", "refused"), [(1, True), (2, False), (3, False)])
def test_fewer_than_half_of_the_labels_in_both_would_be_refused(both: int, refused: bool) -> None:
    training = dict.fromkeys("abcd", 40)
    given = report((training, dict.fromkeys("abcd"[:both], 10)))
    assert (Code.INSUFFICIENT_LABEL_OVERLAP in codes(given)) == refused
    if refused:
        assert codes(given) == ["INSUFFICIENT_LABEL_OVERLAP", "LABELS_WITHOUT_TEST_ENTRIES"]
        assert "Both datasets have only 1 of 4 labels." in given.findings()[0].message
        assert "b, c, d" in given.findings()[0].message


def test_an_error_entry_is_not_counted_as_unlabeled_too() -> None:
    assert codes(report(training=dataset(160, labeled=150, errors=10))) == ["ENTRIES_WITH_ERRORS"]


def test_labels_with_the_fewest_test_entries_come_first() -> None:
    given = report(({"a": 5, "b": 9, "c": 1, "d": 1}, {"a": 1, "c": 0, "d": 3}))
    assert given.labels is not None
    assert [label.name for label in given.labels] == ["b", "c", "a", "d"]
    assert Label("d", 1, 3).share == 0.75


def test_a_pair_without_entries_divides_by_nothing() -> None:
    given = report(({"a": 0}, {"a": 0}), entries_before=0, training=dataset(0), test=dataset(0))
    assert given.as_state()["Share"] == 0
    assert summary.render(given)


def test_of_250_hostile_names_as_many_as_fit_are_listed() -> None:
    hostile = {f"{number:03}" + '\U0001f600\x00"\\\u202e' * 50: 1000 for number in range(250)}
    state = report((hostile, hostile)).as_state()
    assert len(json.dumps(json.dumps(state))) < 110_000
    assert len(state["Labels"]) + state["LabelsOmitted"] == 250
    assert state["Labels"]


@pytest.mark.parametrize("amount", [0, 1, 20, 21, 250])
def test_the_text_has_short_lines_whatever_the_labels_are_called(amount: int) -> None:
    names = {f"{number:03}" + "\U0001f600\x07\u202e" * 80: 250_000 for number in range(amount)}
    given = report((names, names), training=dataset(250_000), test=dataset(250_000))
    lines = summary.render(given).split("\n")
    table = lines[: lines.index("")] if "" in lines else lines
    assert max(map(len, table)) <= 70
    assert len(table) == 2 + min(amount, 20) + (amount > 20)
    assert not any(character in line for line in lines for character in "\x07\u202e")


def test_the_text_reads_well() -> None:
    given = report(({"crack": 80, "dent": 1234}, {"crack": 20}))
    assert summary.render(given).split("\n") == [
        "training    test  share",
        "     160      40    20%  all entries",
        "   1,234       0     0%  dent",
        "      80      20    20%  crack",
        "",
        "Worth acting on:",
        "- No test entry has dent: nothing will tell how well a model finds it. Add test images.",
    ]
