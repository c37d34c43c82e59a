"""A function with the same clients as its template usually has it: Logger, Metrics, Tracer and a model of its event."""

import os
from typing import Any

import boto3
from aws_lambda_powertools import Logger, Metrics, Tracer
from pydantic import BaseModel

logger, metrics, tracer = Logger(), Metrics(), Tracer()
clients = [boto3.client(service) for service in os.environ["SERVICES"].split(",") if service]


class Event(BaseModel):
    """The event of the function."""

    ProjectArn: str
    DryRun: bool = False


@logger.inject_lambda_context
@metrics.log_metrics
@tracer.capture_lambda_handler
def handler(event: Any, _context: Any) -> None:
    """What it does after the cold start is not measured."""
    Event.model_validate(event)
