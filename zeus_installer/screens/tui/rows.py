"""The widgets that lines of a form are made of."""

from collections.abc import Callable, Sequence
from typing import Final

import urwid

LABEL: Final = 16
MARK: Final = 12


class Press(urwid.SelectableIcon):
    """A text that does something when Enter or Space is pressed on it."""

    def __init__(self, text: str, pressed: Callable[[], None], *, cursor: int = 0) -> None:
        super().__init__(text, cursor)
        self._pressed = pressed

    def keypress(self, size: tuple[int], key: str) -> str | None:  # noqa: ARG002 - urwid calls it so
        """Press on Enter and Space."""
        if key not in ("enter", " "):
            return key
        self._pressed()
        return None


class Line(urwid.Edit):
    """A line of text to type; Enter goes on to the next field, and what is no character is left to others."""

    def __init__(self, text: str, changed: Callable[[str], None], *, secret: bool = False) -> None:
        super().__init__("", text, wrap="clip", mask="*" if secret else None)
        self._changed = changed

    def keypress(self, size: tuple[int], key: str) -> str | None:
        """Type."""
        before = self.edit_text
        if key == "ctrl u":
            self.set_edit_text("")
            unhandled: str | None = None
        else:
            unhandled = super().keypress(size, key)
        if self.edit_text != before:
            self._changed(self.edit_text)
        return unhandled


def labelled(label: str, widget: urwid.Widget) -> urwid.Widget:
    """Put a widget beside its label."""
    return urwid.Columns([(LABEL, urwid.Text(("label", label))), widget], dividechars=1)


def note(style: str, text: str) -> urwid.Widget:
    """Give a line of a note; see `form.Line`."""
    head, tab, rest = text.partition("\t")
    if tab:
        return urwid.Columns([(MARK, urwid.Text((style or None, head))), urwid.Text((style or None, rest))])
    bare = text.lstrip(" ")
    return urwid.Padding(urwid.Text((style or None, bare)), left=len(text) - len(bare))


def note_rows(text: str, columns: int) -> int:
    """Give the rows that a line of a note takes, at the least."""
    _, tab, rest = text.partition("\t")
    room = max(1, columns - MARK) if tab else columns
    return sum(1 + max(0, len(line) - 1) // room for line in (rest if tab else text).split("\n"))


def focusable(widget: urwid.Widget, style: str = "") -> urwid.Widget:
    """Show where the focus is."""
    return urwid.AttrMap(widget, style or None, {None: "focus", style: "focus"} if style else "focus")


def button_row(buttons: Sequence[tuple[str, Callable[[], None]]]) -> urwid.Columns:
    """Give a row of buttons."""
    return urwid.Columns(
        [(len(label) + 4, focusable(Press(f"[ {label} ]", pressed, cursor=2))) for label, pressed in buttons],
        dividechars=2,
    )


def table(rows: Sequence[Sequence[str]], room: int) -> list[str]:
    """Align cells in columns; the widest cell gives way where `room` is too narrow."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    while widths and sum(widths) + 2 * (len(widths) - 1) > room and max(widths) > 6:
        widths[widths.index(max(widths))] -= 1
    return ["  ".join(_fit(cell, width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _fit(cell: str, width: int) -> str:
    return cell.ljust(width) if len(cell) <= width else f"{cell[: width - 1]}…"
