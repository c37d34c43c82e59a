"""The dry run: report what a distribution would do, and change nothing.

Whether there are enough labeled images is Rekognition's decision. A dry run predicts it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lambdas.rules.decision import Action, Decision, Obstacle, run_checks
from lambdas.rules.failures.errors import DecidedError
from lambdas.rules.failures.lookup import advise
from lambdas.rules.failures.row import Known
from lambdas.rules.failures.situations import TOO_FEW_IMAGES, TOO_MANY_LABELS
from lambdas.rules.pair import Dataset, Labels, Pair, Record, count_entries
from lambdas.rules.share import MOST_LABELS, expect_moved
from lambdas.rules.text import count, list_names, take_fitting


@dataclass(frozen=True)
class Refusal:
    """What was found in the training dataset, and the message with which Rekognition refuses it.

    `certain` is False if AWS does not document exactly which datasets Rekognition refuses.
    """

    found: str
    message: str
    certain: bool

    def __str__(self) -> str:
        return f"{self.found} Rekognition's message for that: {self.message}"


Found = Obstacle | Refusal | None
Prediction = Callable[[Dataset, Labels], Found]


def report_dry_run(pair: Pair, record: Record, training: Labels, test: Labels) -> tuple[Decision, dict[str, Any]]:
    """The decision DRY_RUN, and the report: {Checks, WouldMove, Labels, LabelsOmitted}.

    `training` and `test` are entries by label; None if Rekognition does not list them. In the report, the labels with
    the fewest training entries come first. Its Labels is None if the labels of the training dataset are unknown.
    """
    predicted = {name: _check_labels(predict, pair.training, training) for name, predict in _PREDICTIONS.items()}
    found: dict[str, Found] = {**run_checks(pair, record), **predicted}
    would_move = expect_moved(count_entries(pair.training))
    labels = None if training is None else _compare_labels(training, test or {})
    shown = take_fitting(labels or [])
    report = {
        "Checks": [{"Check": name, "Passed": not each, "Found": _describe_found(each)} for name, each in found.items()],
        "WouldMove": would_move,
        "Labels": labels and shown,
        "LabelsOmitted": len(labels or []) - len(shown),
    }
    first = next((each for each in found.values() if each), None)
    return Decision(Action.DRY_RUN, f"{_predict(first, pair, would_move)} Nothing was changed."), report


def _compare_labels(training: Mapping[str, int], test: Mapping[str, int]) -> list[dict[str, Any]]:
    labels = [
        {"LabelName": name, "Training": training.get(name, 0), "Test": test.get(name, 0)}
        | {"WouldMove": expect_moved(training.get(name, 0))}
        for name in sorted(training.keys() | test.keys())
    ]
    return sorted(labels, key=lambda label: label["Training"])


def _describe_found(found: Found) -> str:
    return found.reason if isinstance(found, Decision) else str(found or "")


def _predict(found: Found, pair: Pair, would_move: int) -> str:
    if found is None:
        entries = count(count_entries(pair.training), "entry", "entries")
        return f"Every check passed; a distribution would move about {would_move:,} of {entries}."
    if isinstance(found, Refusal):
        would = "would" if found.certain else "would probably"
        return _predict_failure(would, DecidedError.DISTRIBUTION_FAILED, str(found), pair.training)
    if isinstance(found, Exception):
        return f"A distribution would fail with {type(found).__name__}: {found}"
    if found.action == Action.FAILED:
        return _predict_failure("would", found.error, found.reason, pair.training)
    if found.action == Action.WAIT:
        return f"A distribution would not start at once. {found.reason}"
    return f"There is nothing left to distribute. {found.reason}"


def _predict_failure(would: str, error: str, cause: str, training: Dataset | None) -> str:
    """The failure as the notification of a distribution would say it, with its advice."""
    known = Known(cause, training.entries, training.labeled, training.errors) if training else Known(cause)
    return f"A distribution {would} fail with {error}: {cause} {advise(error, known)}"


def _check_labels(predict: Prediction, training: Dataset | None, labels: Labels) -> Found:
    """Without entries there is nothing to predict from, and an earlier check says so."""
    return predict(training, labels) if training and training.entries else _NOT_CHECKED


def _predict_from_entries(training: Dataset, labels: Labels) -> Found:
    """AWS documents the message: "Terminal errors" (Amazon Rekognition Custom Labels Developer Guide).

    An entry whose labels all have errors may count as labeled. If all entries are such ones, no label has an entry.
    """
    errors = training.errors
    has_only_broken_labels = errors > 0 and labels is not None and not any(labels.values())
    if training.labeled and not has_only_broken_labels:
        return None
    have_errors = f", and {count(errors, 'entry has', 'entries have')} errors" if errors else ""
    return Refusal(f"No entry of the training dataset has a label{have_errors}.", TOO_FEW_IMAGES, certain=True)


def _predict_from_images(_training: Dataset, labels: Labels) -> Found:
    """One image cannot be in both datasets. AWS does not document how many images a label needs (same page)."""
    if labels is None:
        return _LABELS_UNKNOWN
    single = sorted(name for name, entries in labels.items() if entries == 1)
    if not single:
        return None
    found = f"{count(len(single), 'label has', 'labels have')} only one image: {list_names(single)}."
    return Refusal(found, TOO_FEW_IMAGES, certain=False)


def _predict_from_labels(_training: Dataset, labels: Labels) -> Found:
    """AWS documents the limit, and that Rekognition counts the labels of each dataset afterwards (same page)."""
    if labels is None:
        return _LABELS_UNKNOWN
    if len(labels) <= MOST_LABELS:
        return None
    found = f"The training dataset has {len(labels):,} labels, and AWS allows {MOST_LABELS:,}."
    return Refusal(found, TOO_MANY_LABELS, certain=False)


_LABELS_UNKNOWN = Decision(Action.WAIT, "Rekognition does not list the labels of the training dataset now.")
_NOT_CHECKED = Decision(Action.WAIT, "Not checked, because the training dataset has no entries.")
_PREDICTIONS: dict[str, Prediction] = {
    "Some training entries have a label": _predict_from_entries,
    "Every label has more than one image": _predict_from_images,
    f"There are at most {MOST_LABELS} labels": _predict_from_labels,
}
