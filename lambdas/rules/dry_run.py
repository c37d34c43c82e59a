"""The dry run: report what a distribution would do, and change nothing."""

from collections.abc import Mapping
from typing import Any

from lambdas.rules.decision import Action, Decision, Obstacle, first_obstacle, run_checks
from lambdas.rules.pair import Pair, Record, count_entries
from lambdas.rules.text import count, take_fitting

SHARE = 0.2  # of the entries; how Rekognition rounds is not documented

Labels = Mapping[str, int] | None


def report_dry_run(pair: Pair, record: Record, training: Labels, test: Labels) -> tuple[Decision, dict[str, Any]]:
    """The decision DRY_RUN, and the report: {Checks, WouldMove, Labels, LabelsOmitted}.

    `training` and `test` are entries by label; None if Rekognition does not list them. In the report, the labels with
    the fewest training entries come first. Its Labels is None if the labels of the training dataset are unknown.
    """
    checks = run_checks(pair, record)
    would_move = _share(count_entries(pair.training))
    labels = None if training is None else _compare_labels(training, test or {})
    shown = take_fitting(labels or [])
    report = {
        "Checks": [
            {"Check": name, "Passed": not found, "Found": _describe_obstacle(found)} for name, found in checks.items()
        ],
        "WouldMove": would_move,
        "Labels": labels and shown,
        "LabelsOmitted": len(labels or []) - len(shown),
    }
    prediction = _predict(first_obstacle(checks), pair, would_move)
    return Decision(Action.DRY_RUN, f"{prediction} Nothing was changed."), report


def _compare_labels(training: Mapping[str, int], test: Mapping[str, int]) -> list[dict[str, Any]]:
    labels = [
        {"LabelName": name, "Training": training.get(name, 0), "Test": test.get(name, 0)}
        | {"WouldMove": _share(training.get(name, 0))}
        for name in sorted(training.keys() | test.keys())
    ]
    return sorted(labels, key=lambda label: label["Training"])


def _describe_obstacle(obstacle: Obstacle | None) -> str:
    return obstacle.reason if isinstance(obstacle, Decision) else str(obstacle or "")


def _predict(obstacle: Obstacle | None, pair: Pair, would_move: int) -> str:
    if obstacle is None:
        entries = count(count_entries(pair.training), "entry", "entries")
        return f"Every check passed; a distribution would move about {would_move:,} of {entries}."
    if isinstance(obstacle, Exception):
        return f"A distribution would fail with {type(obstacle).__name__}: {obstacle}"
    if obstacle.action == Action.FAILED:
        return f"A distribution would fail with {obstacle.error}: {obstacle.reason}"
    if obstacle.action == Action.WAIT:
        return f"A distribution would wait first. {obstacle.reason}"
    return f"There is nothing left to distribute. {obstacle.reason}"


def _share(entries: int) -> int:
    return round(entries * SHARE)
