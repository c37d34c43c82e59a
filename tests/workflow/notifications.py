"""Distribute, and read what is sent then."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from local.aws import LocalAws
from tests.support.executions import Execution, Executions
from tests.support.unique import unique
from tests.support.workbench import Workbench

DOCS = Path(__file__).parents[2] / "docs"
SCHEMA = json.loads((DOCS / "notice.schema.json").read_text())
EXAMPLES = [
    json.loads(block) for block in re.findall(r"```json\n(.*?)```", (DOCS / "notifications.md").read_text(), re.S)
]
*FILTERS, RULE = EXAMPLES
Waiting = Callable[[], list[dict[str, Any]]]


def with_rule(aws: LocalAws, pattern: dict[str, Any], queue_arn: str) -> None:
    events, name = aws.client("events"), unique("rule")
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue_arn}])


def receive(aws: LocalAws, queue: str) -> list[dict[str, Any]]:
    """Everything that is in the queue."""
    sqs, bodies = aws.client("sqs"), []
    while messages := sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
        for message in messages:
            bodies.append(json.loads(message["Body"]))
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    return bodies


def distribute(bench: Workbench, project: str, executions: Executions, lines: list[str]) -> Execution:
    bench.pair(project, lines)
    return executions.run({"ProjectArn": project})


def valid(notice: dict[str, Any]) -> dict[str, Any]:
    Draft202012Validator(SCHEMA, format_checker=FormatChecker()).validate(notice)
    return notice
