"""Boxes over the screen: a text, a question, a line to type."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import urwid

from zeus_installer.screens.form import Line as Words
from zeus_installer.screens.tui.look import Look
from zeus_installer.screens.tui.rows import Line, button_row, focusable, note, note_rows

_WIDEST: Final = 76
_SCROLLING: Final = ("up", "down", "page up", "page down", "home", "end")
Buttons = Sequence[tuple[str, Callable[[], None]]]


class Dialog(urwid.WidgetWrap):
    """A box with a text, maybe a line to type, and buttons; the text scrolls from anywhere.

    The last button is the one that changes nothing: it has the focus at first, and Esc presses it.
    """

    def __init__(
        self,
        look: Look,
        title: str,
        lines: Sequence[Words],
        buttons: Buttons,
        *,
        line: Line | None = None,
        at_end: bool = False,
    ) -> None:
        self._look = look
        self._lines = lines
        self._buttons = buttons
        self._line = line
        texts = [note(style, look.words(text)) for style, text in lines]
        self._text = urwid.ListBox(urwid.SimpleFocusListWalker(texts))
        if at_end and texts:
            self._text.set_focus(len(texts) - 1)
        self._row = button_row(buttons)
        self._row.focus_position = len(buttons) - 1
        typed = [("pack", focusable(line, "edit"))] if line is not None else []
        self._pile = urwid.Pile([self._text, *typed, ("pack", urwid.Divider()), ("pack", self._row)])
        self._pile.focus_position = 1 if line is not None else len(self._pile.contents) - 1
        super().__init__(urwid.LineBox(urwid.Padding(self._pile, left=1, right=1), title=look.words(title), **look.box))

    def keypress(self, size: tuple[int, int], key: str) -> str | None:
        """Take every key: nothing beneath a dialog hears any."""
        if key == "esc":
            self._buttons[-1][1]()
        elif key in ("tab", "shift tab"):
            self._move(-1 if key == "shift tab" else 1)
        elif key in _SCROLLING:
            columns, rows = size
            self._text.keypress((columns - 4, max(1, rows - 4)), key)
        elif key == "enter" and self._line is not None and self._pile.focus_position == 1:
            self._buttons[0][1]()
        else:
            super().keypress(size, key)
        return None

    def over(self, screen: urwid.Widget, *, columns: int, rows: int) -> urwid.Overlay:
        """Lay it over the screen, no larger than it needs to be."""
        width = min(columns - 4, max(_WIDEST, columns - 20))
        inside = max(1, width - 4)
        height = sum(note_rows(self._look.words(text), inside) for _, text in self._lines)
        height += 4 if self._line is None else 5
        return urwid.Overlay(self, screen, "center", width, "middle", max(5, min(rows - 2, height)))

    def _move(self, step: int) -> None:
        """Move the focus: the line, if there is one, then the buttons, and around."""
        last = len(self._pile.contents) - 1
        stops = [(last, number) for number in range(len(self._buttons))]
        if self._line is not None:
            stops.insert(0, (1, 0))
        at_buttons = self._pile.focus_position == last
        now = (last, self._row.focus_position) if at_buttons else (1, 0)
        part, place = stops[(stops.index(now) + step) % len(stops)]
        self._pile.focus_position = part
        if part == last:
            self._row.focus_position = place


def closing(choices: Mapping[str, Callable[[], None]], close: Callable[[], None]) -> Buttons:
    """Give buttons that close the dialog before they do what they say."""

    def button(call: Callable[[], None]) -> Callable[[], None]:
        def pressed() -> None:
            close()
            call()

        return pressed

    return [(label, button(call)) for label, call in choices.items()]
