"""Hold an execution in a state."""

from collections.abc import Iterator
from contextlib import contextmanager

from local.aws import LocalAws
from local.faults.fault import Fault

HELD_SECONDS = 20  # of real time: much longer than a test needs


@contextmanager
def hold_after_claim(aws: LocalAws) -> Iterator[None]:
    """The next execution stays in *Claim pair* after its claim, long enough to abort it. It moves no clock."""
    aws.inject(Fault("state:Claim pair", seconds=HELD_SECONDS, after=True))
    try:
        yield
    finally:
        aws.inject()
