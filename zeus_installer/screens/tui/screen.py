"""A screen for slow lines: what has only moved up or down is scrolled by the terminal, not sent again."""

import os
import termios
from collections.abc import Sequence
from typing import Final

import urwid

# Scrolling pays when it saves so many rows, and a list moves by few at a time.
_WORTH: Final = 4
_FARTHEST: Final = 16
# Where urwid keeps what the terminal shows: all versions have the first, from 5.0 on it compares with the second.
_IN_MIND: Final = ("screen_buf", "_drawn_rows")
_Row = object


class ThriftyScreen(urwid.display.raw.Screen):
    """urwid's screen, which sends each row that has changed, after those that have moved were scrolled.

    The sequences are those of the VT102, which all terminals know: scrolling region, insert line, delete line.
    """

    def draw_screen(self, size: tuple[int, int], canvas: urwid.Canvas) -> None:
        """Draw."""
        drawn: Sequence[_Row] | None = self.screen_buf  # what was drawn last: rows of a canvas
        found = find_scroll(drawn, list(canvas.content())) if drawn else None
        if found is not None:
            self._scroll(*found)
        super().draw_screen(size, canvas)

    def _scroll(self, top: int, bottom: int, up: int) -> None:
        """Scroll the rows from `top` to `bottom` up (or, by a negative number, down), on the terminal and in mind."""
        lines = f"{up}M" if up > 0 else f"{-up}L"
        self.write(f"\x1b[0m\x1b[{top + 1};{bottom + 1}r\x1b[{top + 1};1H\x1b[{lines}\x1b[r")
        for name in _IN_MIND:
            rows = getattr(self, name, None)
            if rows:
                part = rows[top : bottom + 1]
                moved = [*part[up:], *[None] * up] if up > 0 else [*[None] * -up, *part[:up]]
                setattr(self, name, [*rows[:top], *moved, *rows[bottom + 1 :]])


def find_scroll(old: Sequence[_Row], new: Sequence[_Row]) -> tuple[int, int, int] | None:
    """Find the first and the last row of what has moved, and by how many rows up; None when scrolling does not pay."""
    changed = [row for row, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]]
    if len(old) != len(new) or len(changed) <= _WORTH:
        return None
    top, bottom = changed[0], changed[-1]
    still = sum(old[row] == new[row] for row in range(top, bottom + 1))
    saved = {up: _moved(old, new, top, bottom, up) - still for up in range(-_FARTHEST, _FARTHEST + 1) if up}
    best = max(saved, key=lambda up: (saved[up], -abs(up)))
    return (top, bottom, best) if saved[best] >= _WORTH else None


def _moved(old: Sequence[_Row], new: Sequence[_Row], top: int, bottom: int, up: int) -> int:
    rows = range(max(top, top - up), min(bottom, bottom - up) + 1)
    return sum(old[row + up] == new[row] for row in rows)


def give_size(terminal: int) -> None:
    """Give a terminal that does not know its size the usual one: a serial line asks nobody."""
    if 0 in os.get_terminal_size(terminal):
        termios.tcsetwinsize(terminal, (24, 80))
