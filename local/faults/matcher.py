"""The faults in force, the calls that they match, and how many each has matched."""

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from local.faults.fault import ANYONE, Fault


@dataclass(frozen=True)
class Call:
    """A call; `dataset` is train or test if the call names one dataset, else the empty string."""

    name: str
    by_function: bool = True
    dataset: str = ""


class Faults:
    """The faults in force. Several threads may use it at the same time."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.replace([])

    def replace(self, faults: Iterable[Fault]) -> None:
        """Put these in force, and no others; each has matched no call yet."""
        with self._lock:
            self._counted = [_CountedFault(fault) for fault in faults]

    def match(self, call: Call) -> Fault | None:
        """The first fault that matches the call, which counts for this fault only; None if no fault matches."""
        with self._lock:
            return next((counted.fault for counted in self._counted if counted.count(call)), None)

    def match_counts(self) -> list[tuple[Fault, int]]:
        """Each fault in force, and how many calls it has matched."""
        with self._lock:
            return [(counted.fault, counted.matched) for counted in self._counted]


@dataclass
class _CountedFault:
    fault: Fault
    skipped: int = 0
    matched: int = 0

    def count(self, call: Call) -> bool:
        """Count the call as skipped or matched; whether the fault matches it."""
        if not _applies(self.fault, call) or self.matched == (self.fault.times or -1):
            return False
        if self.skipped < self.fault.skip:
            self.skipped += 1
            return False
        self.matched += 1
        return True


def _applies(fault: Fault, call: Call) -> bool:
    caller_applies = call.by_function or fault.who == ANYONE
    return fault.call == call.name and caller_applies and fault.dataset in ("", call.dataset)
