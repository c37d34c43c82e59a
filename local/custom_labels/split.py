"""Which entries a distribution moves: 20% of the training dataset, label set by label set."""

import math
import random
from collections import defaultdict
from collections.abc import Callable

from local.custom_labels.entries import Entries
from local.custom_labels.settings import Settings

ONE_IN = 5
INSUFFICIENT = "The manifest file doesn't have enough labeled images to distribute the dataset."

Stratum = list[int]

_ROUND: dict[str, Callable[[float], int]] = {
    "floor": math.floor,
    "ceil": math.ceil,
    "round": lambda exact: math.floor(exact + 0.5),
}


class InsufficientImages(Exception):  # noqa: N818 - named by its situation
    """ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_DISTRIBUTE; the message becomes the StatusMessage."""

    def __init__(self) -> None:
        super().__init__(INSUFFICIENT)


def choose_moved(entries: Entries, settings: Settings) -> set[int]:
    """The positions of the entries to move; InsufficientImages when a label has too few, or none could move or stay."""
    images = [use.images for use in entries.labels.values() if use.images]
    if not images or min(images) < settings.min_per_label:
        raise InsufficientImages
    draw = random.Random(settings.seed)
    moved: set[int] = set()
    for stratum in _strata(entries, settings):
        moved.update(draw.sample(stratum, moved_count(len(stratum), settings)))
    if not 0 < len(moved) < len(entries):
        raise InsufficientImages
    return moved


def moved_count(size: int, settings: Settings) -> int:
    """How many of a stratum's entries move. At least one stays."""
    least = 1 if settings.at_least_one else 0
    return max(0, min(size - 1, max(least, _ROUND[settings.rounding](size / ONE_IN))))


def _strata(entries: Entries, settings: Settings) -> list[Stratum]:
    eligible = [position for position in range(len(entries)) if _takes_part(entries, position, settings)]
    if settings.stratify == "none":
        return [eligible]
    by_label_set: defaultdict[tuple[str, ...], Stratum] = defaultdict(list)
    for position in eligible:
        by_label_set[entries[position].labels].append(position)
    # Label sets that one image alone has are taken together: each for itself would move all of them or none.
    single = [stratum[0] for stratum in by_label_set.values() if len(stratum) == 1]
    return [*(stratum for stratum in by_label_set.values() if len(stratum) > 1), single]


def _takes_part(entries: Entries, position: int, settings: Settings) -> bool:
    entry = entries[position]
    if entry.has_errors and not settings.error_entries_move:
        return False
    return bool(entry.labels) or settings.unlabeled_entries_move
