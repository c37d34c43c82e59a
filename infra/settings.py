"""What a deployment can be told, read from CDK context: `cdk deploy -c email=you@example.com`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from lambdas.trigger import Trigger


@dataclass(frozen=True, kw_only=True)
class Settings:
    """`email`: the address that is told every outcome; None subscribes nobody. `trigger`: when an event starts one."""

    email: str | None = None
    trigger: Trigger = Trigger.CREATED

    @classmethod
    def from_context(cls, get: Callable[[str], Any]) -> Self:
        """Raises ValueError with the key, the value and what is accepted."""
        email = get("email") or None
        if email is not None and not (isinstance(email, str) and re.fullmatch(r"[^@\s]+@[^@\s]+", email)):
            raise ValueError(f"Context email is {email!r}; give one e-mail address, or leave it empty for none.")
        trigger = get("trigger") or Trigger.CREATED
        if trigger not in list(Trigger):
            raise ValueError(f"Context trigger is {trigger!r}; give one of {', '.join(Trigger)}.")
        return cls(email=email, trigger=Trigger(trigger))
