"""List endings: the executions of the workflow that ended lately without success. This function only reads.

It leaves out those of the last hour, because their events may still come. If an event and a sweep invoked
notify_ending for one execution at the same time, people would be notified twice.
"""

import os
from datetime import datetime, timedelta
from typing import Any

from lambdas.rules.input.execution_input import SCHEDULE
from lambdas.rules.times import EVENT_SECONDS, Times
from lambdas.services.executions import list_unsuccessful
from lambdas.step import logger, sweep_step

Event = dict[str, Any]


@sweep_step
def handler(event: Event) -> Event:
    """From {Execution, Times, StateMachineArn, StartedBy, DryRun} to {Executions: [ARN, …]}, the newest first.

    Only a sweep of the schedule asks for them, and no dry run.
    """
    if event["DryRun"] or event["StartedBy"] != SCHEDULE:
        return {"Executions": []}
    now = datetime.fromisoformat(Times.from_state(event["Times"]).now)
    since = now - timedelta(seconds=float(os.environ["LOOK_BACK_SECONDS"]))
    until = now - timedelta(seconds=EVENT_SECONDS)
    executions = list_unsuccessful(event["StateMachineArn"], since, until)
    logger.info("Listed endings", executions=len(executions))
    return {"Executions": executions}
