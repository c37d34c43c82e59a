"""Calls to Step Functions about executions."""

import json
from datetime import UTC, datetime, timedelta
from itertools import takewhile
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from lambdas.rules.claim import Owner
from lambdas.rules.failures.errors import OwnerUnknown
from lambdas.rules.timeline import Timeline
from lambdas.rules.unnoticed import Description
from lambdas.services.sdk import make_client

_stepfunctions = make_client("stepfunctions")

MOST_EVENTS = 1000  # on one page of a history
MOST_ENDINGS = 200  # of each the function that notifies people asks Step Functions, within a minute
LONGEST_EXECUTION = timedelta(hours=73)  # with both deadlines at their longest (infra/settings.py)


def describe_owner(execution: str) -> Owner:
    """The status of the execution and when it ended. Raises OwnerUnknown if Step Functions does not answer.

    The status can be old: DescribeExecution is eventually consistent (AWS Step Functions API Reference).
    """
    try:
        found = _stepfunctions.describe_execution(executionArn=execution)
    except _stepfunctions.exceptions.ExecutionDoesNotExist:
        return Owner(None)
    except (ClientError, BotoCoreError) as error:
        raise OwnerUnknown(
            f"Step Functions did not say whether the owner of the pair is still running: {error}"
        ) from error
    ended = found.get("stopDate")
    return Owner(found["status"], ended and ended.isoformat(timespec="milliseconds"))


def has_succeeded(execution: str) -> bool:
    """Whether the execution has succeeded; false if Step Functions does not know it."""
    try:
        return bool(_stepfunctions.describe_execution(executionArn=execution)["status"] == "SUCCEEDED")
    except _stepfunctions.exceptions.ExecutionDoesNotExist:
        return False


def describe_execution(execution: str) -> Description:
    """The execution as it is now."""
    found = _stepfunctions.describe_execution(executionArn=execution)
    ended, redriven = found.get("stopDate"), found.get("redriveDate")
    return Description(
        arn=execution,
        status=found["status"],
        error=found.get("error", ""),
        cause=found.get("cause", ""),
        given=found.get("input", ""),
        ended_at=ended.astimezone(UTC).isoformat(timespec="milliseconds") if ended else "",
        redriven_at=redriven.timestamp() if redriven else 0.0,
    )


def list_unsuccessful(state_machine: str, since: datetime, until: datetime) -> list[str]:
    """The ARNs of executions that timed out, were aborted or failed between these moments, at most MOST_ENDINGS.

    Most that failed have notified people themselves, so they come last.

    Step Functions lists them by the time of their start, the newest first (ListExecutions, AWS Step Functions API
    Reference).
    """
    pages = _stepfunctions.get_paginator("list_executions")
    found: list[str] = []
    for status in ("TIMED_OUT", "ABORTED", "FAILED"):
        listed = pages.paginate(stateMachineArn=state_machine, statusFilter=status)
        executions = (each for page in listed for each in page["executions"])
        recent = takewhile(lambda each: each["startDate"] > since - LONGEST_EXECUTION, executions)
        found += [each["executionArn"] for each in recent if since <= each["stopDate"] <= until]
    return found[:MOST_ENDINGS]


def read_execution_input(execution: str) -> Any:
    """The input of the execution, parsed."""
    return json.loads(_stepfunctions.describe_execution(executionArn=execution)["input"])


def read_timeline(execution: str, now: datetime) -> Timeline:
    """The timeline of the execution until `now`."""
    pages = _stepfunctions.get_paginator("get_execution_history").paginate(
        executionArn=execution, includeExecutionData=False, PaginationConfig={"PageSize": MOST_EVENTS}
    )
    return Timeline.from_history((event for page in pages for event in page["events"]), now)
