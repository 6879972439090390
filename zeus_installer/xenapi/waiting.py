"""Waiting with a limit, and saying meanwhile what is waited for."""

import time
from collections.abc import Callable
from typing import TypeVar

from zeus_installer.system.events import Reporter

T = TypeVar("T")

FIRST_PAUSE = 0.05
_LONGEST_PAUSE = 1.0
_REPORT_SECONDS = 5.0


def wait_for(find: Callable[[], T | None], *, seconds: float, report: Reporter, what: Callable[[], str]) -> T | None:
    """Ask `find` until it gives something, or give None after `seconds`; every few seconds `what` is reported."""
    begin = time.monotonic()
    pause = FIRST_PAUSE
    reported = begin - _REPORT_SECONDS
    while (found := find()) is None:
        now = time.monotonic()
        if now - begin >= seconds:
            return None
        if now - reported >= _REPORT_SECONDS:
            report.progress(what(), done=int(now - begin), total=int(seconds), unit="s")
            reported = now
        time.sleep(pause)
        pause = longer(pause)
    return found


def longer(pause: float) -> float:
    """Give the pause (seconds) after one of `pause`: what takes long is asked about less often."""
    return min(pause * 1.5, _LONGEST_PAUSE)
