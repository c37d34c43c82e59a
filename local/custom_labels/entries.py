"""The entries of a dataset, in their order: pages, statistics, additions, divisions. None of it parses a line again."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property
from typing import NamedTuple

from local.custom_labels.entry import Entry


class LabelUse(NamedTuple):
    """On how many images a label is used, and on how many of them for a box."""

    images: int
    boxed_images: int


class Entries:
    """An unchanging sequence of entries; `declared` are labels that count although no entry declares them."""

    def __init__(self, entries: Sequence[Entry] = (), declared: Iterable[str] = ()) -> None:
        self._entries = entries
        self._declared = declared

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, position: int) -> Entry:
        return self._entries[position]

    @cached_property
    def labeled_count(self) -> int:
        return sum(1 for entry in self._entries if entry.labels)

    @cached_property
    def error_count(self) -> int:
        return sum(1 for entry in self._entries if entry.has_errors)

    @cached_property
    def buckets(self) -> set[str]:
        return {entry.bucket for entry in self._entries}

    @cached_property
    def labels(self) -> dict[str, LabelUse]:
        """The declared labels, in alphabetical order, with their use."""
        declared: set[str] = set(self._declared)
        images: dict[str, int] = {}
        boxed: dict[str, int] = {}
        for entry in self._entries:
            declared.update(entry.declared)
            for label in entry.labels:
                images[label] = images.get(label, 0) + 1
            for label in entry.box_labels:
                boxed[label] = boxed.get(label, 0) + 1
        return {label: LabelUse(images.get(label, 0), boxed.get(label, 0)) for label in sorted(declared)}

    def page(self, start: int, size: int, accepts: Callable[[Entry], bool]) -> tuple[list[Entry], int | None]:
        """Up to `size` accepted entries from a position on, and the position of the next accepted one, if any."""
        page: list[Entry] = []
        for position in range(start, len(self._entries)):
            entry = self._entries[position]
            if accepts(entry):
                if len(page) == size:
                    return page, position
                page.append(entry)
        return page, None

    def updated(self, changes: Iterable[Entry]) -> "Entries":
        """With each change in the place of the entry of the same image, or at the end."""
        by_image = {entry.source_ref: entry for entry in self._entries}
        by_image.update((change.source_ref, change) for change in changes)
        return Entries(list(by_image.values()), self._declared)

    def divided(self, moved: set[int], *, copy_labels: bool) -> tuple["Entries", "Entries"]:
        """The entries that stay and those at the moved positions, each in the order they had."""
        declared = self.labels if copy_labels else ()
        stay = [entry for position, entry in enumerate(self._entries) if position not in moved]
        return Entries(stay, declared), Entries([self._entries[position] for position in sorted(moved)], declared)
