"""The wizard, in a real pty of 80x24: its start, its memory, and what each key costs, beside the least urwid program.

The wizard plays on a recorded machine (`--dry-run`). A run that moves by itself would blur what a key costs: the
screens of the run are those of `tests.terminal.stage`, where the clock stands.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench.keys import Kind, Stroke, came_at, median_and_most, percentile, strike, strike_all
from tests.bench.rows import Row, interleaved
from tests.terminal.machines import machine_file
from tests.terminal.stage import MOMENTS
from tests.terminal.terminal import Terminal
from tests.terminal.walk import Walker, command, walk

ROOT: Final = Path(__file__).parents[2]
MACHINE: Final = "busy"
STARTS: Final = 11
ROUNDS: Final = 3
FLOOR_NAME: Final = "least urwid program"
FLOOR: Final = (sys.executable, "-c", "import urwid; urwid.MainLoop(urwid.Filler(urwid.Text('Zeus'))).run()")
# The least that takes keys: two lines to type, the focus goes from one to the other.
FLOOR_WITH_LINES: Final = (
    sys.executable,
    "-c",
    "import urwid; urwid.MainLoop(urwid.Filler(urwid.Pile([urwid.Edit('One '), urwid.Edit('Two ')]))).run()",
)
_FORMS: Final = ("machine", "storage", "network", "access", "packages", "summary")
# A line to type on each screen that has one, and two options of a choice.
_LINES: Final = {
    "storage": "  destroy it",
    "network": "Name servers",
    "access": "SSH key",
    "packages": "Repository",
    "password": "Password",
}
_CHOICES: Final = {"storage": ("lvm", "ext"), "network": ("static", "DHCP"), "packages": ("medium", "network")}
_MOVES: Final = (*["tab"] * 8, *["shift-tab"] * 8, *["down"] * 16, *["page-down", "page-up"] * 2, *["up"] * 16)
_SENT: Final[dict[Kind, str]] = {"focus": "focus moved", "character": "typed"}
_TYPED: Final = "abcdefghij"


def measure() -> list[Row]:
    """Measure on this machine."""
    with tempfile.TemporaryDirectory(prefix="zeus-bench-") as name:
        wizard = tuple(command(machine_file(MACHINE, Path(name))))
        return [*_start(wizard), *_memory(wizard), *_keys(wizard)]


def _start(wizard: Sequence[str]) -> Iterator[Row]:
    first, floor = interleaved(
        lambda: _seconds_to(wizard, "Ctrl-C Leave"), lambda: _seconds_to(FLOOR, "Zeus"), pairs=STARTS
    )
    yield Row(
        name="wizard, first full frame", ours=first, peer=floor, peer_name=FLOOR_NAME, unit="s", goal="2 x, 0.35 s"
    )
    found, floor = interleaved(lambda: _seconds_to(wizard, "memory"), lambda: _seconds_to(FLOOR, "Zeus"), pairs=STARTS)
    yield Row(name="wizard, findings stand", ours=found, peer=floor, peer_name=FLOOR_NAME, unit="s", goal="none set")


def _seconds_to(program: Sequence[str], words: str) -> float:
    began = time.monotonic()
    with Terminal(program, directory=ROOT) as terminal:
        return came_at(terminal, began, words)


def _memory(wizard: Sequence[str]) -> Iterator[Row]:
    goal = "45 MB (subiquity's dry run, measured elsewhere: 162 MB)"
    for name, to in (("wizard, memory, first screen", "machine"), ("wizard, memory, all forms seen", "summary")):
        ours, floor = interleaved(partial(_resident, wizard, to), partial(_resident, FLOOR, None), pairs=3)
        yield Row(name=name, ours=ours, peer=floor, peer_name=FLOOR_NAME, unit="MB", goal=goal)


def _resident(program: Sequence[str], to: str | None) -> float:
    """Megabytes that the program, without the processes that it starts, has in memory once it is there."""
    with Terminal(program, directory=ROOT) as terminal:
        if to is None:
            terminal.expect("Zeus")
        else:
            walk(terminal, to=to)
        terminal.settle()
        status = Path(f"/proc/{terminal.process.pid}/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) * 1024 / 1e6


def _keys(wizard: Sequence[str]) -> Iterator[Row]:
    with Terminal(wizard, directory=ROOT) as terminal:
        here = _FORMS[0]
        for screen in _FORMS:
            walker = walk(terminal, since=here, to=screen)
            here = screen
            yield from _screen(screen, walker)
    for screen in MOMENTS:
        with Terminal([sys.executable, "-m", "tests.terminal.stage", screen], directory=ROOT) as terminal:
            terminal.expect("Zeus installer: ")
            terminal.settle()
            yield from _screen(screen, Walker(terminal))


def _screen(screen: str, walker: Walker) -> Iterator[Row]:
    """Press all kinds of keys on a screen and, in turns with them, the like at the least program."""
    ours: list[Stroke] = []
    floors: list[Stroke] = []
    with Terminal(FLOOR_WITH_LINES) as floor:
        floor.expect("Two")
        floor.settle()
        for _ in range(ROUNDS):
            ours += strike_all(walker.terminal, _MOVES, "focus")
            floors += strike_all(floor, ("down", "up") * 12, "focus")
            ours += _type(screen, walker)
            floors += strike_all(floor, [*_TYPED, *["backspace"] * len(_TYPED)], "character")
            ours += _choose(screen, walker)
    usual = statistics.median(stroke.drawn for stroke in ours)
    first, busy = (percentile([getattr(stroke, name) for stroke in ours], 0.99) for name in ("first", "busy"))
    yield Row(
        name=f"{screen}, key to redraw p99",
        ours=percentile([stroke.drawn for stroke in ours], 0.99),
        peer=percentile([stroke.drawn for stroke in floors], 0.99),
        peer_name=FLOOR_NAME,
        unit="ms",
        goal=f"16 ms (median {usual:.1f}, first byte p99 {first:.1f}, processor p99 {busy:.1f}; {len(ours)} keys)",
    )
    for kind in _SENT:
        row = _bytes(screen, kind, ours, floors)
        if row is not None:
            yield row


def _bytes(screen: str, kind: Kind, ours: Sequence[Stroke], floors: Sequence[Stroke]) -> Row | None:
    sent = {
        scrolled: [stroke.sent for stroke in ours if stroke.kind == kind and stroke.scrolled is scrolled]
        for scrolled in (False, True)
    }
    if not sent[False]:
        return None
    scrolling = f"; scrolling {median_and_most(sent[True])}" if sent[True] else ""
    return Row(
        name=f"{screen}, {_SENT[kind]}",
        ours=statistics.median(sent[False]),
        peer=statistics.median(stroke.sent for stroke in floors if stroke.kind == kind),
        peer_name=FLOOR_NAME,
        unit="B",
        goal=f"400 B (most {max(sent[False])}{scrolling})",
    )


def _type(screen: str, walker: Walker) -> list[Stroke]:
    """Type into the screen's line, and take it back."""
    if screen not in _LINES:
        return []
    if screen == "storage":
        walker.choose("OLD-STORAGE")
    walker.to_field(_LINES[screen])
    strokes = strike_all(walker.terminal, [*_TYPED, *["backspace"] * len(_TYPED)], "character")
    if screen == "storage":
        walker.choose("SPARE")
        walker.switch("OLD-STORAGE")
    return strokes


def _choose(screen: str, walker: Walker) -> list[Stroke]:
    """Choose one option and the other."""
    strokes = []
    for option in _CHOICES.get(screen, ()) * 3:
        walker.to_row(option)
        stroke = strike(walker.terminal, "space", "choice")
        strokes += [stroke] if stroke is not None else []
    return strokes
