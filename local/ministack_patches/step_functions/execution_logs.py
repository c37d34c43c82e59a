"""An execution writes its history to the log group of its state machine, all at once when it ends."""

import json
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from ministack.services import cloudwatch_logs, stepfunctions

from local.ministack_patches.registry import patch

Record = dict[str, Any]

ENDS = ("ExecutionSucceeded", "ExecutionFailed", "ExecutionAborted", "ExecutionTimedOut")
ERRORS = ("Failed", "TimedOut", "Aborted")

# The members of an event's details that are, or may contain, execution data.
DATA = ("input", "output", "parameters", "cause", "assignedVariables")


@patch(
    "Step Functions: an execution writes its history to the log group of its state machine",
    why="MiniStack writes no logs of executions. Step Functions Developer Guide, "
    '"Using CloudWatch Logs to log execution history".',
)
def install() -> None:
    stepfunctions._add_event = _write_at_the_end(stepfunctions._add_event)


def _write_at_the_end(original: Callable[..., Any]) -> Callable[..., None]:
    def add_event(execution: Record, event: str, details: Record | None = None) -> None:
        original(execution, event, details)
        if event in ENDS:
            _write(execution)

    return add_event


def _write(execution: Record) -> None:
    """Write the events since the last end: a redriven execution ends more than once."""
    machine = stepfunctions._state_machines.get(execution.get("stateMachineArn", ""), {})
    configuration = machine.get("loggingConfiguration", {})
    events = execution["events"][execution.get("logged", 0) :]
    execution["logged"] = len(execution["events"])
    logged = [event for event in events if _is_logged(event["type"], configuration.get("level", "OFF"))]
    for destination in configuration.get("destinations", []) if logged else []:
        _append(destination["cloudWatchLogsLogGroup"]["logGroupArn"], machine["name"], execution, logged, configuration)


def _is_logged(event: str, level: str) -> bool:
    match level:
        case "ALL":
            return True
        case "ERROR":
            return event.endswith(ERRORS) or event == "FailStateEntered"
        case "FATAL":
            return event.startswith("Execution") and event.endswith(ERRORS)
    return False


def _append(arn: str, name: str, execution: Record, events: list[Record], configuration: Record) -> None:
    group = cloudwatch_logs._log_groups.get(arn.partition(":log-group:")[2].removesuffix(":*"))
    if group is None:
        return
    now, with_data = int(time.time() * 1000), configuration.get("includeExecutionData", False)
    stream: Record = {
        "events": [],
        "uploadSequenceToken": "1",
        "creationTime": now,
        **dict.fromkeys(("firstEventTimestamp", "lastEventTimestamp", "lastIngestionTime")),
    }
    group["streams"][f"states/{name}/{datetime.now(UTC):%Y-%m-%d-%H-%M}/{uuid.uuid4().hex[:8]}"] = stream
    written = [_log_entry(event, execution, with_data) for event in events]
    lines = [
        {"timestamp": int(each["event_timestamp"]), "message": json.dumps(each), "ingestionTime": now}
        for each in written
    ]
    cloudwatch_logs._append_log_events(stream, lines)


def _log_entry(event: Record, execution: Record, with_data: bool) -> Record:
    details = next((value for value in event.values() if isinstance(value, dict)), {})
    return {
        "id": str(event["id"]),
        "type": event["type"],
        "details": details if with_data else _drop_data(details),
        "previous_event_id": str(event.get("previousEventId", 0)),
        "event_timestamp": str(int(stepfunctions._iso_to_epoch_ms(event["timestamp"]))),
        "execution_arn": execution["executionArn"],
        "redrive_count": str(execution.get("redrives", {}).get("redriveCount", 0)),
    }


def _drop_data(details: Record) -> Record:
    return {name: value for name, value in details.items() if name.removesuffix("Details") not in DATA}
