"""What all functions have in common: logs with the execution and the project. The workflow's send its age, too."""

import os
from collections.abc import Callable
from functools import wraps
from typing import Any

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit
from aws_lambda_powertools.utilities.typing import LambdaContext

from lambdas.rules.metrics import EXECUTION_AGE, OUTCOMES
from lambdas.rules.times import Times

logger = Logger()
Work = Callable[[dict[str, Any]], dict[str, Any]]
Handler = Callable[[dict[str, Any], LambdaContext], dict[str, Any]]


def step(work: Work) -> Handler:
    """Make a Lambda handler from the work of one state of the workflow. It sends the age of an old execution."""

    @wraps(work)
    def with_age(event: dict[str, Any]) -> dict[str, Any]:
        _send_age(Times.from_state(event["Times"]).seconds)
        return work(event)

    return sweep_step(with_age)


def sweep_step(work: Work) -> Handler:
    """Make a Lambda handler from the work of one state. It raises errors unwrapped, for the state machine to match."""

    @logger.inject_lambda_context(clear_state=True)
    @wraps(work)
    def handler(event: dict[str, Any], _context: LambdaContext) -> dict[str, Any]:
        logger.append_keys(execution=event["Execution"])
        try:
            return work(event)
        except Exception:
            logger.exception("Failed")
            raise

    return handler


def count_outcome(outcome: str, error: str = "") -> None:
    """Count how an execution has ended, or is about to end."""
    with single_metric(name=OUTCOMES, unit=MetricUnit.Count, value=1) as metric:
        metric.add_dimension("Outcome", outcome)
        metric.add_dimension("Error", error or "none")


def _send_age(seconds: float) -> None:
    """Send an old execution's age, for the alarm on the oldest one. A waiting execution sends it per poll."""
    if seconds >= float(os.environ["AGE_SENT_FROM_SECONDS"]):
        with single_metric(name=EXECUTION_AGE, unit=MetricUnit.Seconds, value=seconds):
            pass
