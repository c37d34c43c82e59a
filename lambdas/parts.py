"""Do a piece of work in parts: when one fails, the others still run."""

from collections.abc import Callable
from typing import TypeVar

from lambdas.rules.errors import ClaimLost
from lambdas.rules.failures import ATTEMPTS, Retried, is_transient
from lambdas.rules.text import read_cause, shorten
from lambdas.step import logger

LONGEST_NOTE = 500  # characters: a state has 256 KB
MOST_RETRIES = ATTEMPTS[Retried.QUICKLY].most

Result = TypeVar("Result")


class Parts:
    """An error that passes by itself is raised, and the state machine retries, as long as it has tries left.

    On the last try, and at once for any other error, a note says what is missing.
    """

    def __init__(self, retry_count: int) -> None:
        """`retry_count` is how often the state machine has retried the state."""
        self._last_try = retry_count >= MOST_RETRIES
        self.notes: list[str] = []

    def do(self, missing: str, work: Callable[[], Result], otherwise: Result) -> Result:
        """What the work gives, or `otherwise`, and a note that begins with what is `missing`. Raises ClaimLost."""
        try:
            return work()
        except ClaimLost:
            raise
        except Exception as error:
            if is_transient(type(error).__name__) and not self._last_try:
                raise
            logger.exception(missing)
            self.notes.append(f"{missing}: {shorten(read_cause(str(error)), LONGEST_NOTE)}")
            return otherwise
