"""The subject of a message, and all of an SMS. SNS takes at most 100 ASCII characters on one line."""

import re

from lambdas.messages.outcome import Outcome

LONGEST = 99
_LONGEST_NAME = 45  # beside an error; a project's name alone may have 255 characters
_ROOM = LONGEST - len("FAILED: ... ()")  # for a name and an error


def make_subject(outcome: Outcome) -> str:
    """The outcome, the project and, of a failure, its error."""
    what = _name_failure(outcome) if outcome.error else outcome.project_name
    return re.sub(r"[^ -~]", "?", f"{outcome.name}: {what}"[:LONGEST])


def _name_failure(outcome: Outcome) -> str:
    """A long name leaves room for the error. Where the input names no project there is the error only."""
    room = min(_LONGEST_NAME, max(0, _ROOM - len(outcome.error)))
    name = outcome.project_name if len(outcome.project_name) <= room else outcome.project_name[:room] + "..."
    return f"{name} ({outcome.error})" if name else outcome.error
