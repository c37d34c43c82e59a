"""DistributeDatasetEntries: which pairs it accepts, which entries move, and how both datasets end."""

import math
import random
from collections import defaultdict
from collections.abc import Callable
from typing import Any, NamedTuple

from local.custom_labels.account import Distribution
from local.custom_labels.datasets import DISTRIBUTED, UPDATED, Dataset, Result, client_error, require_allowed, success
from local.custom_labels.errors import ServiceError, invalid_parameter
from local.custom_labels.manifests.entries import Entries
from local.custom_labels.manifests.manifest import UnusableManifest, check_limits
from local.custom_labels.operations.call import Call
from local.custom_labels.operations.dataset_operations import begin_update
from local.custom_labels.settings import Settings

ONE_IN = 5  # one entry in five moves: 20%
INSUFFICIENT = "The manifest file doesn't have enough labeled images to distribute the dataset."

Results = list[tuple[Dataset, Result]]
Stratum = list[int]

_ROUND: dict[str, Callable[[float], int]] = {
    "floor": math.floor,
    "ceil": math.ceil,
    "round": lambda exact: math.floor(exact + 0.5),
}


class Pair(NamedTuple):
    """The training and the test dataset of one project."""

    train: Dataset
    test: Dataset


class UndistributablePair(Exception):  # noqa: N818 - named by its situation
    """A pair whose distribution fails after the call; the message becomes the StatusMessage."""


class InsufficientImages(Exception):  # noqa: N818 - named by its situation
    """ERROR_INSUFFICIENT_IMAGES_PER_LABEL_FOR_DISTRIBUTE; the message becomes the StatusMessage."""

    def __init__(self) -> None:
        super().__init__(INSUFFICIENT)


def distribute_dataset_entries(call: Call, parameters: dict[str, Any]) -> dict[str, Any]:
    datasets = [call.find_dataset(dataset["Arn"]) for dataset in parameters["Datasets"]]
    for dataset in datasets:
        require_allowed("distribute", dataset, call.settings)
    _authorize_images(call, datasets)
    call.require_capacity()
    results = _build_results(call, datasets)
    call.account.distributions.append(_build_distribution(call, results))
    for dataset, result in results:
        begin_update(call, dataset, _seconds_until_done(dataset, call.settings), result)
    return {}


def choose_moved(entries: Entries, settings: Settings) -> set[int]:
    """The positions of the entries to move. Raises InsufficientImages if a label or the whole has too few."""
    images = [use.images for use in entries.labels.values() if use.images]
    if not images or min(images) < settings.min_per_label:
        raise InsufficientImages
    draw = random.Random(settings.seed)
    moved: set[int] = set()
    for stratum in _build_strata(entries, settings):
        moved.update(draw.sample(stratum, count_moved(len(stratum), settings)))
    if not 0 < len(moved) < len(entries):
        raise InsufficientImages
    return moved


def count_moved(size: int, settings: Settings) -> int:
    """The number of entries that move from a stratum of a size. At least one entry stays."""
    least = 1 if settings.at_least_one else 0
    return max(0, min(size - 1, max(least, _ROUND[settings.rounding](size / ONE_IN))))


def _authorize_images(call: Call, datasets: list[Dataset]) -> None:
    if call.settings.distribution_reads_images:
        for dataset in datasets:
            for bucket in dataset.entries.buckets:
                call.authorize("s3:GetObject", f"arn:aws:s3:::{bucket}/*")


def _seconds_until_done(dataset: Dataset, settings: Settings) -> float:
    late = settings.late_seconds if dataset.type.lower() == settings.late_dataset else 0.0
    return settings.distribution_seconds + late


def _build_distribution(call: Call, results: Results) -> Distribution:
    now = call.now()
    moved = [len(result.entries) - len(dataset.entries) for dataset, result in results if dataset.type == "TEST"]
    return Distribution(
        datasets=tuple(dataset.arn for dataset, _ in results),
        caller=call.caller.arn,
        accepted=now,
        due=now + max(_seconds_until_done(dataset, call.settings) for dataset, _ in results),
        status="UPDATE_COMPLETE" if all(result.succeeded for _, result in results) else "UPDATE_FAILED",
        moved=sum(moved),
    )


def _build_results(call: Call, datasets: list[Dataset]) -> Results:
    """The result for each dataset. Raises ServiceError if the call is refused."""
    pair = _read_pair(datasets)
    if pair is None:
        return _refuse_wrong_pair(datasets, call.settings)
    if call.settings.accepted_order == "train_first" and datasets[0] is not pair.train:
        raise invalid_parameter("Datasets needs the training dataset first and the test dataset second.")
    try:
        _require_sizes(pair, call.settings)
        return _distribute(call, pair)
    except (UndistributablePair, InsufficientImages, UnusableManifest) as error:
        return [_build_failure(dataset, str(error), call.settings) for dataset in pair]


def _read_pair(datasets: list[Dataset]) -> Pair | None:
    """None unless the datasets are the training and the test dataset of one project."""
    pair = Pair(*sorted(datasets, key=lambda dataset: dataset.type != "TRAIN"))
    if pair.train.type == pair.test.type or pair.train.project_arn != pair.test.project_arn:
        return None
    return pair


def _refuse_wrong_pair(datasets: list[Dataset], settings: Settings) -> Results:
    message = "The datasets are not the training and the test dataset of one project."
    if settings.wrong_pair == "sync":
        raise invalid_parameter(message)
    return [(dataset, client_error("UPDATE_FAILED", message, dataset.entries)) for dataset in datasets]


def _require_sizes(pair: Pair, settings: Settings) -> None:
    """Raises ServiceError or UndistributablePair, as the settings say."""
    if len(pair.test.entries):
        message = f"The test dataset is not empty: it has {len(pair.test.entries)} entries."
        if settings.test_not_empty == "sync":
            raise ServiceError(settings.size_refusal, message)
        raise UndistributablePair(message)
    if not len(pair.train.entries) and settings.train_empty == "sync":
        raise ServiceError(settings.size_refusal, "The training dataset is empty.")


def _distribute(call: Call, pair: Pair) -> Results:
    entries, settings = pair.train.entries, call.settings
    stay, move = entries.divide(choose_moved(entries, settings), copy_labels=settings.total_labels_after == "copied")
    check_limits(move, settings, call.caller.region, "TEST")
    return [
        (pair.train, success("UPDATE_COMPLETE", DISTRIBUTED, stay)),
        (pair.test, success("UPDATE_COMPLETE", DISTRIBUTED, move)),
    ]


def _build_failure(dataset: Dataset, message: str, settings: Settings) -> tuple[Dataset, Result]:
    """The result of a failed distribution for one dataset. The settings say which datasets fail."""
    if settings.failed_datasets in ("both", dataset.type.lower()):
        return dataset, client_error("UPDATE_FAILED", message, dataset.entries)
    if settings.spared_dataset == "earlier":
        return dataset, dataset.result
    return dataset, success("UPDATE_COMPLETE", UPDATED, dataset.entries)


def _build_strata(entries: Entries, settings: Settings) -> list[Stratum]:
    """Positions of entries that can move: by label set, or all in one stratum."""
    eligible = [position for position in range(len(entries)) if _can_move(entries, position, settings)]
    if settings.stratify == "none":
        return [eligible]
    by_label_set: defaultdict[tuple[str, ...], Stratum] = defaultdict(list)
    for position in eligible:
        by_label_set[entries[position].findings.labels].append(position)
    # Label sets of one image form one stratum together. Alone, each would move its image or none.
    single = [stratum[0] for stratum in by_label_set.values() if len(stratum) == 1]
    return [*(stratum for stratum in by_label_set.values() if len(stratum) > 1), single]


def _can_move(entries: Entries, position: int, settings: Settings) -> bool:
    entry = entries[position]
    if entry.findings.has_errors and not settings.error_entries_move:
        return False
    return entry.findings.is_labeled or settings.unlabeled_entries_move
