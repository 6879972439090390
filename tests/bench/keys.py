"""Keys at a wizard, each followed on the wire: when its redraw began, when it stood, how many bytes it took."""

import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from tests.terminal.terminal import Terminal

Kind = Literal["focus", "character", "choice"]
# So long (seconds) nothing more comes when a redraw is over; without a first byte by then there was none.
_QUIET: Final = 0.04
_NOTHING: Final = 0.12
_GLANCE: Final = 0.002


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """What a key brought; times in milliseconds. `busy` is what the program's process took of a processor.

    On a machine that others use too, `busy` tells what is the program's own doing.
    """

    kind: Kind
    first: float
    drawn: float
    busy: float
    sent: int
    scrolled: bool


def strike(terminal: Terminal, key: str, kind: Kind) -> Stroke | None:
    """Press a key; None when nothing on the terminal changed."""
    before, text, busy = terminal.bytes_sent, terminal.text, _busy(terminal)
    began = time.monotonic()
    terminal.press(key)
    came = _redraw(terminal, before, began)
    if not came:
        return None
    return Stroke(
        kind=kind,
        first=(came[0][0] - began) * 1000,
        drawn=(came[-1][0] - began) * 1000,
        busy=_busy(terminal) - busy,
        sent=came[-1][1] - before,
        scrolled=kind == "focus" and _body(terminal.text) != _body(text),
    )


def strike_all(terminal: Terminal, keys: Iterable[str], kind: Kind) -> list[Stroke]:
    """Press keys one after the other, each after the redraw of the one before it."""
    return [stroke for key in keys if (stroke := strike(terminal, key, kind)) is not None]


def percentile(values: Sequence[float], share: float) -> float:
    """Give the value that so many of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median_and_most(values: Sequence[int]) -> str:
    """Say what is usual, and what is the most."""
    return f"{statistics.median(values):.0f}, most {max(values)}" if values else "none"


def came_at(terminal: Terminal, began: float, words: str) -> float:
    """Wait for the words; the seconds from `began` until their last byte had come."""
    terminal.expect(words)
    place = terminal.output.index(words.encode()) + len(words.encode())
    return next(at for at, count in terminal.arrivals if count >= place) - began


def _redraw(terminal: Terminal, before: int, began: float) -> list[tuple[float, int]]:
    while True:
        came = [(at, count) for at, count in terminal.arrivals[-50:] if count > before]
        now = time.monotonic()
        if came and now - came[-1][0] > _QUIET:
            return came
        if not came and now - began > _NOTHING:
            terminal.settle()  # On a busy machine it may only be late, and must not count for the next key.
            return [(at, count) for at, count in terminal.arrivals[-50:] if count > before]
        time.sleep(_GLANCE)


def _busy(terminal: Terminal) -> float:
    """Milliseconds for which the program has run on a processor so far (the kernel's sched-stats.rst)."""
    return int(Path(f"/proc/{terminal.process.pid}/schedstat").read_text().split()[0]) / 1e6


def _body(text: str) -> list[str]:
    """What stands between the head and the line above the buttons."""
    return text.splitlines()[2:-3]
