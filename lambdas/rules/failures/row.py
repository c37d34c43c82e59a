"""A row of the table of failures: how an error is retried, why it occurs, and what a person does about it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple


class Attempts(NamedTuple):
    """At most `most` retries. The first interval has `interval` seconds; each next one doubles, up to `longest`.

    Full jitter: each retry comes at a random moment of its interval.
    """

    most: int
    interval: int
    longest: int


class Retried(Enum):
    """How the workflow retries the state that failed with the error. The values are texts of the runbook."""

    NO_TASK = "no task fails with it"
    NEVER = "no"
    CAUGHT = "no, the workflow catches the error and continues"
    WAITED_FOR = "no, the workflow waits for the datasets"
    QUICKLY = "quickly"
    PATIENTLY = "patiently"


ATTEMPTS = {Retried.QUICKLY: Attempts(6, 2, 60), Retried.PATIENTLY: Attempts(10, 4, 60)}


class Known(NamedTuple):
    """What is known of a failure beside its error: the cause, and the training dataset's DatasetStats before it."""

    cause: str = ""
    entries: int = 0
    labeled: int = 0
    errors: int = 0


@dataclass(frozen=True, kw_only=True)
class Situation:
    """Advice that fits better than that of the row, if the situation applies. `when` follows "If" in the runbook."""

    when: str
    applies: Callable[[Known], bool]
    advice: str


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A row of the table. An error that ends in `.*` stands for every other error of that service.

    If several `situations` apply, the first one has the advice.
    """

    errors: tuple[str, ...]
    retried: Retried = Retried.NEVER
    why: str
    advice: str
    situations: tuple[Situation, ...] = ()
