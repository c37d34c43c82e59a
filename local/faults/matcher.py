"""Which calls the faults in force strike, and how often they have."""

from collections.abc import Iterable
from dataclasses import dataclass
from threading import Lock

from local.faults.fault import ANYONE, Fault


@dataclass(frozen=True)
class Call:
    """A call as it comes; `dataset` is train or test where it names one dataset."""

    name: str
    by_function: bool = True
    dataset: str = ""


class Faults:
    """Those that are in force, and how often each has struck. May be used from several threads at once."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.replace([])

    def replace(self, faults: Iterable[Fault]) -> None:
        """Put these in force, and no others; none has struck yet."""
        with self._lock:
            self._counted = [_Counted(fault) for fault in faults]

    def strike(self, call: Call) -> Fault | None:
        """The fault that strikes this call. The first does that can; those after it do not hear of the call."""
        with self._lock:
            return next((counted.fault for counted in self._counted if counted.strikes(call)), None)

    def struck(self) -> list[tuple[Fault, int]]:
        """Every fault that is in force, and how often it has struck."""
        with self._lock:
            return [(counted.fault, counted.struck) for counted in self._counted]


@dataclass
class _Counted:
    fault: Fault
    passed: int = 0
    struck: int = 0

    def strikes(self, call: Call) -> bool:
        if not _concerns(self.fault, call) or self.struck == (self.fault.times or -1):
            return False
        if self.passed < self.fault.skip:
            self.passed += 1
            return False
        self.struck += 1
        return True


def _concerns(fault: Fault, call: Call) -> bool:
    asked_for = call.by_function or fault.who == ANYONE
    return fault.call == call.name and asked_for and fault.dataset in ("", call.dataset)
