"""Answers to open questions, as texts, and the page that the settings refer to."""

import re
from pathlib import Path
from typing import get_args

import pytest

from local.custom_labels.settings import Settings
from tests.campaign.answers import CANNOT_MATTER, Answer, answers_to, named, plausible, read

PAGE = (Path(__file__).parents[2] / "docs/custom-labels.md").read_text()


@pytest.mark.parametrize("answer", plausible(), ids=named)
def test_a_named_answer_is_read_back_unchanged(answer: Answer) -> None:
    assert read(named(answer)) == answer
    assert Settings().changed(answer) != Settings()


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("rounding", "rounding is one of floor, ceil, round, not ''"),
        ("rounding=up", "rounding is one of floor, ceil, round, not 'up'"),
        ("rounding=ceil,no_such_setting=1", "There is no setting 'no_such_setting'"),
        ("late_seconds=-1", "late_seconds is a number, 0 or more, not -1"),
    ],
)
def test_a_wrong_answer_is_refused_with_the_accepted_ones(text: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        read(text)


def test_an_empty_text_is_no_answer() -> None:
    assert read("") == {}


def test_every_other_answer_is_plausible_unless_it_cannot_matter() -> None:
    found = {name: {answer[name] for answer in plausible() if name in answer} for name in Settings.model_fields}
    for name, setting in Settings.model_fields.items():
        accepted = {True, False} if setting.annotation is bool else set(get_args(setting.annotation))
        expected = set() if name in CANNOT_MATTER else accepted - {setting.default}
        assert found[name] >= expected
        assert name not in CANNOT_MATTER or not found[name]


def test_the_answers_to_a_setting_begin_with_the_default() -> None:
    assert answers_to("rounding", "at_least_one") == [
        {"rounding": "floor"},
        {"rounding": "ceil"},
        {"rounding": "round"},
        {"at_least_one": True},
        {"at_least_one": False},
    ]


def test_every_name_that_cannot_matter_is_a_setting() -> None:
    assert CANNOT_MATTER.keys() <= Settings.model_fields.keys()


def test_every_setting_cites_sections_of_the_page() -> None:
    sections = set(re.findall(r"^##+ (\d+(?:\.\d)?)", PAGE, re.MULTILINE))
    for name, setting in Settings.model_fields.items():
        cited = re.findall(r"\b\d+(?:\.\d)?\b", str(setting.description).rpartition("(")[2])
        assert cited, name
        assert set(cited) <= sections, name


def test_the_page_names_every_setting() -> None:
    """The table of section 3.1 has the first word of a setting's name in a row, and the rest in a column."""
    for name in Settings.model_fields:
        row, _, column = name.partition("_")
        assert f"`{name}`" in PAGE or (f"| `{row}_`" in PAGE and f"| `{column}` |" in PAGE), name
