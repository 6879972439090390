"""What a terminal shows of the bytes that it gets: pyte, and what pyte lacks of the terminals that people have."""

import copy
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import pyte

_ALTERNATE: Final = {47, 1047, 1049}
_APPLICATION_KEYS: Final = 1 << 5  # pyte keeps private modes so
# Questions and settings that pyte takes for something else, or shows: of the keyboard, of modes, of the palette.
_NOT_UNDERSTOOD: Final = re.compile(
    rb"""\x1b\[[<=>][0-9;:]*[ -/]*[@-~] | \x1b\[\?[0-9;]*[mnu] | \x1b\[\??[0-9;]*\$[a-z]
    | \x1b\]P[0-9a-fA-F]{7} | \x1b\]R""",
    re.VERBOSE,
)
_UNFINISHED: Final = re.compile(rb"\x1b(\[[0-?]*[ -/]*|\](P[0-9a-fA-F]{0,6})?)?\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One place of the screen. Colours are pyte's names, or six hexadecimal digits; `brown` is the ANSI yellow.

    `text` is empty in the second place of a wide character.
    """

    text: str
    fg: str = "default"
    bg: str = "default"
    bold: bool = False
    reverse: bool = False
    underline: bool = False


class Display:
    """The screen. `answer` gets what the terminal says to the program by itself."""

    def __init__(self, columns: int, rows: int, *, utf8: bool, answer: Callable[[bytes], None]) -> None:
        self._screen = _Screen(columns, rows, answer)
        self._stream = pyte.ByteStream(self._screen)
        self._held = b""
        if not utf8:
            self._stream.select_other_charset("@")

    def feed(self, data: bytes) -> None:
        """Show the program's output."""
        data = self._held + data
        unfinished = _UNFINISHED.search(data)
        end = unfinished.start() if unfinished else len(data)
        self._held = data[end:]
        self._stream.feed(_NOT_UNDERSTOOD.sub(b"", data[:end]))

    def resize(self, columns: int, rows: int) -> None:
        """Give the screen another size; what does not fit is cut off."""
        self._screen.resize(rows, columns)

    @property
    def text(self) -> str:
        """What can be read, line by line, without the blanks at the lines' ends."""
        return "\n".join(line.rstrip() for line in self._screen.display)

    @property
    def cells(self) -> list[list[Cell]]:
        """All places, row by row."""
        return [
            [_cell(self._screen.buffer[row][column]) for column in range(self._screen.columns)]
            for row in range(self._screen.lines)
        ]

    @property
    def cursor(self) -> tuple[int, int] | None:
        """Row and column of the cursor, None when it is hidden."""
        cursor = self._screen.cursor
        return None if cursor.hidden else (cursor.y, min(cursor.x, self._screen.columns - 1))

    @property
    def application_keys(self) -> bool:
        """Whether the cursor keys are in application mode."""
        return _APPLICATION_KEYS in self._screen.mode


def _cell(char: Any) -> Cell:
    return Cell(
        text=char.data,
        fg=char.fg,
        bg=char.bg.replace("bfight", "bright"),  # pyte's own spelling of one colour
        bold=char.bold,
        reverse=char.reverse,
        underline=char.underscore,
    )


class _Screen(pyte.Screen):
    """A pyte screen with the alternate screen, which answers as the Linux console does."""

    def __init__(self, columns: int, rows: int, answer: Callable[[bytes], None]) -> None:
        self._main: tuple[Any, Any] | None = None
        self._answer = answer
        super().__init__(columns, rows)

    def set_mode(self, *modes: int, **kwargs: Any) -> None:
        super().set_mode(*modes, **kwargs)
        if self._switches(modes, kwargs) and self._main is None:
            self._main = copy.deepcopy((self.buffer, self.cursor))
            self.erase_in_display(2)

    def reset_mode(self, *modes: int, **kwargs: Any) -> None:
        super().reset_mode(*modes, **kwargs)
        if self._switches(modes, kwargs) and self._main is not None:
            (self.buffer, cursor), self._main = self._main, None
            self.cursor.x, self.cursor.y = min(cursor.x, self.columns - 1), min(cursor.y, self.lines - 1)

    def report_device_status(self, mode: int, **kwargs: Any) -> None:
        if not kwargs:
            super().report_device_status(mode)

    def write_process_input(self, data: str) -> None:
        self._answer(data.encode())

    @staticmethod
    def _switches(modes: Sequence[int], kwargs: dict[str, Any]) -> bool:
        return bool(kwargs.get("private") and _ALTERNATE.intersection(modes))
