"""Distribute a new pair, and read what the workflow sends to queues."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator, FormatChecker

from local.aws import LocalAws
from tests.support.executions import Execution, Executions
from tests.support.queues import take_all
from tests.support.unique import unique
from tests.support.workbench import Workbench

DOCS = Path(__file__).parents[3] / "docs"
NOTICE_SCHEMA = json.loads((DOCS / "notice.schema.json").read_text())
EXAMPLES = [
    json.loads(block) for block in re.findall(r"```json\n(.*?)```", (DOCS / "notifications.md").read_text(), re.S)
]
*DOCUMENTED_FILTERS, DOCUMENTED_RULE = EXAMPLES
ReceiveEvents = Callable[[], list[dict[str, Any]]]


def create_rule(aws: LocalAws, pattern: dict[str, Any], queue_arn: str) -> None:
    """Create a rule that sends the matching events of the default bus to the queue."""
    events, name = aws.client("events"), unique("rule")
    events.put_rule(Name=name, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, Targets=[{"Id": "queue", "Arn": queue_arn}])


def receive_bodies(aws: LocalAws, queue: str) -> list[dict[str, Any]]:
    """The parsed bodies of all messages in the queue. The messages are deleted."""
    return [json.loads(body) for body in take_all(aws.client("sqs"), queue)]


def distribute_new_pair(bench: Workbench, project: str, executions: Executions, lines: list[str]) -> Execution:
    """The ended execution that a person started for a new pair with these training entries."""
    bench.pair(project, lines)
    return executions.run({"ProjectArn": project})


def validate_notice(notice: dict[str, Any]) -> dict[str, Any]:
    """The same notice. Raises ValidationError when docs/notice.schema.json does not describe it."""
    Draft202012Validator(NOTICE_SCHEMA, format_checker=FormatChecker()).validate(notice)
    return notice
