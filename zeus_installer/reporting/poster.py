"""Sends events to the server of the answers' `[report]`, from a thread of its own, as they come.

Nothing here raises, and nothing here makes the work wait but `end`, for no longer than it is told to.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

from zeus_installer.answers.model import Report
from zeus_installer.reporting.messages import CONTENT_TYPE, Sender, State
from zeus_installer.reporting.outbox import BATCH, Outbox
from zeus_installer.system.codec import Json
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Event
from zeus_installer.web.places import Place

if TYPE_CHECKING:
    from zeus_installer.web.client import Patience

log: Final = logging.getLogger(__name__)

# How long the end of the work waits, at most, for a server that does not answer.
END_SECONDS: Final = 10.0
# A try that takes longer than this is given up: the same message is sent again.
TRY_SECONDS: Final = 5.0
_CONNECT_SECONDS: Final = 3.0
_APART_SECONDS: Final = 1.0
_LONGEST_PAUSE: Final = 30.0
_PAUSE_AT_THE_END: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """How it ends, and until when to try to say so (seconds of the monotonic clock)."""

    until: float
    last_words: bool
    report: Json = None
    log: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Message:
    body: bytes
    events: int
    is_last: bool


class Poster:
    """`take` is a sink for events. A message that did not arrive is sent again as it was, until it does.

    `trouble` is told once, by the thread, when the server cannot be told.
    """

    def __init__(self, report: Report, sender: Sender, *, state: State, trouble: Callable[[str], None]) -> None:
        self._place = Place(report.url.reveal(), report.fingerprint)
        self._sender = sender
        self._state = state
        self._trouble = trouble
        self._outbox = Outbox()
        self._changed = threading.Condition()
        self._end: _End | None = None
        self._waiting: _Message | None = None
        self._sequence = 0
        self._refused = 0
        self._talking = threading.Lock()
        self._may_talk = True
        self._thread = threading.Thread(target=self._work, name="reports", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._finish(_End(until=time.monotonic() + END_SECONDS, last_words=False))

    def take(self, event: Event) -> None:
        """Have an event sent."""
        self._outbox.add(event)
        with self._changed:
            self._changed.notify_all()

    def end(
        self, state: State, *, report: Json = None, log_text: str | None = None, seconds: float = END_SECONDS
    ) -> None:
        """Send what waits, and how it ended; wait for that no longer than `seconds`."""
        self._state = state
        self._finish(_End(until=time.monotonic() + seconds, last_words=True, report=report, log=log_text))

    def _finish(self, end: _End) -> None:
        with self._changed:
            self._end = self._end or end
            self._changed.notify_all()
        self._thread.join(timeout=max(0.0, self._end.until - time.monotonic()))
        with self._talking:
            # Whoever listens may be gone from now on.
            self._may_talk = False

    def _work(self) -> None:
        pause = _APART_SECONDS
        while (message := self._next()) is not None:
            try:
                self._post(message.body)
            except Exception as error:  # noqa: BLE001 - a report is never worth an installation
                self._tell_trouble(error)
                if _is_refused(error) and not message.is_last:
                    # It will not have this one, but maybe those that follow.
                    self._refused += message.events
                    self._waiting = None
                self._wait(_asked_for(error) or pause * random.uniform(0.5, 1.0), at_the_end=_PAUSE_AT_THE_END)  # noqa: S311
                pause = min(2 * pause, _LONGEST_PAUSE)
                continue
            self._waiting = None
            if message.is_last:
                return
            pause = _APART_SECONDS
            self._wait(_APART_SECONDS, at_the_end=0.0)

    def _next(self) -> _Message | None:
        """Give the message to send next; None: there is nothing more to do, or no time for it."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._end or len(self._outbox))
            end = self._end
        if end is not None and time.monotonic() >= end.until:
            return None
        if self._waiting is None:
            if end is not None and not end.last_words and not len(self._outbox):
                return None
            self._waiting = self._message(end)
        return self._waiting

    def _message(self, end: _End | None) -> _Message:
        self._sequence += 1
        is_last = end is not None and end.last_words and len(self._outbox) <= BATCH
        events = self._outbox.take()
        body = self._sender.message(
            self._sequence,
            state=self._state,
            events=events,
            dropped=self._outbox.dropped + self._refused,
            report=end.report if end and is_last else None,
            log=end.log if end and is_last else None,
        )
        return _Message(body=body, events=len(events), is_last=is_last)

    def _post(self, body: bytes) -> None:
        # Here: only a run that reports loads what speaks HTTP.
        from zeus_installer.web.client import post

        post(self._place, body, content_type=CONTENT_TYPE, patience=self._patience())

    def _patience(self) -> "Patience":
        from zeus_installer.web.client import Patience

        left = TRY_SECONDS if self._end is None else max(0.1, self._end.until - time.monotonic())
        seconds = min(TRY_SECONDS, left)
        return Patience(seconds=0, connect=min(_CONNECT_SECONDS, seconds), silence=seconds, transfer=seconds)

    def _wait(self, seconds: float, *, at_the_end: float) -> None:
        with self._changed:
            ends = self._changed.wait_for(lambda: self._end, timeout=seconds)
        if ends and at_the_end:
            time.sleep(min(seconds, at_the_end))

    def _tell_trouble(self, error: Exception) -> None:
        words = error.message if isinstance(error, ZeusError) else f"internal fault: {type(error).__name__}"
        with self._talking:
            if not self._may_talk:
                return
            self._may_talk = False
            try:
                self._trouble(f"reports do not arrive: {words}; the installation goes on without them")
            except Exception:  # noqa: BLE001 - see above
                log.warning("reports do not arrive: %s", words)


def _is_refused(error: Exception) -> bool:
    """Whether the server has answered, and will say the same again."""
    return getattr(error, "code", "") == "web.status" and not getattr(error, "passing", True)


def _asked_for(error: Exception) -> float | None:
    """Give the pause that the server itself asks for."""
    wait = getattr(error, "wait", None)
    return min(wait, _LONGEST_PAUSE) if isinstance(wait, float) else None
