"""Read what was told through SNS: a notice of the workflow, or the text of a rule that tells for it."""

import json
from typing import Any


def read_notice(message: str) -> dict[str, Any]:
    """The notice; of a text its first word, as outcome, and what it says to do."""
    try:
        notice = json.loads(message)
    except ValueError:
        notice = None
    if isinstance(notice, dict):
        return notice
    return {"Outcome": message.partition(":")[0].strip('"'), "Advice": message.partition("What to do:")[2]}
