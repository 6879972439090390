"""Time that is running out."""

import time


class Deadline:
    """A point in time, so many seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, never negative."""
        return max(0.0, self._end - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether nothing is left."""
        return self.left <= 0

    def within(self, seconds: float) -> "Deadline":
        """Give a deadline of its own to a part, at most what is left of this one."""
        return Deadline(min(seconds, self.left))
