"""Texts and lists from outside, as messages show them."""

import json

import pytest

from lambdas.rules.text import (
    LONGEST_LIST,
    break_links,
    count,
    list_names,
    make_encodable,
    make_readable,
    read_cause,
    shorten,
    take_fitting,
)

TRACED = {"errorType": "KeyError", "stackTrace": ['  File "/var/task/a.py"']}
FAILED_FUNCTION = {"errorMessage": "No such thing.", "errorType": "E", "stackTrace": ["a", "b"]}


@pytest.mark.parametrize(
    ("cause", "sentence"),
    [
        (json.dumps(FAILED_FUNCTION), "No such thing."),
        (json.dumps({"errorMessage": 7}), "7"),
        ("The topic does not exist.", "The topic does not exist."),
        ("{this is no JSON}", "{this is no JSON}"),
        ('{"error": "no errorMessage"}', '{"error": "no errorMessage"}'),
        ('{"errorMessage": null}', '{"errorMessage": null}'),
        (json.dumps({"errorMessage": "", **TRACED}), "A function failed with KeyError and no message."),
        (json.dumps(TRACED), "A function failed with KeyError and no message."),
        (json.dumps({"errorMessage": {"why": ["a", None]}, **TRACED}), '{"why": ["a", null]}'),
        (json.dumps({"errorMessage": 'Say "\\ué".', **TRACED})[:-1], 'Say "\\ué".'),
        ('{"errorMessage": "Cut in a lo', "Cut in a lo"),
        ('{"errorMessage": "Cut in \\u00e', "Cut in "),
        ('{"errorMessage": "Cut after \\', "Cut after "),
        ('{"errorMessage": "Long.", "size": ' + "9" * 5_000 + "}", "Long."),
        ('["a list"]', '["a list"]'),
        ("[" * 100_000, "[" * 8_000 + "…"),
        ("9" * 5_000, "9" * 5_000),
        ("half a \ud83d character", "half a ? character"),
        ('{"errorMessage": "half a \\ud83d character"}', "half a ? character"),
        ("", "No cause was given."),
        (None, "No cause was given."),
        (7, "No cause was given."),
        ("one\n\ttwo\r\x1b[2J\u202e", "one\n\ttwo\\r\\u001b[2J\\u202e"),
        ("\u3164" * 3_000, "\\u3164" * 1_333 + "\\u…"),
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
        ("a\nb\tc\x00d", r"a\nb\tc\u0000d"),
        ("\u202eabc\u2066", r"\u202eabc\u2066"),
        ("\xad\u200b\u2060\ufeff", r"\u00ad\u200b\u2060\ufeff"),
        ("\u3164", r"\u3164"),
        ("\u2800\u034f\u115f\uffa0", r"\u2800\u034f\u115f\uffa0"),
        ("crack\U000e0100", r"crack\udb40\udd00"),
        ("\u1160\u17b4\u17b5\u180b\u180e\u180f", r"\u1160\u17b4\u17b5\u180b\u180e\u180f"),
        ("\u2d7f\U00016fe4\U0001d159", r"\u2d7f\ud81b\udfe4\ud834\udd59"),
        ("\ue000\u2028", r"\ue000\u2028"),
        ("x" * 41, "x" * 39 + "…"),
        ("x" * 40, "x" * 40),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("\U0001f3f3\ufe0f\u200d\U0001f308", "\U0001f3f3\ufe0f\u200d\U0001f308"),
        ("1\ufe0f\u20e3", "1\ufe0f\u20e3"),
        ("\u845b\U000e0100", "\u845b\U000e0100"),
        ("\u0645\u06cc\u200c\u062e", "\u2068\u0645\u06cc\u200c\u062e\u2069"),
        ("cr\u200dack\u200c", r"cr\u200dack\u200c"),
        ("\xe9\u200d\u200d\xe9", "\xe9\u200d\\u200d\xe9"),
        ("\u200d\ufe0f", r"\u200d\ufe0f"),
        ("\ud800", r"\ud800"),
        ("e" + "\u0301" * 255, "e" + "\u0301" * 4 + "…"),
        ("\u0301" * 255, "\u25cc" + "\u0301" * 4 + "…"),
        ("a \u0301b", "a \u25cc\u0301b"),
        ("\u0301e\u0301", "\u25cc\u0301e\u0301"),
        ("\u0661\u0662", "\u2068\u0661\u0662\u2069"),
        ("http://evil.example/x", "http[:]//evil[.]example/x"),
        ("see www.evil.com", "see www[.]evil[.]com"),
        ("a@b.de", "a@b[.]de"),
        ("\u0431.\u0440\u0444", "\u0431[.]\u0440\u0444"),
        ("v2.0.b", "v2.0.b"),
        ("crack.", "crack."),
        ("\u05d0\u05d1", "\u2068\u05d0\u05d1\u2069"),
        ("\u0627\u0628", "\u2068\u0627\u0628\u2069"),
        ("a\u05d0", "\u2068a\u05d0\u2069"),
        ("=1+1", "=1+1"),
        ("", '""'),
        (" ", '" "'),
        ("crack ", '"crack "'),
        ("\xa0crack", '" crack"'),
        ("a\u3000b", "a b"),
        ("x" * 39 + " ", '"' + "x" * 38 + "…"),
    ],
)
def test_name_stays_on_its_line_and_is_seen(name: str, shown: str) -> None:
    assert make_readable(name) == shown


@pytest.mark.parametrize(
    ("text", "broken"),
    [
        ("See http://evil.example/a.b now.", "See http[:]//evil[.]example/a.b now."),
        ("HTTPS://1.2.3.4", "HTTPS[:]//1[.]2[.]3[.]4"),
        ("xhttp://a.b", "xhttp[:]//a[.]b"),
        ("Www.evil.com/x", "Www[.]evil[.]com/x"),
        ("awww.really", "awww.really"),
        ("s3://images/a.jpg", "s3://images/a.jpg"),
        ("rekognition.us-east-1.amazonaws.com", "rekognition.us-east-1.amazonaws.com"),
        ("https://docs.aws.amazon.com/rekognition/", "https://docs.aws.amazon.com/rekognition/"),
        ("https://docs.aws.amazon.com.evil/", "https[:]//docs[.]aws[.]amazon[.]com[.]evil/"),
        ("https://docs.aws.amazon.com@evil/", "https[:]//docs[.]aws[.]amazon[.]com@evil/"),
    ],
)
def test_address_is_text_except_of_awss_guide(text: str, broken: str) -> None:
    assert break_links(text) == broken


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
