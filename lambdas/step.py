"""What all functions have in common: logs with the execution and the project. The workflow's send its age, too."""

from collections.abc import Callable
from datetime import UTC, datetime
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
    """Make a Lambda handler from the work of one state of the workflow. It sends the age of the execution."""

    @wraps(work)
    def with_age(event: dict[str, Any]) -> dict[str, Any]:
        _send_age(Times.from_state(event["Times"]).began)
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


def _send_age(began: str) -> None:
    """Send the execution's age in seconds, for the alarm on the oldest one. A waiting execution sends it per poll."""
    age = datetime.now(UTC) - datetime.fromisoformat(began)
    with single_metric(name=EXECUTION_AGE, unit=MetricUnit.Seconds, value=age.total_seconds()):
        pass
