"""The message about an execution that may not have sent a notification of its own.

It quotes neither the input nor the cause: nobody has looked at them, and they can be long.
"""

import json
from typing import Any

from lambdas.messages.links import execution_link
from lambdas.messages.subject import write_subject
from lambdas.rules.failures.ending import WHAT_TO_DO
from lambdas.rules.text import break_links
from lambdas.rules.unnoticed import Description

_ADVICE = (
    f"{WHAT_TO_DO} open the execution and read its error and cause. If somebody stopped it on purpose, do nothing. "
    "Otherwise start a new execution for the project in its input, unless the cause says that this is not needed. The "
    "new execution continues where this one ended and distributes nothing twice. The record of the pair shows which "
    "execution owns the pair."
)


def make_message(execution: Description) -> dict[str, Any]:
    """The arguments of Publish: the subject, the same text for every reader but SMS, and attributes for filters.

    There is no attribute `outcome`, because only the execution knows its outcome.
    """
    project = execution.project_name
    # Without an error of its own, the runbook has the ending under its status.
    error = execution.error if execution.status == "FAILED" else ""
    subject = write_subject(execution.status, project or execution.arn.rpartition(":")[2], error)
    attributes = {
        "project": project or "unknown",
        "error": error or execution.status,
        "startedBy": execution.started_by,
    }
    return {
        "Subject": subject,
        "Message": json.dumps({"default": _write_text(execution, subject), "sms": subject}),
        "MessageStructure": "json",
        "MessageAttributes": {name: {"DataType": "String", "StringValue": value} for name, value in attributes.items()},
    }


def _write_text(execution: Description, subject: str) -> str:
    lines = [
        subject,
        "",
        f"This execution ended at {execution.ended_at}. It may not have sent a notification of its outcome.",
        "",
        _ADVICE,
        "",
        f"Execution: {execution_link(execution.arn)}",
    ]
    project = execution.project_name
    return "\n".join([*lines, break_links(f"Project: {project}")] if project else lines)
