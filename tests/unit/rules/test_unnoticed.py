"""Which executions may have ended without a notification, and the marks of their endings."""

import json
from typing import Any

import pytest

from lambdas.rules.failures.ending import NOBODY_NOTIFIED, with_advice
from lambdas.rules.pair import Key
from lambdas.rules.unnoticed import (
    NO_PROJECT,
    Description,
    StatusNotYetKnownError,
    may_be_unnoticed,
    require_end,
)

ARN = "arn:aws:states:us-east-1:123456789012:execution:Machine:name"
NOTIFIED = with_advice("No project x.", "Start it again.")
NOT_NOTIFIED = f"{NOBODY_NOTIFIED} User: x is not authorized. The outcome: {NOTIFIED}"
DEEP = "[" * 100_000


@pytest.mark.parametrize(
    ("status", "cause", "unnoticed"),
    [
        ("RUNNING", "", False),
        ("SUCCEEDED", "", False),
        ("PENDING_REDRIVE", "", False),
        ("TIMED_OUT", "", True),
        ("ABORTED", "", True),
        ("ABORTED", NOTIFIED, True),
        ("FAILED", NOTIFIED, False),
        ("FAILED", NOT_NOTIFIED, True),
        ("FAILED", f"It said: {NOT_NOTIFIED}", False),
        ("FAILED", "An expression failed.", True),
        ("FAILED", "", True),
    ],
)
def test_an_ending_without_advice_may_be_unnoticed(status: str, cause: str, unnoticed: bool) -> None:
    assert may_be_unnoticed(Description(arn=ARN, status=status, cause=cause)) == unnoticed


@pytest.mark.parametrize(
    ("status", "redriven_at", "stopped_at", "known"),
    [
        ("RUNNING", 0.0, 100.0, False),
        ("RUNNING", 99.0, 100.0, False),
        ("RUNNING", 100.5, 100.0, True),
        ("RUNNING", 0.0, 0.0, True),
        ("ABORTED", 0.0, 100.0, True),
    ],
)
def test_a_status_older_than_the_end_is_refused(
    status: str, redriven_at: float, stopped_at: float, known: bool
) -> None:
    """An execution that was redriven after that end runs again."""
    execution = Description(arn=ARN, status=status, redriven_at=redriven_at)
    if known:
        require_end(execution, stopped_at)
        return
    with pytest.raises(StatusNotYetKnownError, match=f"^{ARN} has ended, but"):
        require_end(execution, stopped_at)


@pytest.mark.parametrize(
    ("given", "project_name", "started_by"),
    [
        (json.dumps({"ProjectName": "x"}), "x", "PERSON"),
        (json.dumps({"ProjectName": "x", "DryRun": True}), "x", "PERSON"),
        (json.dumps({"ProjectName": "x\ny"}), "", "PERSON"),
        (json.dumps({"ProjectName": NO_PROJECT}), "", "PERSON"),
        (json.dumps({"detail-type": "x"}), "", "EVENT"),
        ("[]", "", "PERSON"),
        ("", "", "PERSON"),
        ("9" * 5000, "", "PERSON"),
        (DEEP, "", "PERSON"),
        (json.dumps({"ProjectName": json.loads("[" * 900 + "]" * 900)}), "", "PERSON"),
    ],
)
def test_the_project_is_the_one_that_the_input_names(given: str, project_name: str, started_by: str) -> None:
    execution = Description(arn=ARN, status="ABORTED", given=given)
    assert (execution.project_name, execution.started_by) == (project_name, started_by)


@pytest.mark.parametrize(
    ("named", "ended_at", "key"),
    [
        ({"ProjectName": "x"}, "then", Key("x", f"{ARN}#then")),
        ({"ProjectName": "x"}, "later", Key("x", f"{ARN}#later")),
        ({}, "then", Key("(no project)", f"{ARN}#then")),
    ],
)
def test_each_ending_has_a_mark_of_its_own(named: Any, ended_at: str, key: Key) -> None:
    assert Description(arn=ARN, status="ABORTED", given=json.dumps(named), ended_at=ended_at).mark == key
