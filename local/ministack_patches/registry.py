"""A patch of MiniStack: what it changes, why, and the function that installs it."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Patch:
    """Call it once to install it: it replaces functions or data of MiniStack in this process."""

    what: str
    why: str
    install: Callable[[], None]

    def __call__(self) -> None:
        self.install()


def patch(what: str, *, why: str) -> Callable[[Callable[[], None]], Patch]:
    """Decorate the function that installs a patch; local/ministack_patches/order.py lists the result.

    `what` is the behaviour with the patch. `why` says what MiniStack does without it, and cites a page for what it says
    of AWS.
    """

    def describe(install: Callable[[], None]) -> Patch:
        return Patch(what, why, install)

    return describe
