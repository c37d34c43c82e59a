"""Read what was told through SNS: a notice of the workflow, or the text of a rule that tells for it."""

import json
from typing import Any

PLAIN_MESSAGE_START = "Outcome: "


def read_notice(message: str) -> dict[str, Any]:
    """The notice; of a text its outcome, and what it says to do."""
    try:
        notice = json.loads(message)
    except ValueError:
        notice = None
    if isinstance(notice, dict):
        return notice
    headline = message.removeprefix(PLAIN_MESSAGE_START).partition("\n")[0]
    return {"Outcome": headline.partition(":")[0].strip('"'), "Advice": message.partition("What to do:")[2]}
