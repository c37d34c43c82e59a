"""The cause of an error, as a sentence."""

import json
from typing import Any

from lambdas.rules.names import encodable

# Characters, of up to six bytes each in JSON. Step Functions takes 32,768 as the cause of an execution.
LONGEST_CAUSE = 8_000
NONE_GIVEN = "No cause was given."


def read_cause(cause: Any, longest: int = LONGEST_CAUSE) -> str:
    """The sentence in it: a failed function's cause is JSON, whose `errorMessage` it is; any other cause is text."""
    text = cause if isinstance(cause, str) else ""
    return cut(encodable(_message(text) or text or NONE_GIVEN), longest)


def cut(text: str, longest: int, more: str = "…") -> str:
    """The text; where it has more characters, so many of them and `more`."""
    return text if len(text) <= longest else text[:longest] + more


def _message(text: str) -> str | None:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    message = said.get("errorMessage") if isinstance(said, dict) else None
    return None if message is None else str(message)
