"""The subject of a message, which is also the whole SMS: one line of ASCII, so that every phone shows it.

SNS accepts fewer than 100 characters ("Publish", Amazon SNS API Reference).
"""

import re

from lambdas.messages.outcome import Outcome

LONGEST = 99
_LONGEST_NAME = 45  # characters beside an error; a project's name can have 255
_ROOM = LONGEST - len("FAILED: ... ()")  # for a name and an error


def make_subject(outcome: Outcome) -> str:
    """The outcome, the project and, for a failure, its error."""
    what = _name_failure(outcome) if outcome.error else outcome.project_name
    return re.sub(r"[^ -~]", "?", f"{outcome.name}: {what}"[:LONGEST])


def _name_failure(outcome: Outcome) -> str:
    """The project's name, shortened for the error, and the error; only the error if the input names no project."""
    room = min(_LONGEST_NAME, max(0, _ROOM - len(outcome.error)))
    name = outcome.project_name if len(outcome.project_name) <= room else outcome.project_name[:room] + "..."
    return f"{name} ({outcome.error})" if name else outcome.error
