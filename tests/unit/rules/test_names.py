"""Names from outside, as people get to read them."""

import pytest

from lambdas.rules.names import encodable, list_names, readable


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
def test_a_name_stays_on_its_line(name: str, shown: str) -> None:
    assert readable(name) == shown


@pytest.mark.parametrize(
    ("amount", "said"),
    [
        (1, "0"),
        (5, "0, 1, 2, 3, 4"),
        (6, "0, 1, 2, 3, 4 and 1 more"),
        (250, "0, 1, 2, 3, 4 and 245 more"),
    ],
)
def test_of_many_names_a_few_are_named(amount: int, said: str) -> None:
    assert list_names([str(number) for number in range(amount)]) == said


@pytest.mark.parametrize(
    ("text", "encoded"),
    [("rusty", "rusty"), ("\ud800crack", "?crack"), ("\U0001f600\udfff", "\U0001f600?"), ("", "")],
)
def test_what_utf_8_cannot_carry_becomes_a_question_mark(text: str, encoded: str) -> None:
    assert encodable(text) == encoded
