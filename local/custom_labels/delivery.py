"""The delivery of events: as late and as often as the settings say."""

from bisect import insort
from collections.abc import Callable
from operator import itemgetter
from threading import Lock
from typing import Any

from local.custom_labels.clock import Clock
from local.custom_labels.settings import Settings

Event = dict[str, Any]


class Delivery:
    """Events on their way. May be called from several threads at once: the one that takes an event delivers it."""

    def __init__(self, clock: Clock, put_event: Callable[[Event], None]) -> None:
        self._clock = clock
        self._put_event = put_event
        self._lock = Lock()  # not held while an event is put
        self._undelivered: list[tuple[float, Event]] = []
        """Each copy with the time at which it is due, in the order of these times."""

    def put(self, event: Event, settings: Settings) -> None:
        """Deliver at once what has no delay, and keep the rest until it is due."""
        due = self._clock.now() + settings.event_delay_seconds
        for _ in range(settings.event_copies):
            if settings.event_delay_seconds:
                self._keep(due, event)
            else:
                self._put_event(event)

    def deliver_due(self) -> None:
        while event := self._take_due():
            self._put_event(event)

    def forget(self) -> None:
        """Drop what is undelivered."""
        with self._lock:
            self._undelivered.clear()

    def _keep(self, due: float, event: Event) -> None:
        with self._lock:
            insort(self._undelivered, (due, event), key=itemgetter(0))

    def _take_due(self) -> Event | None:
        with self._lock:
            if self._undelivered and self._undelivered[0][0] <= self._clock.now():
                return self._undelivered.pop(0)[1]
            return None
