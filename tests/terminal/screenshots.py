"""`python -m tests.terminal.screenshots [--to DIRECTORY] [NAME…]`: pictures of screens for docs/, made by going there.

`SCREENSHOTS` says how to get to each.
"""

import argparse
import functools
import re
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Final

from tests.terminal.display import Cell
from tests.terminal.machines import machine_file
from tests.terminal.picture import draw
from tests.terminal.terminal import Terminal
from tests.terminal.walk import Deed, Walker, command, walk

ROOT: Final = Path(__file__).parents[2]
# What a plan makes up anew each time, and what the pictures have in its place.
_MADE_UP: Final = {
    re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"): "6f1d1c2e-3a0b-4d5c-8e9f-0a1b2c3d4e5f",
    re.compile(r"\blocalsr-[0-9a-f]{8}\b"): "localsr-6f1d1c2e",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Screenshot:
    """A screen: the program, the terminal, and the keys that lead there. `go` waits until the screen is there."""

    title: str
    command: Callable[[], Sequence[str]]
    go: Callable[[Terminal], object]
    columns: int = 80
    rows: int = 24
    term: str = "xterm-256color"


# The wizard on a recorded machine.


@functools.cache
def _directory() -> "tempfile.TemporaryDirectory[str]":
    return tempfile.TemporaryDirectory(prefix="zeus-screenshots-")


def _wizard(machine: str, *options: str) -> Callable[[], Sequence[str]]:
    return lambda: command(machine_file(machine, Path(_directory().name)), *options)


def _storage(walker: Walker) -> None:
    walker.choose("OLD-STORAGE")
    _confirm(walker, "RAGE")


def _other_storage(walker: Walker) -> None:
    walker.choose("ENCRYPTED")
    _confirm(walker, "PTED")


def _confirm(walker: Walker, text: str) -> None:
    walker.to_field("  destroy it")
    walker.terminal.type(text)
    walker.terminal.wait(lambda _: walker.row.endswith(f" {text}"), f"{text} behind its label")


def _network(walker: Walker) -> None:
    walker.fill("Host name", "host1.example.org")
    walker.choose("static")
    walker.fill("Address", "192.0.2.10/24")
    walker.fill("Router", "192.0.2.1")
    walker.fill("Name servers", "192.0.2.53")


def _access(walker: Walker) -> None:
    walker.fill("Root password", "correct horse battery staple")
    walker.fill("Once more", "correct horse battery staple")
    walker.terminal.expect("strong")


def _packages(walker: Walker) -> None:
    walker.fill("Repository", "https://packages.example.org/xapi/")
    walker.fill("  its key", "https://packages.example.org/RPM-GPG-KEY-xapi")


def _refused(walker: Walker) -> None:
    walker.go_on()
    walker.terminal.expect("cannot become a host")


def _help(walker: Walker) -> None:
    _network(walker)
    walker.to_field("Address")
    walker.terminal.press("f1")
    walker.terminal.expect("[ Close ]")


def _files(walker: Walker) -> None:
    walker.button("Files")
    walker.terminal.expect("[ Close ]")


def _begin(walker: Walker) -> None:
    walker.go_on()
    walker.terminal.expect("[ Begin ]")


_DEEDS: Final[Mapping[str, Deed]] = {"storage": _storage, "network": _network, "packages": _packages}


def _form(
    title: str,
    *,
    at: str,
    deed: Deed | None = None,
    machine: str = "busy",
    columns: int = 80,
    rows: int = 24,
    term: str = "xterm-256color",
) -> Screenshot:
    """A screen that keys lead to, with `deed` done on it."""

    def go(terminal: Terminal) -> None:
        walker = walk(terminal, to=at, deeds=_DEEDS)
        if deed is not None:
            deed(walker)

    return Screenshot(title=title, command=_wizard(machine), go=go, columns=columns, rows=rows, term=term)


def _staged(title: str, name: str, words: str) -> Screenshot:
    """A moment of `tests.terminal.stage`, which has these words on it."""
    program = (sys.executable, "-m", "tests.terminal.stage", name)
    return Screenshot(title=title, command=lambda: program, go=lambda terminal: terminal.expect(words))


def _typed(terminal: Terminal, *, answers: Mapping[str, str]) -> None:
    """Answer each question as it comes: the last words of it, and what is typed."""
    for words, answer in answers.items():
        terminal.expect(re.compile(rf"{re.escape(words)}\s*\Z"))
        terminal.type(f"{answer}\n")
        terminal.expect(re.compile(rf"{re.escape(words)} *{re.escape(answer)}\n\n*.*\S", re.DOTALL))


SCREENSHOTS: Final = {
    "machine": _form("The machine and what was found", at="machine"),
    "machine-refused": _form("A machine that cannot become a host", at="machine", deed=_refused, machine="leftovers"),
    "password": _staged("The password of an administrator", "password", "A password of"),
    "storage": _form("The disks, one to be destroyed", at="storage", deed=_storage),
    "storage-wide": _form(
        "The disks on a wide terminal", at="storage", deed=_other_storage, machine="leftovers", columns=120, rows=40
    ),
    "storage-ascii": _form("The disks on a serial line", at="storage", deed=_storage, term="vt220"),
    "network": _form("The management network, with a static address", at="network", deed=_network),
    "help": _form("The help of a field", at="network", deed=_help),
    "access": _form("Root's password and SSH keys", at="access", deed=_access),
    "packages": _form("Where the packages come from", at="packages", deed=_packages),
    "summary": _form("The plan", at="summary"),
    "files": _form("The files that will be written", at="summary", deed=_files),
    "begin": _form("The last question before the installation", at="summary", deed=_begin),
    "progress": _staged("The installation", "progress", "until the reboot"),
    "failure": _staged("An installation that has stopped", "failure", "What to do"),
    "ready": _staged("Ready to reboot", "ready", "reboots in"),
    "finishing": _staged("The rest of the installation, in dom0", "finishing", "until the host is finished"),
    "status": _staged("The finished host", "status", "How to connect"),
    "elsewhere": _staged("The wizard on a second console", "elsewhere", "Take over here"),
    "plain": Screenshot(
        title="The wizard line by line",
        command=_wizard("busy", "--plain"),
        go=partial(_typed, answers={"Number [1]:": "1"}),
        rows=32,
    ),
}


def take(shot: Screenshot) -> str:
    """Go to the screen; its picture."""
    with Terminal(shot.command(), columns=shot.columns, rows=shot.rows, term=shot.term, directory=ROOT) as terminal:
        shot.go(terminal)
        terminal.settle()
        rows = [without_made_up(row) for row in terminal.attributes]
        return draw(rows, shot.title, cursor=terminal.cursor)


def without_made_up(row: Sequence[Cell]) -> list[Cell]:
    """Give a row of places with the same texts each time."""
    text = "".join(cell.text[:1] or " " for cell in row)
    for pattern, instead in _MADE_UP.items():
        text = pattern.sub(instead, text)
    return [
        replace(cell, text=char) if cell.text[:1] not in ("", char) else cell
        for cell, char in zip(row, text, strict=True)
    ]


def main(arguments: Sequence[str]) -> None:
    """Write the pictures that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.terminal.screenshots")
    parser.add_argument("--to", type=Path, default=ROOT / "docs" / "screens", metavar="DIRECTORY")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(SCREENSHOTS))
    options = parser.parse_args(arguments)
    options.to.mkdir(parents=True, exist_ok=True)
    for name in options.names or SCREENSHOTS:
        path = options.to / f"{name}.svg"
        path.write_text(take(SCREENSHOTS[name]), encoding="utf-8")
        print(path)


if __name__ == "__main__":
    main(sys.argv[1:])
