"""What came of a distribution: entries and labels of both datasets, and what is worth a person's while.

A label's entries are images: one with two labels counts for each, one with two boxes of a label once.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lambdas.rules.pair import Dataset
from lambdas.rules.text import list_names, take_fitting

Labels = Mapping[str, int] | None

# Custom Labels Developer Guide, "Aggregate errors": below it, training ends in ERROR_INSUFFICIENT_LABEL_OVERLAP.
LEAST_OVERLAP = 0.5


class Code(StrEnum):
    """What a warning is about."""

    ENTRIES_UNACCOUNTED_FOR = "ENTRIES_UNACCOUNTED_FOR"
    INSUFFICIENT_LABEL_OVERLAP = "INSUFFICIENT_LABEL_OVERLAP"
    LABELS_WITHOUT_TEST_ENTRIES = "LABELS_WITHOUT_TEST_ENTRIES"
    LABELS_WITHOUT_TRAINING_ENTRIES = "LABELS_WITHOUT_TRAINING_ENTRIES"
    LABELS_FAR_FROM_SHARE = "LABELS_FAR_FROM_SHARE"
    ENTRIES_WITH_ERRORS = "ENTRIES_WITH_ERRORS"
    UNLABELED_ENTRIES = "UNLABELED_ENTRIES"
    LABELS_UNKNOWN = "LABELS_UNKNOWN"


@dataclass(frozen=True)
class Finding:
    """Something worth acting on, and what to do, in a sentence or two."""

    code: Code
    message: str


@dataclass(frozen=True)
class Label:
    """Entries with one label."""

    name: str
    training: int
    test: int

    @property
    def share(self) -> float:
        """Of its entries, how many are in the test dataset: from 0 to 1."""
        return share(self.training, self.test)

    def as_state(self) -> dict[str, Any]:
        return {
            "LabelName": self.name,
            "Training": self.training,
            "Test": self.test,
            "Share": round(self.share, 4),
        }


@dataclass(frozen=True)
class Report:
    """`entries_before`: of the training dataset. `labels` is None where Rekognition does not list them."""

    entries_before: int
    training: Dataset
    test: Dataset
    labels: list[Label] | None

    @classmethod
    def compare(cls, entries_before: int, training: Dataset, test: Dataset, labels: tuple[Labels, Labels]) -> "Report":
        """The labels with the fewest test entries come first."""
        of_training, of_test = labels
        if of_training is None or of_test is None:
            return cls(entries_before, training, test, None)
        names = of_training.keys() | of_test.keys()
        compared = [Label(name, of_training.get(name, 0), of_test.get(name, 0)) for name in names]
        return cls(
            entries_before, training, test, sorted(compared, key=lambda each: (each.test, -each.training, each.name))
        )

    @property
    def share(self) -> float:
        """Of all entries, how many are in the test dataset: from 0 to 1."""
        return share(self.training.entries, self.test.entries)

    @property
    def unaccounted(self) -> int:
        """Entries that are in neither dataset; negative when there are more than there were."""
        return self.entries_before - self.training.entries - self.test.entries

    def findings(self) -> list[Finding]:
        """The gravest first."""
        return [*self._check_counts(), *self._check_labels(), *self._check_entries()]

    def as_state(self) -> dict[str, Any]:
        """The form the workflow carries, with as many labels as a message has room for."""
        labels = None if self.labels is None else [label.as_state() for label in self.labels]
        shown = take_fitting(labels or [])
        return {
            "EntriesBefore": self.entries_before,
            "EntriesUnaccountedFor": self.unaccounted,
            "Share": round(self.share, 4),
            "Warnings": [{"Code": finding.code, "Message": finding.message} for finding in self.findings()],
            "Labels": None if labels is None else shown,
            "LabelsOmitted": len(labels or []) - len(shown),
        }

    def _check_counts(self) -> Iterator[Finding]:
        if self.unaccounted:
            amount, where = abs(self.unaccounted), "in neither dataset" if self.unaccounted > 0 else "more than before"
            yield Finding(
                Code.ENTRIES_UNACCOUNTED_FOR,
                f"Of {self.entries_before:,} entries, {count(amount, 'is', 'are')} {where}. Somebody may have changed "
                "a dataset meanwhile: compare both with the manifest.",
            )

    def _check_labels(self) -> Iterator[Finding]:
        if self.labels is None:
            yield Finding(Code.LABELS_UNKNOWN, "Rekognition does not list the labels now: a dataset is being changed.")
            return
        trained = [label for label in self.labels if label.training]
        both = [label for label in trained if label.test]
        untested = [label.name for label in trained if not label.test]
        if len(both) < LEAST_OVERLAP * len(trained):
            yield Finding(
                Code.INSUFFICIENT_LABEL_OVERLAP,
                f"Both datasets have only {len(both)} of {len(trained)} labels. Rekognition refuses to train with "
                f"fewer than half: add test images of {list_names(untested)}.",
            )
        if untested:
            yield Finding(
                Code.LABELS_WITHOUT_TEST_ENTRIES,
                f"No test entry has {list_names(untested)}: nothing will tell how well a model finds it. Add test "
                "images.",
            )
        untrained = [label.name for label in self.labels if label.test and not label.training]
        if untrained:
            yield Finding(
                Code.LABELS_WITHOUT_TRAINING_ENTRIES,
                f"No training entry has {list_names(untrained)}: a model cannot learn it. Add training images.",
            )
        far = [label.name for label in both if self._is_far_from_share(label)]
        if far:
            yield Finding(
                Code.LABELS_FAR_FROM_SHARE,
                f"The share of test entries is far from the whole's {percent(self.share)} for {list_names(far)}: "
                "results for it say less. Add test or training images.",
            )

    def _is_far_from_share(self, label: Label) -> bool:
        """By more than half, and by more entries than rounding explains."""
        expected = self.share * (label.training + label.test)
        return abs(label.test - expected) > max(2.0, expected / 2)

    def _check_entries(self) -> Iterator[Finding]:
        errors = self.training.errors + self.test.errors
        if errors:
            yield Finding(
                Code.ENTRIES_WITH_ERRORS,
                f"{count(errors, 'entry has', 'entries have')} errors and will not be used. ListDatasetEntries with "
                "HasErrors lists them, each with what is wrong.",
            )
        unlabeled = sum(each.entries - each.labeled - each.errors for each in (self.training, self.test))
        if unlabeled > 0:
            yield Finding(
                Code.UNLABELED_ENTRIES,
                f"{count(unlabeled, 'entry has', 'entries have')} no label. Label them, or leave them out.",
            )


def share(training: int, test: int) -> float:
    """Of nothing, none."""
    return test / (training + test) if training + test else 0.0


def percent(share_: float) -> str:
    return f"{share_:.0%}"


def count(number: int, one: str, several: str) -> str:
    """`3 entries have`"""
    return f"{number:,} {one if number == 1 else several}"
