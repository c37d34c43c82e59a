"""Resolve datasets: from an execution's input to the pair, as it is now, and a decision."""

from typing import Any

from aws_lambda_powertools import single_metric
from aws_lambda_powertools.metrics import MetricUnit

from lambdas.arns import home_of
from lambdas.decision import decide
from lambdas.execution_input import read_input
from lambdas.records import read_outcome
from lambdas.rekognition import describe_pair
from lambdas.step import logger, step


@step
def handler(event: dict[str, Any]) -> dict[str, Any]:
    """From {Execution, Input} to {Action, Reason, ProjectName, ProjectArn, Training, Test}."""
    request = read_input(event["Input"], home_of(event["Execution"]))
    logger.append_keys(project=request.project_name)
    pair = describe_pair(request)
    decision = decide(request, pair, read_outcome(pair))
    logger.info("Resolved datasets", action=decision.action, reason=decision.reason)
    with single_metric(name="DatasetsResolved", unit=MetricUnit.Count, value=1) as metric:
        metric.add_dimension("Action", decision.action)
    return {"Action": decision.action, "Reason": decision.reason, **pair.as_state()}
