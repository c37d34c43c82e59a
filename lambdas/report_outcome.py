"""Report outcome: the last function of every execution that has distributed or failed.

It completes the record, counts the labels, makes the page, and composes the messages to people and programs. If a part
of this fails, the messages say so and the other parts continue. The state machine only sends the messages.
"""

import os
from datetime import UTC, datetime
from typing import Any

from lambdas.messages import page
from lambdas.messages.bundle import make_bundle
from lambdas.messages.outcome import Outcome
from lambdas.messages.report import Report
from lambdas.parts import Parts
from lambdas.rules.attempt import Attempt
from lambdas.rules.failures.ending import complete_cause
from lambdas.rules.failures.lookup import advise
from lambdas.rules.failures.row import Known
from lambdas.rules.input.arns import parse_location
from lambdas.rules.input.execution_input import PERSON, find_project_name, find_started_by
from lambdas.rules.pair import DISTRIBUTED, FAILED, Dataset, Key, Labels
from lambdas.rules.text import read_cause
from lambdas.rules.timeline import Timeline
from lambdas.rules.times import Times
from lambdas.services.executions import read_execution_input, read_timeline
from lambdas.services.pages import put_page
from lambdas.services.records import record_outcome
from lambdas.services.rekognition import count_labels
from lambdas.step import count_outcome, logger, step

Event = dict[str, Any]
_LABELS_UNKNOWN: tuple[Labels, Labels] = (None, None)


@step
def handler(event: Event) -> Event:
    """From {Execution, Times, RetryCount, Pair, Claim, Attempt, Ending} to the messages and the Ending.

    These are {Subject, Notice, Mail, Chat, DetailType, Attributes, WithoutEvent, Ending} (messages/bundle.py). Raises
    ClaimLost if another execution owns the pair by now, so that nobody is notified of the outcome of this one.
    """
    logger.append_keys(project=event["Pair"].get("ProjectName"))
    parts = Parts(event["RetryCount"])
    distributed = event["Ending"].get("Outcome") == DISTRIBUTED
    outcome = _report_success(event, parts) if distributed else _report_failure(event, parts)
    logger.append_keys(project=outcome.project_name)
    bundle = make_bundle(outcome, event["Ending"].get("Output"))
    count_outcome(outcome.name, outcome.error)
    logger.info("Reported the outcome", outcome=outcome.name, error=outcome.error, link=outcome.report_link)
    return bundle


def _report_success(event: Event, parts: Parts) -> Outcome:
    pair, execution, reason = event["Pair"], event["Execution"], event["Ending"]["Cause"]
    after = event["Ending"]["Output"]["After"]
    training, test = (Dataset.from_state(after[name]) for name in ("Training", "Test"))
    _complete_record(event, parts, DISTRIBUTED, reason, (training.entries, test.entries))
    labels = parts.do(
        "The labels could not be counted", lambda: (count_labels(training), count_labels(test)), _LABELS_UNKNOWN
    )
    report = Report.compare(pair["Training"]["TotalEntries"], training, test, labels)
    timeline = parts.do(
        "The report page has no timeline", lambda: read_timeline(execution, datetime.now(UTC)), Timeline([])
    )
    html = page.render(pair["ProjectName"], reason, report, timeline, execution)
    bucket = os.environ["REPORTS_BUCKET"]
    link = parts.do(
        "The report page could not be stored", lambda: put_page(bucket, pair["ProjectName"], execution, html), None
    )
    return Outcome(
        execution=execution,
        started_at=Times.from_state(event["Times"]).started,
        started_by=pair["StartedBy"],
        project_name=pair["ProjectName"],
        project_arn=pair["ProjectArn"],
        reason=reason,
        notes=parts.notes,
        before=pair,
        after=after,
        report=report,
        report_link=link,
    )


def _report_failure(event: Event, parts: Parts) -> Outcome:
    pair, ending, error = event["Pair"], event["Ending"], event["Ending"]["Error"]
    pending = bool(event["Claim"]) and Attempt.from_state(event["Attempt"]).pending
    cause = complete_cause(ending, read_cause(ending.get("Cause")), pending=pending)
    _complete_record(event, parts, FAILED, f"{error}: {cause}")
    started_by, project_name = pair.get("StartedBy"), pair.get("ProjectName")
    if not project_name:
        given = parts.do("The input could not be read", lambda: read_execution_input(event["Execution"]), None)
        started_by = find_started_by(given)
        project_name = find_project_name(given, parse_location(event["Execution"]))
    return Outcome(
        execution=event["Execution"],
        started_at=Times.from_state(event["Times"]).started,
        started_by=started_by or PERSON,
        project_name=project_name or "",
        project_arn=pair.get("ProjectArn"),
        reason=cause,
        notes=parts.notes,
        error=error,
        advice=advise(error, _describe_known(cause, pair.get("Training"))),
    )


def _describe_known(cause: str, training: Event | None) -> Known:
    """The cause, and the numbers of the training dataset in the form that the workflow carries, if there is one."""
    if not training:
        return Known(cause)
    return Known(cause, training["TotalEntries"], training["LabeledEntries"], training["ErrorEntries"])


def _complete_record(
    event: Event, parts: Parts, outcome: str, reason: str, entries: tuple[int, int] | None = None
) -> None:
    """Complete the record, if the execution has claimed a pair."""
    if not event["Claim"]:
        return
    parts.do(
        "The record could not be completed",
        lambda: record_outcome(
            Key(event["Claim"]["ProjectName"], event["Claim"]["TestDatasetArn"]),
            event["Execution"],
            outcome=outcome,
            reason=reason,
            ended_at=Times.from_state(event["Times"]).now,
            result_known=Attempt.from_state(event["Attempt"]).result_known,
            entries=entries,
        ),
        None,
    )
