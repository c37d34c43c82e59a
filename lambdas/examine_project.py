"""Examine project: decide whether a sweep starts an execution for a project's pair. This function only reads."""

import json
import os
from typing import Any

from lambdas.rules.decision import Action, Decision, decide
from lambdas.rules.failures.errors import DatasetMissing, TestDatasetNotEmpty, TrainingDatasetEmpty
from lambdas.rules.input.execution_input import SCHEDULE, Request
from lambdas.rules.pair import DISTRIBUTED, NO_RECORD, Dataset, Key, Pair, Record
from lambdas.rules.sweep import LONGEST_REASON, Situation, SweepAction, locate_execution, name_execution, plan
from lambdas.rules.tags import AutoDistribute, Trigger
from lambdas.rules.text import shorten
from lambdas.rules.times import Times
from lambdas.services.executions import describe_owner, has_succeeded
from lambdas.services.records import read_record
from lambdas.services.rekognition import describe_pair, read_auto_distribute
from lambdas.step import logger, sweep_step

Event = dict[str, Any]


@sweep_step
def handler(event: Event) -> Event:
    """From {Execution, Times, ProjectName, StartedBy, DryRun, StateMachineArn} to {Row, Start}.

    Row is the project's row in the table of the sweep. Start has the Name and the Input of the execution to start, the
    Input as JSON; an empty Name if there is none.
    """
    request = Request(project_name=event["ProjectName"], started_by=event["StartedBy"])
    logger.append_keys(project=request.project_name)
    pair = describe_pair(request)
    record = read_record(Key(pair.project_name, pair.test.arn), event["Execution"]) if pair.test else NO_RECORD
    tag, trigger = read_auto_distribute(pair), Trigger(os.environ["TRIGGER"])
    found = Situation(
        request=request,
        pair=pair,
        decision=_decide(request, pair, record, trigger, tag),
        record=record,
        owner=describe_owner(record.owner) if record.owner and record.outcome != DISTRIBUTED else None,
        tag=tag,
        trigger=trigger,
        now=Times.from_state(event["Times"]).now,
    )
    planned = plan(found, float(os.environ["QUIET_SECONDS"]))
    logger.info("Examined project", start=planned.start, why=planned.why, reason=planned.reason, missed=planned.missed)
    row = {
        "ProjectName": pair.project_name,
        "Training": _describe(pair.training),
        "Test": _describe(pair.test),
        "Action": SweepAction.START if planned.start else SweepAction.LEAVE,
        "Why": planned.why,
        "Reason": shorten(planned.reason, LONGEST_REASON),
        "Missed": planned.missed,
    }
    starts = planned.start and not event["DryRun"]
    return {"Row": row, "Start": _make_start(found, event["StateMachineArn"]) if starts else {"Name": ""}}


def _decide(request: Request, pair: Pair, record: Record, trigger: Trigger, tag: AutoDistribute) -> Decision:
    """What the workflow does with the pair, also if that is to fail."""
    try:
        return decide(request, pair, record, trigger, tag)
    except (DatasetMissing, TestDatasetNotEmpty, TrainingDatasetEmpty) as obstacle:
        return Decision(Action.FAILED, str(obstacle), type(obstacle).__name__)


def _make_start(found: Situation, state_machine: str) -> Event:
    """The name and the input of the execution to start.

    If an execution of the first name has succeeded, it was skipped: after any other success the pair would need none.
    """
    by_schedule = {"StartedBy": SCHEDULE} if found.request.started_by == SCHEDULE else {}
    given = json.dumps({"ProjectArn": found.pair.project_arn, **by_schedule})
    name = name_execution(found.pair, found.record, found.tag)
    if has_succeeded(locate_execution(state_machine, name)):
        name = name_execution(found.pair, found.record, found.tag, day=found.now.partition("T")[0])
    return {"Name": name, "Input": given}


def _describe(dataset: Dataset | None) -> str:
    return f"{dataset.status}, {dataset.entries:,} entries" if dataset else "none"
