"""The share of the entries that a distribution moves."""

import pytest

from lambdas.rules.share import expect_moved, is_far_from_share


@pytest.mark.parametrize(
    ("entries", "moved"),
    [(0, 0), (1, 1), (2, 1), (7, 1), (8, 2), (10, 2), (13, 3), (200, 40), (229, 46), (250_000, 50_000)],
)
def test_a_fifth_of_the_entries_but_at_least_one_is_expected(entries: int, moved: int) -> None:
    assert expect_moved(entries) == moved


@pytest.mark.parametrize(
    ("moved", "entries", "labels", "far"),
    [
        (1, 200, 4, True),
        (199, 200, 4, True),
        (38, 200, 4, False),
        (44, 229, 4, False),
        (26, 200, 4, False),  # 14 fewer than 40: 4 labels and 5% of 200
        (25, 200, 4, True),
        (54, 200, 4, False),
        (55, 200, 4, True),
        (2, 10, 2, False),
        (1, 10, 2, False),
        (4, 10, 2, False),
        (5, 10, 2, True),
        (9, 10, 2, True),
        (1, 2, 1, False),  # of two images of one label, one moves
        (1, 3, 1, False),
        (2, 3, 1, True),
        (1, 2, 0, False),  # without labels, the whole is rounded once
        (3, 4, 0, True),
        (50, 100, 50, False),  # 50 labels of two images each: one image of each label moves
        (50, 100, 5, True),
        (2_000, 10_000, 3, False),
        (1_497, 10_000, 3, False),
        (1_496, 10_000, 3, True),
        (2_503, 10_000, 3, False),
        (2_504, 10_000, 3, True),
        (50_000, 250_000, 250, False),
        (37_250, 250_000, 250, False),
        (37_249, 250_000, 250, True),
        (0, 0, 0, False),
    ],
)
def test_share_is_far_if_rounding_cannot_explain_it(moved: int, entries: int, labels: int, far: bool) -> None:
    assert is_far_from_share(moved, entries, labels) is far
