"""The events that wait to be sent. No server and no number of events makes it grow without end."""

import threading
from collections import Counter, deque
from typing import Final

from zeus_installer.system.events import Event, Kind

# A message has no more events than this.
BATCH: Final = 500
_MOST: Final = 2000


class Outbox:
    """Takes events from any thread.

    Of progress at one place only the newest waits. When `most` wait, the oldest progress goes, then the oldest log
    line; starts and ends stay, however many there are: that is the work, and it is not endless.
    """

    def __init__(self, *, most: int = _MOST) -> None:
        self._most = most
        self._events: deque[Event] = deque()
        self._kinds: Counter[Kind] = Counter()
        self._lock = threading.Lock()
        self._dropped = 0

    def __len__(self) -> int:
        return len(self._events)

    @property
    def dropped(self) -> int:
        """How many events had no room. Progress that newer progress replaced does not count."""
        return self._dropped

    def add(self, event: Event) -> None:
        """Have an event wait."""
        with self._lock:
            if event.kind is Kind.PROGRESS and self._events and _same_place(self._events[-1], event):
                self._events[-1] = event
                return
            self._events.append(event)
            self._kinds[event.kind] += 1
            if len(self._events) > self._most:
                self._make_room()

    def take(self) -> tuple[Event, ...]:
        """Give the oldest events, as many as a message has, and forget them."""
        with self._lock:
            taken = tuple(self._events.popleft() for _ in range(min(BATCH, len(self._events))))
            self._kinds.subtract(event.kind for event in taken)
            return taken

    def _make_room(self) -> None:
        kind = next((kind for kind in (Kind.PROGRESS, Kind.LOG) if self._kinds[kind]), None)
        if kind is not None:
            del self._events[next(index for index, event in enumerate(self._events) if event.kind is kind)]
            self._kinds[kind] -= 1
            self._dropped += 1


def _same_place(last: Event, event: Event) -> bool:
    return last.kind is Kind.PROGRESS and last.path == event.path
