"""The report on a distribution: the entries and labels of both datasets, and the warnings.

An entry is an image. An image with two labels counts for both. An image with two boxes of one label counts once.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from lambdas.rules.pair import Dataset, Labels
from lambdas.rules.share import MOST_LABELS, SHARE, expect_moved, is_far_from_share
from lambdas.rules.text import count, list_names, take_fitting

# Below this share, training fails with ERROR_INSUFFICIENT_LABEL_OVERLAP (Custom Labels Developer Guide, "Aggregate
# errors").
LEAST_OVERLAP = 0.5
# The most test images of a label, in the text of 2023 of "Guidelines and quotas in Amazon Rekognition Custom Labels"
# (same guide).
MOST_TEST_ENTRIES = 1_000
_MAY_BE_THE_SAME = "These can be entries with errors, too. "


class Code(StrEnum):
    """The subject of a warning."""

    ENTRIES_UNACCOUNTED_FOR = "ENTRIES_UNACCOUNTED_FOR"
    SHARE_FAR_FROM_DOCUMENTED = "SHARE_FAR_FROM_DOCUMENTED"
    INSUFFICIENT_LABEL_OVERLAP = "INSUFFICIENT_LABEL_OVERLAP"
    LABELS_WITHOUT_TEST_ENTRIES = "LABELS_WITHOUT_TEST_ENTRIES"
    LABELS_WITHOUT_TRAINING_ENTRIES = "LABELS_WITHOUT_TRAINING_ENTRIES"
    LABELS_FAR_FROM_SHARE = "LABELS_FAR_FROM_SHARE"
    LABELS_ABOVE_TEST_LIMIT = "LABELS_ABOVE_TEST_LIMIT"
    ENTRIES_WITH_ERRORS = "ENTRIES_WITH_ERRORS"
    UNLABELED_ENTRIES = "UNLABELED_ENTRIES"
    LABELS_UNKNOWN = "LABELS_UNKNOWN"


@dataclass(frozen=True)
class Finding:
    """A warning: what was found and what to do, in a few sentences."""

    code: Code
    message: str


@dataclass(frozen=True)
class Label:
    """The numbers of entries that have one label."""

    name: str
    training: int
    test: int

    @property
    def share(self) -> float:
        """The share of its entries that is in the test dataset, from 0 to 1."""
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
    """`entries_before` of the training dataset. `labels` is None if they are unknown."""

    entries_before: int
    training: Dataset
    test: Dataset
    labels: list[Label] | None

    @classmethod
    def compare(cls, entries_before: int, training: Dataset, test: Dataset, labels: tuple[Labels, Labels]) -> "Report":
        """The report, in which the labels with the fewest test entries come first."""
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
        """The share of all entries that is in the test dataset, from 0 to 1."""
        return share(self.training.entries, self.test.entries)

    @property
    def unaccounted(self) -> int:
        """The number of entries that are in neither dataset; negative if there are more than before."""
        return self.entries_before - self.training.entries - self.test.entries

    def findings(self) -> list[Finding]:
        """The warnings, the most serious one first."""
        return [*self._check_counts(), *self._check_labels(), *self._check_entries()]

    def as_state(self) -> dict[str, Any]:
        """The report for the notice, with as many labels as a message can contain."""
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
            yield Finding(
                Code.ENTRIES_UNACCOUNTED_FOR,
                f"{self._describe_unaccounted()} Somebody may have changed a dataset during the distribution. Compare "
                "both datasets with the manifest.",
            )
        labels = MOST_LABELS if self.labels is None else len(self.labels)
        if is_far_from_share(self.test.entries, self.entries_before, labels):
            yield Finding(
                Code.SHARE_FAR_FROM_DOCUMENTED,
                f"The test dataset has {count(self.test.entries, 'entry', 'entries')}. AWS documents that "
                f"{percent(SHARE)} move, which is about {expect_moved(self.entries_before):,} of "
                f"{self.entries_before:,}. A distribution cannot be undone. For another share, delete both datasets "
                "and create each from a manifest of its own.",
            )

    def _describe_unaccounted(self) -> str:
        if self.unaccounted > 0:
            return f"Of {self.entries_before:,} entries, {count(self.unaccounted, 'is', 'are')} in neither dataset."
        more = count(-self.unaccounted, "entry", "entries")
        return f"Both datasets together have {more} more than the {self.entries_before:,} before the distribution."

    def _check_labels(self) -> Iterator[Finding]:
        if self.labels is None:
            yield Finding(
                Code.LABELS_UNKNOWN,
                "The labels are unknown, because Rekognition did not list them. Compare the labels of both datasets "
                "in the "
                "Rekognition console before you train.",
            )
            return
        trained = [label for label in self.labels if label.training]
        both = [label for label in trained if label.test]
        untested = [label.name for label in trained if not label.test]
        if len(both) < LEAST_OVERLAP * len(trained):
            yield Finding(
                Code.INSUFFICIENT_LABEL_OVERLAP,
                f"Labels that are in both datasets: {len(both)} of {len(trained)}. Rekognition refuses to train with "
                f"fewer than half. Add test images with {_name_labels(untested)}.",
            )
        if untested:
            yield Finding(
                Code.LABELS_WITHOUT_TEST_ENTRIES,
                f"No test entry has {_name_any_of(untested)}. A test cannot show how well a model finds "
                f"{_it_or_them(untested)}. Add test images.",
            )
        untrained = [label.name for label in self.labels if label.test and not label.training]
        if untrained:
            yield Finding(
                Code.LABELS_WITHOUT_TRAINING_ENTRIES,
                f"No training entry has {_name_any_of(untrained)}. A model cannot learn {_it_or_them(untrained)}. Add "
                "training images.",
            )
        far = [label.name for label in both if self._is_far_from_share(label)]
        if far:
            yield Finding(
                Code.LABELS_FAR_FROM_SHARE,
                f"{percent(self.share)} of all entries are test entries, but the share is very different for "
                f"{_name_labels(far)}. With few test images, a test result means little. With few training images, a "
                "model learns little. Add images where there are few.",
            )
        many = [label.name for label in self.labels if label.test > MOST_TEST_ENTRIES]
        if many:
            yield Finding(
                Code.LABELS_ABOVE_TEST_LIMIT,
                f"{_name_each_of(many)} has more than {MOST_TEST_ENTRIES:,} test entries. In 2023, AWS documented "
                f"a limit of {MOST_TEST_ENTRIES:,} test images for each label. If Rekognition refuses to train, "
                f"replace "
                "the test dataset with a smaller one.",
            )

    def _is_far_from_share(self, label: Label) -> bool:
        """Whether its test entries differ from the expected number by more than half and by more than two entries."""
        expected = self.share * (label.training + label.test)
        return abs(label.test - expected) > max(2.0, expected / 2)

    def _check_entries(self) -> Iterator[Finding]:
        """The two warnings can be about the same entries: an entry with errors can be labeled or not.

        Which entries are used in training: "Non-terminal errors" and, for unlabeled ones, "Non-Terminal JSON Line
        Validation Errors" (Custom Labels Developer Guide).
        """
        errors = self.training.errors + self.test.errors
        if errors:
            yield Finding(
                Code.ENTRIES_WITH_ERRORS,
                f"{count(errors, 'entry has', 'entries have')} errors. Rekognition trains with such an entry without "
                "its broken annotations, or not at all if its whole line is broken. Call ListDatasetEntries with "
                "HasErrors to see what is wrong with each.",
            )
        unlabeled = sum(each.entries - each.labeled for each in (self.training, self.test))
        if unlabeled > 0:
            it = "it" if unlabeled == 1 else "them"
            yield Finding(
                Code.UNLABELED_ENTRIES,
                f"{count(unlabeled, 'entry has', 'entries have')} no label, so Rekognition does not train with {it}. "
                f"{_MAY_BE_THE_SAME if errors else ''}Label {it}, or leave {it} out.",
            )


def _name_labels(names: Sequence[str]) -> str:
    """`the label crack` or `the labels crack, dent`"""
    return f"the {'label' if len(names) == 1 else 'labels'} {list_names(names)}"


def _name_any_of(names: Sequence[str]) -> str:
    """`the label crack` or `any of the labels crack, dent`"""
    return _name_labels(names) if len(names) == 1 else f"any of {_name_labels(names)}"


def _name_each_of(names: Sequence[str]) -> str:
    """`The label crack` or `Each of the labels crack, dent`"""
    return f"T{_name_labels(names)[1:]}" if len(names) == 1 else f"Each of {_name_labels(names)}"


def _it_or_them(names: Sequence[str]) -> str:
    return "it" if len(names) == 1 else "them"


def share(training: int, test: int) -> float:
    """The share of test entries, from 0 to 1; 0.0 if there are no entries."""
    return test / (training + test) if training + test else 0.0


def percent(share_: float) -> str:
    return f"{share_:.0%}"
