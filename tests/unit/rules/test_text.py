"""Texts and lists from outside, as messages show them."""

import json

import pytest

from lambdas.rules.text import (
    LONGEST_LIST,
    count,
    list_names,
    make_encodable,
    make_readable,
    read_cause,
    shorten,
    take_fitting,
)

FAILED_FUNCTION = {"errorMessage": "No such thing.", "errorType": "E", "stackTrace": ["a", "b"]}


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (json.dumps(FAILED_FUNCTION), "No such thing."),
        (json.dumps({"errorMessage": 7}), "7"),
        ("The topic does not exist.", "The topic does not exist."),
        ("{this is no JSON}", "{this is no JSON}"),
        ('{"error": "no errorMessage"}', '{"error": "no errorMessage"}'),
        ('["a list"]', '["a list"]'),
        ("[" * 100_000, "[" * 8_000 + "…"),
        ("9" * 5_000, "9" * 5_000),
        ("half a \ud83d character", "half a ? character"),
        ('{"errorMessage": "half a \\ud83d character"}', "half a ? character"),
        ("", "No cause was given."),
        (None, "No cause was given."),
        (7, "No cause was given."),
    ],
    ids=lambda value: str(value)[:30],
)
def test_cause_is_the_error_message_or_the_text(cause: object, sentence: str) -> None:
    assert read_cause(cause) == sentence


@pytest.mark.parametrize(
    ("text", "longest", "shown"),
    [("abc", 3, "abc"), ("abcd", 3, "abc…"), ("", 0, ""), ("\U0001f600" * 3, 2, "\U0001f600" * 2 + "…")],
)
def test_long_text_is_cut(text: str, longest: int, shown: str) -> None:
    assert shorten(text, longest) == shown


def test_cause_is_cut_to_the_given_length() -> None:
    assert read_cause(json.dumps({"errorMessage": "x" * 50}), 10) == "x" * 10 + "…"
    assert shorten("abcd", 2, " and more") == "ab and more"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("crack", "crack"),
        ("a b", "a b"),
        ("a\nb\tc\x00d", "a b c d"),
        ("\u202eabc\u2066", " abc "),
        ("x" * 41, "x" * 39 + "…"),
        ("x" * 40, "x" * 40),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("\ud800", " "),
        ("\u05d0\u05d1", "\u2068\u05d0\u05d1\u2069"),
        ("\u0627\u0628", "\u2068\u0627\u0628\u2069"),
        ("a\u05d0", "\u2068a\u05d0\u2069"),
        ("=1+1", "=1+1"),
        ("", ""),
    ],
)
def test_name_stays_on_its_line(name: str, shown: str) -> None:
    assert make_readable(name) == shown


@pytest.mark.parametrize(
    ("amount", "listed"),
    [
        (1, "0"),
        (5, "0, 1, 2, 3, 4"),
        (6, "0, 1, 2, 3, 4 and 1 more"),
        (250, "0, 1, 2, 3, 4 and 245 more"),
    ],
)
def test_at_most_five_names_are_listed(amount: int, listed: str) -> None:
    assert list_names([str(number) for number in range(amount)]) == listed


@pytest.mark.parametrize(
    ("text", "encoded"),
    [("rusty", "rusty"), ("\ud800crack", "?crack"), ("\U0001f600\udfff", "\U0001f600?"), ("", "")],
)
def test_lone_surrogate_becomes_a_question_mark(text: str, encoded: str) -> None:
    assert make_encodable(text) == encoded


@pytest.mark.parametrize(
    ("number", "counted"), [(0, "0 entries"), (1, "1 entry"), (2, "2 entries"), (250_000, "250,000 entries")]
)
def test_number_has_its_noun_and_thousands_apart(number: int, counted: str) -> None:
    assert count(number, "entry", "entries") == counted


@pytest.mark.parametrize(
    ("longest", "fit"),
    [(6, []), (7, ["a"]), (13, ["a"]), (14, ["a", "b"]), (21, ["a", "b", "c"]), (1_000, ["a", "b", "c"])],
)
def test_item_has_the_length_of_json_in_json(longest: int, fit: list[str]) -> None:
    assert take_fitting(["a", "b", "c"], longest) == fit


def test_characters_count_escaped() -> None:
    assert take_fitting(["\U0001f600"], 19) == []
    assert take_fitting(["\U0001f600"], 20) == ["\U0001f600"]


def test_list_ends_at_the_first_item_that_does_not_fit() -> None:
    assert take_fitting(["a", "b" * 10, "c"], 15) == ["a"]


def test_empty_list_always_fits() -> None:
    assert take_fitting([], 0) == []


def test_list_has_at_most_100_000_characters() -> None:
    assert LONGEST_LIST == 100_000
    assert take_fitting(["x" * 99_994]) == ["x" * 99_994]
    assert take_fitting(["x" * 99_995]) == []
