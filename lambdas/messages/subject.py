"""The subject of a message, which is also the whole SMS: one line of ASCII, so that every phone shows it.

SNS accepts fewer than 100 characters ("Publish", Amazon SNS API Reference).
"""

import re

from lambdas.messages.outcome import Outcome
from lambdas.rules.text import break_links, shorten

LONGEST = 99
_LONGEST_NAME = 45  # characters beside an error; a project's name can have 255
_ROOM = LONGEST - len("FAILED: ... ()")  # for a name and an error


def make_subject(outcome: Outcome) -> str:
    """The outcome, the project and, for a failure, its error. A project may have a name like a web address."""
    project = break_links(outcome.project_name)
    what = _name_failure(project, outcome.error) if outcome.error else project
    return re.sub(r"[^ -~]", "?", f"{outcome.name}: {what}"[:LONGEST])


def _name_failure(project: str, error: str) -> str:
    """The project's name, shortened for the error, and the error; only the error if the input names no project."""
    name = shorten(project, min(_LONGEST_NAME, max(0, _ROOM - len(error))), "...")
    return f"{name} ({error})" if name else error
