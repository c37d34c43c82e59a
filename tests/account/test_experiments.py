"""Each experiment finds out the answer that the local service was secretly given."""

from collections.abc import Callable
from typing import Any

import pytest

from account.verify.answer import Answer
from account.verify.experiments.distribution import observe_distributions
from account.verify.experiments.durations import observe_changes
from account.verify.experiments.lines import observe_lines
from account.verify.experiments.manifests import observe_manifests, observe_test_limit
from account.verify.experiments.reads import observe_reads
from account.verify.experiments.refusals import observe_refusals
from account.verify.experiments.regions import observe_region
from account.verify.experiments.shares import observe_entries, observe_rounding
from account.verify.experiments.statuses import observe_statuses
from account.verify.lab import Lab
from local.aws import LocalAws
from local.custom_labels.settings import Settings, accepted_answers

LAG = 20.0  # seconds
Experiment = Callable[[Lab], list[Answer]]


def of(*names: str, **needed: Any) -> list[dict[str, Any]]:
    """Answers to all of these settings at a time, so that each accepted answer to each occurs."""
    answers = {name: accepted_answers(name) for name in names}
    runs = range(max(map(len, answers.values())))
    return [{**needed, **{name: each[run % len(each)] for name, each in answers.items()}} for run in runs]


STATUSES = [name for name in Settings.model_fields if "_while_" in name or "_after_failed_" in name]
SHARES = [
    {"stratify": strata, "rounding": rounding}
    for strata in accepted_answers("stratify")
    for rounding in accepted_answers("rounding")
]
CASES: dict[Experiment, list[dict[str, Any]]] = {
    observe_changes: [
        *of("in_progress_message", "in_progress_message_code", "success_message_code", "timestamps"),
        {"creation_seconds": 7.0, "update_seconds": 5.0, "deletion_seconds": 6.0},
    ],
    observe_distributions: [
        *of("last_updated", "failed_datasets"),
        *of("spared_dataset", failed_datasets="train"),
        *of("late_dataset", late_seconds=LAG),
        *of("stale_datasets", stale_status_seconds=LAG, distribution_seconds=30.0),
        {"stats_late_seconds": 12.0, "distribution_seconds": 25.0},
    ],
    observe_rounding: [*SHARES, *of("at_least_one"), *({"min_per_label": count} for count in (1, 3))],
    observe_entries: of("unlabeled_entries_move", "error_entries_move", "total_labels_after"),
    observe_refusals: of(
        "test_not_empty", "train_empty", "size_refusal", "wrong_pair", "accepted_order", "foreign_arn_error"
    ),
    observe_statuses: of(*STATUSES),
    observe_manifests: of("unreadable_manifest", "manifest_extension_required"),
    observe_lines: [
        *of("float_boxes", "missing_annotations", "byte_order_mark", "multilabel_type", "too_many_image_labels"),
        *of("labeled_entries", "listed_errors", "listed_lines"),
    ],
    observe_test_limit: [{"max_test_images_per_label": most} for most in (0, 1000)],
    observe_region: of("unavailable_region"),
    observe_reads: of(
        *("dataset_order", "unknown_project_names", "has_errors_false", "end_of_pages", "empty_output"),
        "default_feature",
    ),
}


@pytest.mark.parametrize(
    ("experiment", "secret"),
    [
        pytest.param(experiment, secret, id=f"{experiment.__name__}-{number}")
        for experiment, secrets in CASES.items()
        for number, secret in enumerate(secrets)
    ],
)
def test_an_experiment_finds_the_secret_answers(
    local_aws: LocalAws, lab: Lab, experiment: Experiment, secret: dict[str, Any]
) -> None:
    local_aws.configure(**secret)
    found = {each.setting: each.value for each in experiment(lab)}
    if secret.get("late_dataset") == "neither":
        assert found.pop("late_seconds") is None
        secret = {"late_dataset": "neither"}
    for name, value in secret.items():
        assert found[name] == (pytest.approx(value, abs=1.0) if isinstance(value, float) else value), name
