"""How far downloads are, told in events: many files at once, retries, and why the ones that failed did."""

import time
from collections.abc import Callable

from zeus_installer.system.events import Reporter

_EVERY = 0.2


class DownloadMeter:
    """Adds up the bytes of parallel downloads and reports them, at most every fifth of a second.

    `total` is None until it is known. `failures` keeps the reasons of everything that went wrong.
    """

    def __init__(self, report: Reporter, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._report = report
        self._clock = clock
        self._done: dict[str, int] = {}
        self._told_at = -_EVERY
        self.total: int | None = None
        self.failures: list[str] = []

    def at(self, name: str, done: int) -> None:
        """Take note that `done` bytes of the file `name` are here."""
        self._done[name] = done
        come = sum(self._done.values())
        if self._clock() - self._told_at >= _EVERY or come == self.total:
            self._told_at = self._clock()
            self._report.progress(name, done=come, total=self.total, unit="bytes")

    def failed(self, name: str, why: str) -> None:
        """Take note that a try failed; another follows, here or at the next mirror, unless it was the last."""
        self.failures.append(f"{name}: {why}")
        self._report.log(f"{name}: {why}; retrying")
