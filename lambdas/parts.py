"""Work in parts: if one part fails, the others still run."""

from collections.abc import Callable
from typing import TypeVar

from lambdas.rules.failures.errors import ClaimLost
from lambdas.rules.failures.lookup import is_transient
from lambdas.rules.failures.row import ATTEMPTS, Retried
from lambdas.rules.text import read_cause, shorten
from lambdas.step import logger

LONGEST_NOTE = 500  # characters; a state's data has 256 KB
MOST_RETRIES = ATTEMPTS[Retried.QUICKLY].most

Result = TypeVar("Result")


class Parts:
    """While the state machine has retries left, a transient error is raised and the state machine retries.

    After the last retry, and for every other error, a note says what is missing.
    """

    def __init__(self, retry_count: int) -> None:
        """`retry_count` is the number of times that the state machine has retried the state."""
        self._last_try = retry_count >= MOST_RETRIES
        self.notes: list[str] = []

    def do(self, missing: str, work: Callable[[], Result], otherwise: Result) -> Result:
        """The result of `work`; after an error `otherwise`, and a note that begins with `missing`. Raises ClaimLost."""
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
