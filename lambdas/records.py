"""Read the record of a pair."""

import os

import boto3

from lambdas.pair import Pair
from lambdas.sdk import CONFIG


def read_outcome(pair: Pair) -> str | None:
    """The outcome in the pair's record; None where nothing hangs on it: while the test dataset is empty."""
    if pair.test is None or not pair.test.entries:
        return None
    found = boto3.client("dynamodb", config=CONFIG).get_item(
        TableName=os.environ["RECORDS_TABLE"],
        Key={"ProjectName": {"S": pair.project_name}, "TestDatasetArn": {"S": pair.test.arn}},
        ConsistentRead=True,
    )
    outcome: str | None = found.get("Item", {}).get("Outcome", {}).get("S")
    return outcome
