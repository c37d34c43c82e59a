"""Read the record of a pair."""

import os

import boto3

from lambdas.decision import IN_HAND
from lambdas.pair import Pair
from lambdas.sdk import CONFIG


def read_outcome(pair: Pair, execution: str) -> str | None:
    """The outcome in the pair's record, or IN_HAND while the record of another execution than this has none.

    None where there is no record, and where nothing hangs on it: while the test dataset is empty.
    """
    if pair.test is None or not pair.test.entries:
        return None
    found = boto3.client("dynamodb", config=CONFIG).get_item(
        TableName=os.environ["RECORDS_TABLE"],
        Key={"ProjectName": {"S": pair.project_name}, "TestDatasetArn": {"S": pair.test.arn}},
        ConsistentRead=True,
    )
    record = {name: next(iter(value.values())) for name, value in found.get("Item", {}).items()}
    in_hand = record.get("Execution", execution) != execution
    outcome: str | None = record.get("Outcome", IN_HAND if in_hand else None)
    return outcome
