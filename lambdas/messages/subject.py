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
    """The outcome, the project and, for a failure, its error."""
    return write_subject(outcome.name, outcome.project_name, outcome.error)


def write_subject(word: str, name: str, error: str) -> str:
    """The word, the name and the error. Each of the last two may be empty. A name may be like a web address."""
    shown = break_links(name)
    what = _name_failure(shown, error) if error else shown
    return re.sub(r"[^ -~]", "?", f"{word}: {what}"[:LONGEST])


def _name_failure(project: str, error: str) -> str:
    """The project's name, shortened for the error, and the error; only the error if the input names no project."""
    name = shorten(project, min(_LONGEST_NAME, max(0, _ROOM - len(error))), "...")
    return f"{name} ({error})" if name else error
