"""The record of a pair: who has claimed it, what was asked of Rekognition, and what came of it."""

from dataclasses import dataclass
from typing import NamedTuple

from lambdas.rules.pair import Dataset

DISTRIBUTED, FAILED, SKIPPED = "DISTRIBUTED", "FAILED", "SKIPPED"


class Key(NamedTuple):
    """Of an item in the table. A pair is its test dataset: who deletes that and creates it again has another pair."""

    project_name: str
    test_arn: str


@dataclass(frozen=True, kw_only=True)
class Record:
    """What the table says of a pair; without a record, nothing.

    `owner` is the ARN of the execution that has claimed the pair; `mine`: it is the execution that reads the record.
    `training` is the ARN of the training dataset. `before` is the pair as it was when Rekognition was asked to
    distribute it; None when nothing came of that, or nobody has asked.
    """

    owner: str | None = None
    mine: bool = False
    project_arn: str = ""
    training: str | None = None
    entries_before: int = 0
    before: tuple[Dataset, Dataset] | None = None
    outcome: str | None = None
    reason: str | None = None
    started_at: str = ""
    ended_at: str | None = None


NO_RECORD = Record()
