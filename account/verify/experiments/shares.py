"""How many entries a distribution moves, and which."""

import math

from account.verify.answer import Answer
from account.verify.lab import Lab, Pair, Sight
from account.verify.manifest import broken, classified, images

ONE_IN = 5
MOST = 6  # images of a label that are tried
ROUNDINGS = {"floor": math.floor, "ceil": math.ceil, "round": lambda exact: math.floor(exact + 0.5)}


def observe_rounding(lab: Lab) -> list[Answer]:
    """Distributes 9 and 11 entries with the same labels, then 32 entries of four labels, then very few."""
    moved = [_moved(lab.distributed(images(lab.bucket, size, "cat", "pet"))[1]) for size in (9, 11)]
    rounding = read_rounding(*moved)
    least, threshold = find_threshold(lab)
    lines = [line for label in ("cat", "dog", "cow", "hen") for line in images(lab.bucket, 8, label)]
    of_four = _moved(lab.distributed(lines)[1])
    few = max(2, least or 2)
    of_few = _moved(lab.distributed(images(lab.bucket, few, "cat", "pet"))[1])
    return [
        Answer("rounding", rounding, f"of 9 entries {moved[0]} moved, of 11 entries {moved[1]}"),
        Answer("min_per_label", least, threshold),
        Answer(
            "stratify", read_strata(rounding, of_four), f"of four labels with 8 images each, {of_four} entries moved"
        ),
        Answer("at_least_one", read_least(rounding, few, of_few), f"of {few} entries {of_few} moved"),
    ]


def read_rounding(of_9: int, of_11: int) -> str | None:
    """How 1.8 and 2.2 became these numbers."""
    for name, rounded in ROUNDINGS.items():
        if (rounded(9 / ONE_IN), rounded(11 / ONE_IN)) == (of_9, of_11):
            return name
    return None


def read_strata(rounding: str | None, moved: int) -> str | None:
    """Whether four strata of 8 entries gave these, or one stratum of 32."""
    if rounding is None:
        return None
    by_label, together = 4 * ROUNDINGS[rounding](8 / ONE_IN), ROUNDINGS[rounding](32 / ONE_IN)
    return {by_label: "label_set", together: "none"}.get(moved)


def read_least(rounding: str | None, size: int, moved: int) -> bool | None:
    """Whether one entry moved although 20% of the entries, rounded, is none."""
    if rounding is None or ROUNDINGS[rounding](size / ONE_IN) > 0:
        return None
    return moved > 0


def find_threshold(lab: Lab) -> tuple[int | None, str]:
    """The fewest images of a label with which a distribution succeeds, and what was seen."""
    for count in range(1, MOST + 1):
        lines = images(lab.bucket, 20, "cat") + images(lab.bucket, count, "dog")
        _, sights = lab.distributed(lines)
        if _moved(sights):
            return count, f"a label of {count} images was distributed"
    return None, f"a label of {MOST} images was not distributed"


def observe_entries(lab: Lab) -> list[Answer]:
    """Distributes entries without labels, entries with errors, and entries whose label sets are all different."""
    unlabeled, _ = lab.distributed(images(lab.bucket, 10, "cat", "pet") + images(lab.bucket, 40))
    faulty = [broken(lab.bucket, f"faulty-{number}.png", "cat", "pet") for number in range(40)]
    erroneous, _ = lab.distributed(images(lab.bucket, 10, "cat", "pet") + faulty)
    return [
        _whether_moved("unlabeled_entries_move", lab, unlabeled, "unlabeled-"),
        _whether_moved("error_entries_move", lab, erroneous, "faulty-"),
        _count_labels(lab),
    ]


def _whether_moved(setting: str, lab: Lab, pair: Pair, name: str) -> Answer:
    entries = lab.entries(pair.test)
    count = sum(f"/{name}" in entry["source-ref"] for entry in entries)
    return Answer(setting, count > 0 if entries else None, f"{count} of the {len(entries)} moved entries")


def _count_labels(lab: Lab) -> Answer:
    """Each image has four of 20 labels and one that all have, so the few moved ones cannot have all labels."""
    sets = [("all", *(f"part{(number + step) % 20}" for step in range(4))) for number in range(20)]
    lines = [classified(lab.bucket, f"set-{number}.png", *labels) for number, labels in enumerate(sets)]
    pair, sights = lab.distributed(lines)
    declared = [shown["DatasetStats"]["TotalLabels"] for shown in sights[-1].shown]
    evidence = f"of 21 labels, the training dataset has {declared[0]} and the test dataset {declared[1]}"
    if not lab.entries(pair.test):
        return Answer("total_labels_after", None, evidence)
    return Answer("total_labels_after", "copied" if declared[1] == 21 else "counted", evidence)


def _moved(sights: list[Sight]) -> int:
    return int(sights[-1].shown[1]["DatasetStats"]["TotalEntries"])
