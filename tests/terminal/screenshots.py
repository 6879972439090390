"""`python -m tests.terminal.screenshots [--to DIRECTORY] [NAME…]`: pictures of screens for docs/, made by going there.

SCREENSHOTS says how to get to each.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.terminal.picture import picture
from tests.terminal.terminal import Terminal

ROOT: Final = Path(__file__).parents[2]
TOY: Final = (sys.executable, "-m", "tests.terminal.toy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Screenshot:
    """A screen: the program, the terminal, and the keys that lead there. `go` waits until the screen is there."""

    title: str
    command: Sequence[str]
    go: Callable[[Terminal], object]
    columns: int = 80
    rows: int = 24
    term: str = "xterm-256color"


def greeted(terminal: Terminal) -> None:
    terminal.expect("Quit")
    terminal.type("Ada")
    terminal.press("down", "enter")
    terminal.expect("Hello Ada")


SCREENSHOTS: Final = {
    "toy": Screenshot(title="The toy at its start", command=TOY, go=lambda terminal: terminal.expect("Quit")),
    "toy-greeting": Screenshot(title="The toy greets", command=TOY, go=greeted, columns=120, rows=40),
}


def take(shot: Screenshot) -> str:
    """Go to the screen; its picture."""
    with Terminal(shot.command, columns=shot.columns, rows=shot.rows, term=shot.term, directory=ROOT) as terminal:
        shot.go(terminal)
        terminal.settle()
        return picture(terminal, shot.title)


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
