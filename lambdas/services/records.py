"""Read the record of a pair."""

import json
import os

import boto3

from lambdas.rules.decision import Record
from lambdas.rules.pair import Dataset
from lambdas.services.sdk import CONFIG

_dynamodb = boto3.client("dynamodb", config=CONFIG)


def read_record(project_name: str, test: str, execution: str) -> Record:
    """What the table says of the pair with this test dataset; a pair without a record has said nothing."""
    found = _dynamodb.get_item(
        TableName=os.environ["RECORDS_TABLE"],
        Key={"ProjectName": {"S": project_name}, "TestDatasetArn": {"S": test}},
        ConsistentRead=True,
    )
    item = {name: next(iter(value.values())) for name, value in found.get("Item", {}).items()}
    return Record(
        mine=item.get("Execution") == execution,
        outcome=item.get("Outcome"),
        training=item.get("TrainingDatasetArn"),
        before=_read_before(item.get("PairBefore", "")),
    )


def _read_before(text: str) -> tuple[Dataset, Dataset] | None:
    if not text:
        return None
    before = json.loads(text)
    return Dataset.from_state(before["Training"]), Dataset.from_state(before["Test"])
