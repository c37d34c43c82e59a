"""The sentence in the cause of an error."""

import json

import pytest

from lambdas.rules.causes import cut, read_cause

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
def test_the_sentence_of_a_cause(cause: object, sentence: str) -> None:
    assert read_cause(cause) == sentence


@pytest.mark.parametrize(
    ("text", "longest", "shown"),
    [("abc", 3, "abc"), ("abcd", 3, "abc…"), ("", 0, ""), ("\U0001f600" * 3, 2, "\U0001f600" * 2 + "…")],
)
def test_a_long_text_is_cut(text: str, longest: int, shown: str) -> None:
    assert cut(text, longest) == shown


def test_a_cause_is_cut_to_what_there_is_room_for() -> None:
    assert read_cause(json.dumps({"errorMessage": "x" * 50}), 10) == "x" * 10 + "…"
    assert cut("abcd", 2, " and more") == "ab and more"
