"""How much of something is done, and how fast it goes."""

from collections import deque
from typing import Final

from zeus_installer.system.events import Event

_WINDOW_SECONDS: Final = 5.0
_APART_SECONDS: Final = 0.1
_SAMPLES: Final = 64
_LARGEST: Final = 1 << 62
# Waiting counts the seconds up to a limit: that says nothing of when it ends.
_NO_MEASURE: Final = "s"
_EVEN: Final = "bytes"


class Amount:
    """The `done` of a `total`, in `unit`s, with enough of the past to tell the rate."""

    def __init__(self, *, total: int | None = None, unit: str | None = None) -> None:
        self.done: int | None = None
        self.total = _sound(total)
        self.unit = unit
        self._samples: deque[tuple[float, int]] = deque(maxlen=_SAMPLES)

    def take(self, event: Event, at: float) -> None:
        """Take note of what an event says."""
        self.done = _sound(event.done)
        self.total = self.total if event.total is None else _sound(event.total)
        self.unit = event.unit or self.unit
        if self.done is None:
            return
        if self._samples and (at < self._samples[-1][0] or self.done < self._samples[-1][1]):
            self._samples.clear()
        if len(self._samples) > 1 and at - self._samples[-2][0] < _APART_SECONDS:
            self._samples.pop()
        self._samples.append((at, self.done))

    def rate(self, at: float) -> float | None:
        """Give the units a second of the last seconds before `at`; None when that is not known yet."""
        if self.unit == _NO_MEASURE or len(self._samples) < 2:
            return None
        newest = self._samples[-1]
        oldest = next((sample for sample in self._samples if at - sample[0] <= _WINDOW_SECONDS), newest)
        seconds = max(at, newest[0]) - oldest[0]
        if oldest is newest:
            return 0.0 if seconds > _WINDOW_SECONDS else None
        return (newest[1] - oldest[1]) / seconds if seconds > 0 else None

    def remaining(self, at: float, *, elapsed: float) -> float | None:
        """Give the seconds that the rest takes at the rate so far; None when that is not known."""
        if self.unit == _NO_MEASURE or self.done is None or self.total is None:
            return None
        rest = max(0, self.total - self.done)
        # Bytes come evenly, or not at all; of anything else one thing takes much longer than another.
        rate = self.rate(at) if self.unit == _EVEN else None
        rate = rate or (self.done / elapsed if elapsed > 0 else 0.0)
        return rest / rate if rate > 0 else None


def _sound(number: int | None) -> int | None:
    """Give a number that can be reckoned with."""
    return number if number is not None and 0 <= number <= _LARGEST else None
