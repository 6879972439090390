"""Waiting with a limit, and saying meanwhile what is waited for."""

import time
from collections.abc import Callable
from typing import TypeVar

from zeus_installer.system.events import Reporter

T = TypeVar("T")

_POLL_SECONDS = 0.5
_REPORT_SECONDS = 5.0


def wait_for(find: Callable[[], T | None], *, seconds: float, report: Reporter, what: Callable[[], str]) -> T | None:
    """Ask `find` until it gives something, or give None after `seconds`; every few seconds `what` is reported."""
    begin = time.monotonic()
    reported = begin - _REPORT_SECONDS
    while (found := find()) is None:
        now = time.monotonic()
        if now - begin >= seconds:
            return None
        if now - reported >= _REPORT_SECONDS:
            report.progress(what(), done=int(now - begin), total=int(seconds), unit="s")
            reported = now
        time.sleep(min(_POLL_SECONDS, seconds))
    return found
