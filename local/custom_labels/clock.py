"""The time of the service: real time, which can be moved forward."""

import time
from threading import Lock


class Clock:
    """Real time plus an offset, in epoch seconds. It only moves forward."""

    def __init__(self) -> None:
        self.follows_waits = False
        """Whether Step Functions uses this clock too, and moves it forward instead of waiting."""
        self._offset = 0.0
        self._lock = Lock()

    def now(self) -> float:
        return time.time() + self._offset

    def advance(self, seconds: float) -> None:
        """Raises ValueError unless the number of seconds is finite and 0 or more."""
        if not 0 <= seconds < float("inf"):
            raise ValueError(f"The clock advances by a finite number of seconds, 0 or more, not by {seconds}.")
        with self._lock:
            self._offset += seconds

    def move_to(self, moment: float) -> None:
        """Move forward to a moment in epoch seconds; nothing happens if it is past."""
        with self._lock:
            self._offset = max(self._offset, moment - time.time())
