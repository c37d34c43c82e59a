"""What a distribution shows from the call to its end, once when it succeeds and once when it fails."""

from typing import Any

from account.verify.answer import Answer
from account.verify.lab import EVERY, Lab, Sight, in_progress
from account.verify.manifest import images

TRAIN, TEST = 0, 1
NAMES = ("train", "test")


def observe_distributions(lab: Lab) -> list[Answer]:
    """Distributes 20 entries, and a pair whose entries have no label, which cannot be distributed."""
    before, sights = _distribute(lab, images(lab.bucket, 20, "cat", "pet"))
    failed_before, failed = _distribute(lab, images(lab.bucket, 10))
    return [
        *read_staleness(before, sights),
        *read_ends(sights),
        read_stats_delay(sights),
        read_last_updated(before, sights, failed_before, failed),
        *read_failure(failed_before, failed),
    ]


def _distribute(lab: Lab, lines: list[str]) -> tuple[tuple[dict[str, Any], ...], list[Sight]]:
    pair = lab.pair(lines)
    before = tuple(lab.describe(arn) for arn in pair)
    lab.distribute(*pair)
    return before, lab.watch(*pair)


def read_staleness(before: tuple[dict[str, Any], ...], sights: list[Sight]) -> list[Answer]:
    """How long reads after the call show each dataset as it was before."""
    stale = [
        next((sight.at for sight in sights if sight.shown[which]["Status"] != before[which]["Status"]), 0.0)
        for which in (TRAIN, TEST)
    ]
    evidence = f"new status: training dataset after {stale[TRAIN]:.1f} s, test dataset after {stale[TEST]:.1f} s"
    late = [NAMES[which] for which in (TRAIN, TEST) if stale[which] >= EVERY]
    which = "both" if len(late) == 2 else late[0] if late else None
    return [
        Answer("stale_status_seconds", round(max(stale), 1) if late else 0.0, evidence),
        Answer("stale_datasets", which, evidence),
    ]


def read_ends(sights: list[Sight]) -> list[Answer]:
    """When each dataset has its result."""
    ends = [_end(sights, which) for which in (TRAIN, TEST)]
    first, last = min(ends), max(ends)
    evidence = f"the training dataset ends after {ends[TRAIN]:.1f} s, the test dataset after {ends[TEST]:.1f} s"
    late = NAMES[ends.index(last)] if last - first > 2 * EVERY else "neither"
    return [
        Answer("distribution_seconds", round(first, 1), evidence),
        Answer("late_dataset", late, evidence),
        Answer("late_seconds", None if late == "neither" else round(last - first, 1), evidence),
    ]


def read_stats_delay(sights: list[Sight]) -> Answer:
    """How long after its result the test dataset still counts no entry."""
    done = _end(sights, TEST)
    counted = next((sight.at for sight in sights if sight.shown[TEST]["DatasetStats"]["TotalEntries"]), None)
    if counted is None:
        return Answer("stats_late_seconds", None, "the test dataset never counted an entry")
    delay = max(0.0, counted - done)
    return Answer("stats_late_seconds", round(delay, 1), f"result after {done:.1f} s, entries after {counted:.1f} s")


def read_last_updated(
    before: tuple[dict[str, Any], ...],
    sights: list[Sight],
    failed_before: tuple[dict[str, Any], ...],
    failed: list[Sight],
) -> Answer:
    """At which moments LastUpdatedTimestamp moves."""
    during = next((sight.shown[TRAIN] for sight in sights if in_progress(sight.shown[TRAIN])), None)
    if during is None:
        return Answer("last_updated", None, "no look saw the distribution in progress")
    key = "LastUpdatedTimestamp"
    stamps = [before[TRAIN][key], during[key], sights[-1].shown[TRAIN][key]]
    evidence = "before, during, after: " + ", ".join(f"{stamp:%H:%M:%S.%f}" for stamp in stamps)
    at_start, at_end = stamps[0] != stamps[1], stamps[1] != stamps[2]
    if at_start:
        return Answer("last_updated", "start_and_end" if at_end else "start", evidence)
    moved = [which for which in (TRAIN, TEST) if failed[-1].shown[which]["Status"] == "UPDATE_FAILED"]
    at_failure = any(failed_before[which][key] != failed[-1].shown[which][key] for which in moved)
    return Answer("last_updated", "end" if at_failure else "success", f"{evidence}; after a failure: {at_failure}")


def read_failure(before: tuple[dict[str, Any], ...], sights: list[Sight]) -> list[Answer]:
    """Which datasets a failed distribution leaves UPDATE_FAILED, and how it leaves the other one."""
    statuses = [shown["Status"] for shown in sights[-1].shown]
    message = next(
        (shown.get("StatusMessage") for shown in sights[-1].shown if shown["Status"] == "UPDATE_FAILED"), None
    )
    evidence = f"training {statuses[TRAIN]}, test {statuses[TEST]}: {message!r}"
    failed = [which for which in (TRAIN, TEST) if statuses[which] == "UPDATE_FAILED"]
    if len(failed) != 1:
        return [
            Answer("failed_datasets", "both" if failed else None, evidence),
            Answer("spared_dataset", None, evidence),
        ]
    spared = 1 - failed[0]
    earlier = statuses[spared] == before[spared]["Status"]
    return [
        Answer("failed_datasets", NAMES[failed[0]], evidence),
        Answer("spared_dataset", "earlier" if earlier else "UPDATE_COMPLETE", evidence),
    ]


def _end(sights: list[Sight], which: int) -> float:
    """Seconds until the dataset shows a result of the distribution."""
    for sight in sights:
        status = sight.shown[which]["Status"]
        if status.startswith("UPDATE_") and not in_progress(sight.shown[which]):
            return sight.at
    return sights[-1].at
