"""Order `follow`: everything that happens to the stored plan, from its first run to its last, as it happens."""

import time
from itertools import islice
from pathlib import Path
from typing import Final

from zeus_installer.engine.status import Status, read_status
from zeus_installer.engine.store import Store
from zeus_installer.engine.stream import size_of_log, watch_all
from zeus_installer.plan import Plan
from zeus_installer.system.codec import Json, encode
from zeus_installer.worker.channel import Channel
from zeus_installer.worker.orders import Order
from zeus_installer.worker.stored import steps_of, store_of

_POLL_SECONDS: Final = 0.5
_LET_GO_SECONDS: Final = 2.0
Stamp = tuple[int, int, int] | None


def follow(order: Order, channel: Channel) -> Json:
    """Send each plan that is stored with its events and states; the end is that no plan is stored any more."""
    store = store_of(order)
    while True:
        stamp = _stamp(store.plan)
        plan = store.load_plan()
        if plan is None:
            return {}
        _Follower(store, channel, stamp).follow(plan)


class _Follower:
    """Follows one plan. What was sent once is not sent again."""

    def __init__(self, store: Store, channel: Channel, plan: Stamp) -> None:
        self._store = store
        self._channel = channel
        self._plan = plan
        self._sent = 0
        self._read = 0
        self._status: Status | None = None

    def follow(self, plan: Plan) -> None:
        """Go on until another plan is stored, or none."""
        self._channel.say("plan", {"steps": steps_of(plan)})
        seen: object = None
        while _stamp(self._store.plan) == self._plan:
            locked = self._store.is_locked()
            now = (locked, size_of_log(self._store), _stamp(self._store.journal))
            if now != seen:
                self._catch_up(locked=locked)
                seen = now
            time.sleep(_POLL_SECONDS)

    def _catch_up(self, *, locked: bool) -> None:
        if locked:
            self._tell_status()
        size = size_of_log(self._store)
        if locked or size != self._read:
            self._read = size
            for event in islice(watch_all(self._store), self._sent, None):
                self._channel.event(event)
                self._sent += 1
        if locked:
            self._wait_for_the_lock()
        if _stamp(self._store.plan) == self._plan:
            self._tell_status()

    def _tell_status(self) -> None:
        status = read_status(self._store)
        if status != self._status:
            self._status = status
            self._channel.say("status", encode(status))

    def _wait_for_the_lock(self) -> None:
        """A run ends its stream a moment before it lets go of the lock, and until then counts as running."""
        deadline = time.monotonic() + _LET_GO_SECONDS
        while self._store.is_locked() and time.monotonic() < deadline:
            time.sleep(_POLL_SECONDS / 20)


def _stamp(path: Path) -> Stamp:
    """Give what changes whenever a file does; None when there is none."""
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
