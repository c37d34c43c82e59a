"""Read the history of an execution."""

from datetime import datetime

import boto3

from lambdas.rules.path import Path
from lambdas.services.sdk import CONFIG

_stepfunctions = boto3.client("stepfunctions", config=CONFIG)

MOST_EVENTS = 1000  # of a page


def read_path(execution: str, now: datetime) -> Path:
    """The way it took until now."""
    pages = _stepfunctions.get_paginator("get_execution_history").paginate(
        executionArn=execution, includeExecutionData=False, PaginationConfig={"PageSize": MOST_EVENTS}
    )
    return Path.from_history((event for page in pages for event in page["events"]), now)
