"""A function that has clients of boto3 and nothing else. SERVICES names them."""

import os
from typing import Any

import boto3

clients = [boto3.client(service) for service in os.environ["SERVICES"].split(",") if service]


def handler(_event: Any, _context: Any) -> None:
    """What it does after the cold start is not measured."""
