"""Showing how the machines stand: a table that is drawn anew on a terminal, lines in a log, JSON for programs."""

import json
import shutil
import sys
import textwrap
from collections.abc import Iterator, Sequence
from typing import Final, Protocol, TextIO

from zeus_installer.pxe.serving.board import BAD, GOOD, Row
from zeus_installer.system.errors import sentence_list
from zeus_installer.system.events import now

_HEAD: Final = ("HOST", "MACHINE", "ADDRESS", "STATE", "WHAT")
_CLEAR_BELOW: Final = "\x1b[J"
_UP: Final = "\x1b[{}A\r"
_NARROWEST: Final = 40


class Viewer(Protocol):
    """Who is told of changes."""

    def say(self, text: str) -> None:
        """Tell a sentence that is about no machine."""

    def begin(self, rows: Sequence[Row]) -> None:
        """Tell of the machines that are waited for."""

    def change(self, row: Row, rows: Sequence[Row]) -> None:
        """Tell how a machine stands now; `rows` are all of them."""

    def end(self, rows: Sequence[Row]) -> None:
        """Tell how all of it ended."""


class Lines:
    """A line for each change that a person wants to know of."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._told: dict[str, str] = {}

    def say(self, text: str) -> None:
        """Print it."""
        self._print(text)

    def begin(self, rows: Sequence[Row]) -> None:
        """Print whom they are."""
        self._print(f"waiting for {sentence_list(row.name for row in rows)}")

    def change(self, row: Row, rows: Sequence[Row]) -> None:  # noqa: ARG002 - one line is about one machine
        """Print it, unless that is what was printed last of this machine."""
        line = f"{row.name}: {row.state}{_what(row, percent=False)}"
        if self._told.get(row.name) != line:
            self._told[row.name] = line
            self._print(f"{now()[11:19]} {line}", *error_lines(row, "  "))

    def end(self, rows: Sequence[Row]) -> None:
        """Print the summary."""
        self._print(summary(rows))

    def _print(self, *lines: str) -> None:
        self._out.write("".join(f"{line}\n" for line in lines))
        self._out.flush()


class Table:
    """All machines at once, drawn over what was drawn before."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._height = 0
        self._rows: Sequence[Row] = ()

    def say(self, text: str) -> None:
        """Print it above the table, which is drawn again."""
        self._draw([text])
        self._height = 0
        if self._rows:
            self._draw_table(self._rows)

    def begin(self, rows: Sequence[Row]) -> None:
        """Draw."""
        self._draw_table(rows)

    def change(self, row: Row, rows: Sequence[Row]) -> None:  # noqa: ARG002 - all is drawn
        """Draw."""
        self._draw_table(rows)

    def end(self, rows: Sequence[Row]) -> None:
        """Leave the whole table there, and the summary below it."""
        self._draw([*table(rows, width=max(_NARROWEST, shutil.get_terminal_size().columns)), "", summary(rows)])

    def _draw_table(self, rows: Sequence[Row]) -> None:
        self._rows = rows
        size = shutil.get_terminal_size()
        lines = list(table(rows, width=max(_NARROWEST, size.columns)))
        # What has left the screen cannot be drawn over.
        self._draw(lines[: max(3, size.lines - 1)])

    def _draw(self, lines: Sequence[str]) -> None:
        up = _UP.format(self._height) if self._height else ""
        self._out.write(up + _CLEAR_BELOW + "".join(f"{line}\n" for line in lines))
        self._out.flush()
        self._height = len(lines)


class Programs:
    """A line of JSON for each change."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def say(self, text: str) -> None:
        """Print it."""
        self._print({"kind": "note", "text": text})

    def begin(self, rows: Sequence[Row]) -> None:
        """Print them."""
        self._print({"kind": "begin", "machines": [_json(row) for row in rows]})

    def change(self, row: Row, rows: Sequence[Row]) -> None:  # noqa: ARG002 - one line is about one machine
        """Print it."""
        self._print({"kind": "machine", **_json(row)})

    def end(self, rows: Sequence[Row]) -> None:
        """Print how all of them stand."""
        self._print({"kind": "end", "summary": summary(rows), "machines": [_json(row) for row in rows]})

    def _print(self, data: dict[str, object]) -> None:
        self._out.write(json.dumps({"time": now(), **data}, ensure_ascii=False) + "\n")
        self._out.flush()


def choose(*, for_programs: bool, out: TextIO | None = None) -> Viewer:
    """Give the viewer for this output."""
    stream = out or sys.stdout
    if for_programs:
        return Programs(stream)
    return Table(stream) if stream.isatty() else Lines(stream)


def table(rows: Sequence[Row], *, width: int) -> Iterator[str]:
    """Give the table; an error stands below its machine."""
    cells = [_HEAD, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEAD) - 1)]
    for row, line in zip([None, *rows], cells, strict=True):
        front = "  ".join(text.ljust(size) for text, size in zip(line[:-1], widths, strict=True))
        yield f"{front}  {line[-1]}"[:width].rstrip()
        if row is not None:
            yield from (text[:width] for text in error_lines(row, "    ", width=width))


def summary(rows: Sequence[Row]) -> str:
    """Say how many machines are where."""
    own = [row for row in rows if not row.stranger]
    good = sum(row.state in GOOD for row in own)
    bad = [row.name for row in own if row.state in BAD]
    open_ones = len(own) - good - len(bad)
    parts = [f"{good} of {len(own)} done"]
    parts += [f"{len(bad)} failed ({', '.join(bad)})"] if bad else []
    parts += [f"{open_ones} not ended"] if open_ones else []
    return ", ".join(parts)


def error_lines(row: Row, indent: str, *, width: int = 0) -> Iterator[str]:
    """Give the error of a machine with its table and its remedy, in lines."""
    if row.error is None:
        return
    yield from (f"{indent}{line}" for line in f"error: {row.error.message}".splitlines())
    if row.error.hint:
        hint = f"hint: {row.error.hint}"
        lines = textwrap.wrap(hint, width - len(indent)) if width else hint.splitlines()
        yield from (f"{indent}{line}" for line in lines)


def _cells(row: Row) -> tuple[str, ...]:
    machine = row.serial or (row.macs[0] if row.macs else "")
    return row.name, machine, row.address or "", row.state, _what(row, percent=True).removeprefix(": ")


def _what(row: Row, *, percent: bool) -> str:
    text = row.step or ("" if row.ended else row.message)
    amount = f" {row.percent} %" if percent and row.step and row.percent is not None else ""
    flat = " ".join(text.split())
    return f": {flat}{amount}" if flat else ""


def _json(row: Row) -> dict[str, object]:
    error = row.error
    return {
        "host": row.name,
        "serial": row.serial,
        "macs": list(row.macs),
        "address": row.address,
        "state": row.state,
        "step": row.step or None,
        "percent": row.percent,
        "message": row.message or None,
        "error": {"code": error.code, "message": error.message, "hint": error.hint} if error else None,
        "known": not row.stranger,
    }
