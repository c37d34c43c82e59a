"""What each operation answers for a dataset that is changing, or whose change has failed."""

from collections.abc import Callable, Iterator

from account.verify.answer import Answer
from account.verify.lab import ACCEPTED, Lab, Pair, refusal
from account.verify.manifest import images, unusable

Prepare = Callable[[Lab], tuple[Pair, str]]


def observe_statuses(lab: Lab) -> list[Answer]:
    """Calls each operation in each situation, each time with a new pair."""
    answers = [answer for prepare, situation in SITUATIONS.items() for answer in _call_each(lab, prepare, situation)]
    return [*answers, _create_while_deleting(lab), _update_empty_while_creating(lab)]


def _call_each(lab: Lab, prepare: Prepare, situation: str) -> Iterator[Answer]:
    for verb in ("list", "update", "distribute", "delete"):
        pair, arn = prepare(lab)
        before = lab.describe(arn)["Status"]
        code = _call(lab, verb, pair, arn)
        seen = before if before == EXPECTED[situation] else None
        yield Answer(f"{verb}_{situation}", code if seen else None, f"{before}: {code}")
        lab.watch(*pair, quiet=0)


def _call(lab: Lab, verb: str, pair: Pair, arn: str) -> str:
    if verb == "list":
        return refusal(lab.rekognition.list_dataset_entries, DatasetArn=arn)
    if verb == "update":
        return lab.update(arn, *images(lab.bucket, 1, "cat", "pet"))
    if verb == "distribute":
        return lab.distribute(*pair)
    return refusal(lab.rekognition.delete_dataset, DatasetArn=arn)


def _creating(lab: Lab) -> tuple[Pair, str]:
    project = lab.project()
    test = lab.create(project, "TEST")
    train = lab.begin(project, "TRAIN", images(lab.bucket, 200, "cat", "pet"))
    return Pair(train, test), train


def _updating(lab: Lab) -> tuple[Pair, str]:
    lines = images(lab.bucket, 200, "cat", "pet")
    pair = lab.pair(lines[:100])
    lab.update(pair.train, *lines[100:])
    return pair, pair.train


def _deleting(lab: Lab) -> tuple[Pair, str]:
    pair = lab.pair(images(lab.bucket, 10, "cat", "pet"))
    lab.rekognition.delete_dataset(DatasetArn=pair.train)
    return pair, pair.train


def _not_created(lab: Lab) -> tuple[Pair, str]:
    pair = lab.pair(unusable(10))
    return pair, pair.train


def _not_updated(lab: Lab) -> tuple[Pair, str]:
    """A failed distribution; the dataset that it left UPDATE_FAILED."""
    pair, sights = lab.distributed(images(lab.bucket, 10))
    return pair, next(
        (arn for arn, shown in zip(pair, sights[-1].shown, strict=True) if shown["Status"] == "UPDATE_FAILED"),
        pair.train,
    )


SITUATIONS: dict[Prepare, str] = {
    _creating: "while_creating",
    _updating: "while_updating",
    _deleting: "while_deleting",
    _not_created: "after_failed_creation",
    _not_updated: "after_failed_update",
}
EXPECTED = {
    "while_creating": "CREATE_IN_PROGRESS",
    "while_updating": "UPDATE_IN_PROGRESS",
    "while_deleting": "DELETE_IN_PROGRESS",
    "after_failed_creation": "CREATE_FAILED",
    "after_failed_update": "UPDATE_FAILED",
}


def _create_while_deleting(lab: Lab) -> Answer:
    project = lab.project()
    train = lab.create(project, "TRAIN")
    lab.rekognition.delete_dataset(DatasetArn=train)
    before = lab.describe(train)["Status"]
    code = refusal(lab.rekognition.create_dataset, ProjectArn=project, DatasetType="TRAIN")
    return Answer("create_while_deleting", code if before == "DELETE_IN_PROGRESS" else None, f"{before}: {code}")


def _update_empty_while_creating(lab: Lab) -> Answer:
    train = lab.begin(lab.project(), "TRAIN")
    before = lab.describe(train)["Status"]
    code = lab.update(train, *images(lab.bucket, 1, "cat", "pet"))
    answer = (ACCEPTED if code == ACCEPTED else "refuse") if before == "CREATE_IN_PROGRESS" else None
    return Answer("update_empty_while_creating", answer, f"{before}: {code}")
