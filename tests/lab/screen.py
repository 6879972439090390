"""A person at a console: a terminal that shows what the guest draws, and keys.

screen = Screen(vm.console); screen.expect("Machine"); screen.press("down", "enter"); screen.type("xen1.example.org")
"""

import re
import threading
from typing import Any, Final

import pyte

from tests.lab.console import Console, ConsoleError

# What a terminal sends for its keys; any other key is a character or `ctrl X`.
KEYS: Final = {
    "enter": "\r",
    "tab": "\t",
    "shift tab": "\x1b[Z",
    "esc": "\x1b",
    "space": " ",
    "backspace": "\x7f",
    "delete": "\x1b[3~",
    "up": "\x1b[A",
    "down": "\x1b[B",
    "right": "\x1b[C",
    "left": "\x1b[D",
    "home": "\x1b[1~",
    "end": "\x1b[4~",
    "page up": "\x1b[5~",
    "page down": "\x1b[6~",
    **{f"f{number}": f"\x1bO{final}" for number, final in enumerate("PQRS", 1)},
    **{f"f{number}": f"\x1b[{code}~" for number, code in enumerate((15, 17, 18, 19, 20, 21, 23, 24), 5)},
}


# DECSTR, which systemd begins with. pyte does not know it and shows its last character.
SOFT_RESET: Final = "\x1b[!p"


class Screen:
    """The terminal at the end of a console, from now on. It answers what a program asks a terminal."""

    def __init__(self, console: Console, *, columns: int = 80, rows: int = 24) -> None:
        self._console = console
        self._terminal = _Terminal(columns, rows, console)
        self._stream = pyte.Stream(self._terminal)
        self._drawing = threading.Lock()
        self._kept_back = ""
        console.attach(self._draw)

    @property
    def lines(self) -> tuple[str, ...]:
        """The rows, without blanks at their ends."""
        with self._drawing:
            return tuple(row.rstrip() for row in self._terminal.display)

    @property
    def text(self) -> str:
        """The rows in one text."""
        return "\n".join(self.lines)

    @property
    def cursor(self) -> tuple[int, int]:
        """Where the cursor is: row and column, counted from 0."""
        with self._drawing:
            return self._terminal.cursor.y, self._terminal.cursor.x

    def _draw(self, piece: str) -> None:
        with self._drawing:
            text = (self._kept_back + piece).replace(SOFT_RESET, "")
            self._kept_back = _beginning_of_reset(text)
            self._stream.feed(text.removesuffix(self._kept_back))

    def expect(self, wanted: str | re.Pattern[str], timeout: float = 60) -> str:
        """Wait (seconds) until the screen shows the text, or matches; gives the screen."""
        pattern = re.compile(re.escape(wanted)) if isinstance(wanted, str) else wanted
        if not self._console.wait_until(lambda: pattern.search(self.text) is not None, timeout):
            raise ConsoleError(f"not on the screen: {wanted!r}; it shows:\n{self.text}")
        return self.text

    def expect_gone(self, unwanted: str, timeout: float = 60) -> str:
        """Wait (seconds) until the screen no longer shows the text; gives the screen."""
        if not self._console.wait_until(lambda: unwanted not in self.text, timeout):
            raise ConsoleError(f"still on the screen: {unwanted!r}; it shows:\n{self.text}")
        return self.text

    def press(self, *keys: str) -> None:
        """Press keys: names of KEYS, `ctrl c`, or single characters.

        After "esc" wait for what it does: with the next key on its heels it is the beginning of another key.
        """
        for key in keys:
            self._console.send(_sent_by(key))

    def type(self, text: str) -> None:
        """Type the text."""
        self._console.send(text)


class _Terminal(pyte.Screen):
    """A terminal whose answers go back over the line."""

    def __init__(self, columns: int, rows: int, console: Console) -> None:
        super().__init__(columns, rows)
        self._console = console

    def write_process_input(self, data: str) -> None:
        self._console.send(data)

    def report_device_status(self, mode: int, **options: Any) -> None:
        # pyte knows no other; a private one (`CSI ? 6 n`) would be a TypeError.
        if not options:
            super().report_device_status(mode)


def _beginning_of_reset(text: str) -> str:
    """What the text has at its end of a SOFT_RESET that comes in two pieces."""
    beginnings = (SOFT_RESET[:length] for length in range(len(SOFT_RESET) - 1, 0, -1))
    return next((beginning for beginning in beginnings if text.endswith(beginning)), "")


def _sent_by(key: str) -> str:
    if key.startswith("ctrl "):
        return chr(ord(key.removeprefix("ctrl ").upper()) - 64)
    if key in KEYS:
        return KEYS[key]
    if len(key) == 1:
        return key
    raise ValueError(f"no such key: {key}")
