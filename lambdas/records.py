"""Read the record of a pair."""

import json
import os

import boto3

from lambdas.decision import Record
from lambdas.pair import Dataset, Pair
from lambdas.sdk import CONFIG


def read_record(pair: Pair, execution: str) -> Record:
    """What the table says of the pair; a pair without a record has said nothing."""
    if pair.test is None:
        return Record()
    found = boto3.client("dynamodb", config=CONFIG).get_item(
        TableName=os.environ["RECORDS_TABLE"],
        Key={"ProjectName": {"S": pair.project_name}, "TestDatasetArn": {"S": pair.test.arn}},
        ConsistentRead=True,
    )
    item = {name: next(iter(value.values())) for name, value in found.get("Item", {}).items()}
    return Record(
        mine=item.get("Execution") == execution,
        outcome=item.get("Outcome"),
        before=_read_before(item.get("PairBefore", "")),
    )


def _read_before(text: str) -> tuple[Dataset, Dataset] | None:
    if not text:
        return None
    before = json.loads(text)
    return Dataset.from_state(before["Training"]), Dataset.from_state(before["Test"])
