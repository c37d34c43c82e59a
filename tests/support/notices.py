"""Read a message from SNS: a notice of the workflow, or the plain text that is sent in its place."""

import json
from typing import Any

PLAIN_MESSAGE_START = "Outcome: "


def read_notice(message: str) -> dict[str, Any]:
    """The notice. For a plain text: a dict with its outcome and its advice only."""
    try:
        notice = json.loads(message)
    except ValueError:
        notice = None
    if isinstance(notice, dict):
        return notice
    headline = message.removeprefix(PLAIN_MESSAGE_START).partition("\n")[0]
    return {"Outcome": headline.partition(":")[0], "Advice": message.partition("What to do:")[2]}
