"""Resolve datasets: from an execution's input to the pair, as it is now, and a decision."""

import os
from dataclasses import replace
from typing import Any

from aws_lambda_powertools import single_metric
from aws_lambda_powertools.metrics import MetricUnit

from lambdas.rules.arns import home_of
from lambdas.rules.decision import NO_RECORD, NO_WISH, Action, Decision, Record, decide
from lambdas.rules.dry_run import rehearse
from lambdas.rules.errors import ProjectNotCovered
from lambdas.rules.execution_input import Request, read_input
from lambdas.rules.metrics import DATASETS_RESOLVED
from lambdas.rules.pair import Pair
from lambdas.rules.trigger import Trigger, covers
from lambdas.services.records import read_record
from lambdas.services.rekognition import count_labels, describe_pair, read_wish
from lambdas.step import logger, step

Report = dict[str, Any] | None


@step
def handler(event: dict[str, Any]) -> dict[str, Any]:
    """From {Execution, Input, Looked} to {Action, Reason, StartedBy, ProjectName, ProjectArn, Training, Test, DryRun}.

    `Looked`: whether this execution has found nothing of what was asked for before, look after look.
    """
    request = read_input(event["Input"], home_of(event["Execution"]))
    logger.append_keys(project=request.project_name)
    decision, pair, report = _resolve(request, event["Execution"], looked=event["Looked"])
    logger.info("Resolved datasets", action=decision.action, reason=decision.reason)
    with single_metric(name=DATASETS_RESOLVED, unit=MetricUnit.Count, value=1) as metric:
        metric.add_dimension("Action", decision.action)
    return {
        "Action": decision.action,
        "Reason": decision.reason,
        "StartedBy": "event" if request.by_event else "hand",
        **pair.as_state(),
        "DryRun": report,
    }


def _resolve(request: Request, execution: str, *, looked: bool) -> tuple[Decision, Pair, Report]:
    """What to do, with what, and the report of a dry run."""
    projects = os.environ["PROJECTS"].split(",")
    if not covers(projects, request.project_name):
        return _leave(request, projects)
    pair = describe_pair(request)
    record = _record(pair, execution, looked=looked)
    decision, report = _act(request, pair, record)
    if decision.action == Action.CHECK and record.before:
        pair = replace(pair, training=record.before[0], test=record.before[1])
    return decision, pair, report


def _leave(request: Request, projects: list[str]) -> tuple[Decision, Pair, Report]:
    """The functions have no rights on it. Its event may be another deployment's."""
    reason = f"Project {request.project_name} is none of those that this deployment is for: {', '.join(projects)}."
    if not request.by_event:
        raise ProjectNotCovered(reason)
    pair = Pair(project_name=request.project_name, project_arn=request.project_arn or "", training=None, test=None)
    return Decision(Action.SKIPPED, reason), pair, None


def _record(pair: Pair, execution: str, *, looked: bool) -> Record:
    if pair.test is None:
        return NO_RECORD
    return replace(read_record(pair.project_name, pair.test.arn, execution), looked=looked)


def _act(request: Request, pair: Pair, record: Record) -> tuple[Decision, Report]:
    if request.dry_run:
        return rehearse(pair, record, count_labels(pair.training), count_labels(pair.test))
    wish = read_wish(pair) if request.by_event else NO_WISH
    return decide(request, pair, record, Trigger(os.environ["TRIGGER"]), wish), None
