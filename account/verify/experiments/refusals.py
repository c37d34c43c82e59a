"""Which pairs DistributeDatasetEntries refuses, and with which error."""

from account.verify.answer import Answer
from account.verify.lab import ACCEPTED, Lab
from account.verify.manifest import images

OTHER_ACCOUNT = "000000000000"


def observe_refusals(lab: Lab) -> list[Answer]:
    """Distributes twice, distributes nothing, two training datasets, the wrong order, and an ARN of another account."""
    lines = images(lab.bucket, 10, "cat", "pet")
    pair, _ = lab.distributed(lines)
    again = lab.distribute(*pair)
    nothing = lab.distribute(*lab.pair())
    wrong = lab.distribute(pair.train, lab.create(lab.project(), "TRAIN", lines))
    reverse = lab.distribute(*reversed(lab.pair(lines)))
    own = pair.train.split(":")[4]
    foreign = lab.distribute(*(arn.replace(own, OTHER_ACCOUNT) for arn in pair))
    return [
        _when("test_not_empty", again),
        _when("train_empty", nothing),
        Answer("size_refusal", *_first_refusal(again, nothing)),
        _when("wrong_pair", wrong),
        Answer("accepted_order", "any" if reverse == ACCEPTED else "train_first", f"test before training: {reverse}"),
        Answer("foreign_arn_error", None if foreign == ACCEPTED else foreign, f"an ARN of another account: {foreign}"),
    ]


def _when(setting: str, code: str) -> Answer:
    return Answer(setting, "async" if code == ACCEPTED else "sync", code)


def _first_refusal(*codes: str) -> tuple[str | None, str]:
    refused = next((code for code in codes if code != ACCEPTED), None)
    return refused, ", ".join(codes)
