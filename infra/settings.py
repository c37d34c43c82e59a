"""What a deployment can be told, read from CDK context: `cdk deploy -c email=you@example.com`."""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from lambdas.trigger import Trigger

# Two waits of this length stay far under the 25,000 events that an execution's history may have.
LONGEST_DEADLINE = 36


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`email`: the address that is told every outcome; None subscribes nobody. `trigger`: when an event starts one.

    The deadlines are in hours: for datasets to be created, and for Rekognition to distribute them. `image_buckets`: the
    buckets of S3 whose objects the distribution may read; whether Rekognition asks for that is not documented.
    """

    email: str | None = None
    trigger: Trigger = Trigger.CREATED
    creation_deadline_hours: float = 24
    distribution_deadline_hours: float = 24
    image_buckets: tuple[str, ...] = ()

    @classmethod
    def from_context(cls, get: Callable[[str], Any]) -> Self:
        """Raises ValueError with the key, the value and what is accepted."""
        return cls(
            email=_email(get("email")),
            trigger=_trigger(get("trigger")),
            creation_deadline_hours=_hours("creationDeadlineHours", get("creationDeadlineHours")),
            distribution_deadline_hours=_hours("distributionDeadlineHours", get("distributionDeadlineHours")),
            image_buckets=_buckets(get("imageBuckets")),
        )


def _email(given: Any) -> str | None:
    if given in (None, ""):
        return None
    if not isinstance(given, str) or not re.fullmatch(r"[^@\s]+@[^@\s]+", given):
        raise ValueError(f"Context email is {given!r}; give one e-mail address, or leave it empty for none.")
    return given


def _trigger(given: Any) -> Trigger:
    if given in (None, ""):
        return Trigger.CREATED
    if given not in list(Trigger):
        raise ValueError(f"Context trigger is {given!r}; give one of {', '.join(Trigger)}.")
    return Trigger(given)


def _hours(key: str, given: Any) -> float:
    """What comes from the command line is text."""
    if given in (None, ""):
        return 24
    try:
        hours = math.nan if isinstance(given, bool) else float(given)
    except (TypeError, ValueError):
        hours = math.nan
    if not 0 < hours <= LONGEST_DEADLINE:
        raise ValueError(
            f"Context {key} is {given!r}; give a number of hours, more than 0, at most {LONGEST_DEADLINE}."
        )
    return hours


def _buckets(given: Any) -> tuple[str, ...]:
    """Names as S3 has them: no wildcard gets into a policy."""
    if given in (None, ""):
        return ()
    names = str(given).split(",")
    if not all(re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", name) for name in names):
        raise ValueError(f"Context imageBuckets is {given!r}; give names of buckets with commas between them.")
    return tuple(names)
