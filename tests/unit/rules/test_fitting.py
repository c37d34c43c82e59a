"""Of a list, as much as has room."""

import pytest

from lambdas.rules.fitting import ROOM, fitting


@pytest.mark.parametrize(
    ("room", "fit"),
    [(6, []), (7, ["a"]), (13, ["a"]), (14, ["a", "b"]), (21, ["a", "b", "c"]), (1_000, ["a", "b", "c"])],
)
def test_each_item_takes_the_length_of_json_in_json(room: int, fit: list[str]) -> None:
    assert fitting(["a", "b", "c"], room) == fit


def test_every_character_counts_escaped() -> None:
    assert fitting(["\U0001f600"], 19) == []
    assert fitting(["\U0001f600"], 20) == ["\U0001f600"]


def test_what_fits_ends_at_the_first_item_that_does_not() -> None:
    assert fitting(["a", "b" * 10, "c"], 15) == ["a"]


def test_nothing_has_room_everywhere() -> None:
    assert fitting([], 0) == []


def test_a_list_has_room_for_100_000_characters() -> None:
    assert ROOM == 100_000
    assert fitting(["x" * 99_994]) == ["x" * 99_994]
    assert fitting(["x" * 99_995]) == []
