"""The share of the entries that a distribution moves, and whether a distribution has kept to it.

AWS documents 20% ("Distributing a training dataset (SDK)", Amazon Rekognition Custom Labels Developer Guide). It does
not document how Rekognition rounds, nor whether it takes 20% of each label or of the whole.
"""

SHARE = 0.2
MOST_LABELS = 250  # of a dataset ("Guidelines and quotas in Amazon Rekognition Custom Labels", same guide)
_TOLERANCE = 0.05


def expect_moved(entries: int) -> int:
    """About how many of a dataset's entries a distribution moves: at least one, unless there are none."""
    return max(min(entries, 1), round(entries * SHARE))


def is_far_from_share(moved: int, entries: int, labels: int) -> bool:
    """Whether rounding cannot explain how many of the entries were moved.

    If Rekognition rounds for each label, each label can move one whole entry more or less. Beside that, the moved
    entries can differ from SHARE by 5% of all entries.
    """
    return abs(moved - entries * SHARE) > max(labels, 1) + entries * _TOLERANCE
