"""Resolve datasets: read the pair that the input names, and decide what to do with it. This function only reads."""

import os
import random
from dataclasses import replace
from typing import Any

from lambdas.messages.output import make_output
from lambdas.rules.attempt import Attempt
from lambdas.rules.decision import UNTAGGED, Action, Decision, decide, expire
from lambdas.rules.dry_run import report_dry_run
from lambdas.rules.failures.ending import end_with_failure
from lambdas.rules.failures.errors import ProjectNotCovered
from lambdas.rules.input.arns import parse_location
from lambdas.rules.input.execution_input import Request, read_input
from lambdas.rules.pair import NO_RECORD, Key, Pair, Record
from lambdas.rules.polling import Bounds, polling_interval
from lambdas.rules.tags import Trigger, covers
from lambdas.rules.times import Times
from lambdas.services.records import read_record
from lambdas.services.rekognition import count_labels, describe_pair, read_auto_distribute
from lambdas.step import count_outcome, logger, step

Event = dict[str, Any]


@step
def handler(event: Event) -> Event:
    """From {Execution, Times, Input, Claim, Attempt, Polling, DeadlineSeconds} to the pair as the workflow carries it.

    {Action, Reason, Claimed, StartedBy, ProjectName, ProjectArn, Training, Test}; with WAIT also WaitSeconds, with
    FAILED the Ending, with another outcome the Output of the execution. Claimed: this execution owns the pair. With
    SKIPPED it means that the execution owns a pair, which may have been deleted since.
    """
    execution, times = event["Execution"], Times.from_state(event["Times"])
    request = read_input(event["Input"], parse_location(execution))
    logger.append_keys(project=request.project_name)
    decision, pair, record, dry_run = _resolve(request, execution, Attempt.from_state(event["Attempt"]))
    decision = expire(decision, times.seconds, event["DeadlineSeconds"])
    logger.info("Resolved datasets", action=decision.action, reason=decision.reason)
    state = {
        "Action": decision.action,
        "Reason": decision.reason,
        "Claimed": record.mine or (decision.action == Action.SKIPPED and bool(event["Claim"])),
        "StartedBy": request.started_by,
        **pair.as_state(),
    }
    match decision.action:
        case Action.WAIT:
            seconds = polling_interval(times.seconds, random.random(), Bounds.from_state(event["Polling"]))
            return {**state, "WaitSeconds": seconds}
        case Action.FAILED:
            return {**state, "Ending": end_with_failure(decision.error, decision.reason)}
        case Action.DRY_RUN | Action.ALREADY_DISTRIBUTED | Action.SKIPPED:
            count_outcome(decision.action)
            output = make_output(decision.action, decision.reason, state, execution, dry_run=dry_run)
            return {**state, "Output": output}
    return state


def _resolve(request: Request, execution: str, attempt: Attempt) -> tuple[Decision, Pair, Record, Event | None]:
    """The decision, the pair, its record, and the report if it is a dry run."""
    projects = os.environ["PROJECTS"].split(",")
    if not covers(projects, request.project_name):
        return (*_decline_project(request, projects), NO_RECORD, None)
    pair = describe_pair(request)
    record = read_record(Key(pair.project_name, pair.test.arn), execution) if pair.test else NO_RECORD
    if request.dry_run:
        decision, report = report_dry_run(pair, record, count_labels(pair.training), count_labels(pair.test))
        return decision, pair, record, report
    tag = read_auto_distribute(pair) if not request.by_person else UNTAGGED
    decision = decide(request, pair, record, Trigger(os.environ["TRIGGER"]), tag, no_effect=attempt.no_effect)
    if decision.action == Action.CHECK and record.before:
        pair = replace(pair, training=record.before[0], test=record.before[1])
    return decision, pair, record, None


def _decline_project(request: Request, projects: list[str]) -> tuple[Decision, Pair]:
    """SKIPPED for an event, which may be meant for another deployment. Raises ProjectNotCovered for a person."""
    reason = f"This deployment does not cover project {request.project_name}. It covers: {', '.join(projects)}."
    if request.by_person:
        raise ProjectNotCovered(reason)
    pair = Pair(project_name=request.project_name, project_arn=request.project_arn or "", training=None, test=None)
    return Decision(Action.SKIPPED, reason), pair
