"""The table of records, and of marks of endings. Each write has a condition, and writing the same again is harmless.

Each function raises RecordsUnavailable if DynamoDB fails.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.rules.claim import Owner, summarize_owner
from lambdas.rules.failures.errors import ClaimLost, RecordsUnavailable
from lambdas.rules.pair import Dataset, Key, Record
from lambdas.services.sdk import make_client

_dynamodb = make_client("dynamodb")
_errors = _dynamodb.exceptions

_MINE = "Execution = :me"
Attributes = dict[str, Any]


class RecordChangedError(Exception):
    """Another execution has written the record since it was read."""


def read_record(key: Key, me: str) -> Record:
    """The record of the pair, for the execution with the ARN `me`; NO_RECORD if there is none."""
    with _rename_errors():
        found = _dynamodb.get_item(TableName=_table(), Key=_key(key), ConsistentRead=True)
    item = {name: next(iter(value.values())) for name, value in found.get("Item", {}).items()}
    return Record(
        owner=item.get("Execution"),
        mine=item.get("Execution") == me,
        project_arn=item.get("ProjectArn", ""),
        training=item.get("TrainingDatasetArn"),
        entries_before=int(item.get("EntriesBefore", 0)),
        before=_read_before(item.get("PairBefore", "")),
        outcome=item.get("Outcome"),
        reason=item.get("Reason"),
        started_at=item.get("StartedAt", ""),
        ended_at=item.get("EndedAt"),
    )


def claim_record(key: Key, me: str, *, started_at: str, project_arn: str, training: str, entries: int) -> None:
    """Claim a pair that has no owner, or this execution. Raises RecordChangedError if another execution owns it."""
    claimed = {
        "ProjectArn": {"S": project_arn},
        "TrainingDatasetArn": {"S": training},
        "EntriesBefore": {"N": str(entries)},
        "Execution": {"S": me},
        "StartedAt": {"S": started_at},
    }
    try:
        _update(key, me, claimed, f"attribute_not_exists(Execution) OR {_MINE}", remove="Outcome, Reason, EndedAt")
    except _errors.ConditionalCheckFailedException as refused:
        raise RecordChangedError from refused


def take_over_record(key: Key, me: str, *, started_at: str, record: Record, owner: Owner) -> None:
    """Keep the owner's record as history and claim its pair, in one transaction.

    Raises RecordChangedError if the owner or its outcome is no longer the one in `record`.
    """
    outcome, reason, ended_at = summarize_owner(record, owner)
    history = {
        **_key(Key(key.project_name, f"{key.test_arn}#{record.started_at}")),
        "ProjectArn": {"S": record.project_arn},
        "TrainingDatasetArn": {"S": record.training or ""},
        "EntriesBefore": {"N": str(record.entries_before)},
        "Execution": {"S": record.owner},
        "StartedAt": {"S": record.started_at},
        "Outcome": {"S": outcome},
        "Reason": {"S": reason},
        "EndedAt": {"S": ended_at},
    }
    update = {
        "TableName": _table(),
        "Key": _key(key),
        "UpdateExpression": "SET Execution = :me, StartedAt = :started REMOVE Outcome, Reason, EndedAt",
        "ConditionExpression": f"Execution = :owner AND {'Outcome = :outcome' if record.outcome else _NO_OUTCOME}",
        "ExpressionAttributeValues": {
            ":me": {"S": me},
            ":started": {"S": started_at},
            ":owner": {"S": record.owner},
            **({":outcome": {"S": record.outcome}} if record.outcome else {}),
        },
    }
    with _rename_errors():
        try:
            _dynamodb.transact_write_items(
                TransactItems=[{"Put": {"TableName": _table(), "Item": history}}, {"Update": update}]
            )
        except _errors.TransactionCanceledException as canceled:
            if any(each.get("Code") == "ConditionalCheckFailed" for each in canceled.response["CancellationReasons"]):
                raise RecordChangedError from canceled
            raise


_NO_OUTCOME = "attribute_not_exists(Outcome)"


def record_start(key: Key, me: str, training: Dataset, test: Dataset) -> None:
    """Record the pair that Rekognition is about to be asked to distribute. Raises ClaimLost."""
    before = json.dumps({"Training": training.as_state(), "Test": test.as_state()})
    _update_mine(key, me, {"PairBefore": {"S": before}})


def read_start(key: Key, me: str) -> tuple[Dataset, Dataset] | None:
    """The recorded pair that Rekognition was asked to distribute. Raises ClaimLost.

    A write that changes nothing reads it: Start distribution has no permission to read, and it must own the pair.
    """
    attributes = _update_mine(key, me, {"Execution": {"S": me}})
    return _read_before(attributes.get("PairBefore", {}).get("S", ""))


def record_outcome(
    key: Key,
    me: str,
    *,
    outcome: str,
    reason: str,
    ended_at: str,
    result_known: bool,
    entries: tuple[int, int] | None = None,
) -> None:
    """Complete the record. Raises ClaimLost.

    `result_known`: the polls have shown the result of the request to Rekognition. `entries`: the numbers of training
    and test entries after a distribution.
    """
    attributes = {"Outcome": {"S": outcome}, "Reason": {"S": reason}, "EndedAt": {"S": ended_at}}
    if entries:
        attributes |= {"TrainingEntries": {"N": str(entries[0])}, "TestEntries": {"N": str(entries[1])}}
    elif result_known:
        attributes |= {"PairBefore": {"S": ""}}
    _update_mine(key, me, attributes)


def has_mark(key: Key) -> bool:
    """Whether people were notified of the ending with this mark."""
    with _rename_errors():
        return "Item" in _dynamodb.get_item(TableName=_table(), Key=_key(key), ConsistentRead=True)


def put_mark(key: Key, execution: str, *, status: str, ended_at: str) -> None:
    """Mark an ending of which people were notified. A mark that is there stays as it is."""
    item = {**_key(key), "Execution": {"S": execution}, "Status": {"S": status}, "EndedAt": {"S": ended_at}}
    with _rename_errors(), suppress(_errors.ConditionalCheckFailedException):
        _dynamodb.put_item(TableName=_table(), Item=item, ConditionExpression="attribute_not_exists(TestDatasetArn)")


def _update_mine(key: Key, me: str, attributes: Attributes) -> Attributes:
    try:
        return _update(key, me, attributes, _MINE)
    except _errors.ConditionalCheckFailedException as refused:
        raise ClaimLost("Another execution has taken over this pair.") from refused


def _update(key: Key, me: str, attributes: Attributes, condition: str, *, remove: str = "") -> Attributes:
    """Update the item and return all its attributes after the update."""
    values = {":me": {"S": me}, **{f":{name}": value for name, value in attributes.items()}}
    sets = "SET " + ", ".join(f"{name} = :{name}" for name in attributes)
    with _rename_errors():
        written: Attributes = _dynamodb.update_item(
            TableName=_table(),
            Key=_key(key),
            UpdateExpression=f"{sets} REMOVE {remove}" if remove else sets,
            ConditionExpression=condition,
            ExpressionAttributeValues=values,
            ReturnValues="ALL_NEW",
        )["Attributes"]
        return written


@contextmanager
def _rename_errors() -> Iterator[None]:
    """Raise DynamoDB's errors as RecordsUnavailable: Rekognition has errors of the same names, with other advice."""
    try:
        yield
    except _errors.ConditionalCheckFailedException:
        raise
    except (ClientError, BotoCoreError) as error:
        raise RecordsUnavailable(f"The table of records could not be read or written: {error}") from error


def _table() -> str:
    return os.environ["RECORDS_TABLE"]


def _key(key: Key) -> Attributes:
    return {"ProjectName": {"S": key.project_name}, "TestDatasetArn": {"S": key.test_arn}}


def _read_before(text: str) -> tuple[Dataset, Dataset] | None:
    if not text:
        return None
    before = json.loads(text)
    return Dataset.from_state(before["Training"]), Dataset.from_state(before["Test"])
