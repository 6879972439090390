"""Screens kept as text in tests/fixtures/screens; with ZEUS_SNAPSHOTS=write in the environment they are written."""

import difflib
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby
from pathlib import Path
from typing import Final

from tests.terminal.display import Cell
from tests.terminal.terminal import Terminal, TerminalError

SCREENS: Final = Path(__file__).parents[1] / "fixtures" / "screens"
FILLER: Final = "#"
_STYLES: Final = "--- styles"


def check_snapshot(
    shown: Terminal | str, name: str, *, mask: Sequence[str] = (), styled: bool = False, timeout: float = 10.0
) -> None:
    """Compare a screen with its snapshot, waiting (seconds) until a terminal's screen has become like it.

    A screen that already was like it before the last key proves nothing: expect what the key brings first.

    What the patterns of `mask` match counts as filler. `styled`: the snapshot has colours and attributes too, which
    only a terminal has.
    """
    path = SCREENS / f"{name}.txt"
    if isinstance(shown, Terminal):
        shown.settle()
    if os.environ.get("ZEUS_SNAPSHOTS") == "write":
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_content(shown, mask, styled=styled), encoding="utf-8")
        return
    expected = path.read_text(encoding="utf-8") if path.exists() else ""
    if isinstance(shown, Terminal):
        try:
            shown.wait(lambda _: _content(shown, mask, styled=styled) == expected, name, timeout)
        except TerminalError:
            pass
        else:
            return
    content = _content(shown, mask, styled=styled)
    if content != expected:
        raise AssertionError(_difference(expected, content, path))


def _content(shown: Terminal | str, mask: Sequence[str], *, styled: bool) -> str:
    text = shown.text if isinstance(shown, Terminal) else shown
    lines = [line.rstrip() for line in text.rstrip().splitlines()]
    if styled:
        if isinstance(shown, str):
            raise TypeError("text has no style")
        lines += [_STYLES, *_styles(shown.attributes)]
    content = "".join(f"{line}\n" for line in lines)
    for pattern in mask:
        content = re.sub(pattern, lambda match: FILLER * len(match[0]), content)
    return content


def _styles(rows: Sequence[Sequence[Cell]]) -> list[str]:
    """Say where the screen is not plain: row, first and last column, style."""
    result = []
    for number, row in enumerate(rows):
        column = 0
        for style, cells in groupby(replace(cell, text="") for cell in row):
            end = column + len(list(cells))
            if style != Cell(text=""):
                words = [name for name in ("bold", "reverse", "underline") if getattr(style, name)]
                result.append(f"{number}:{column}-{end - 1} {' '.join([f'{style.fg} on {style.bg}', *words])}")
            column = end
    return result


def _difference(expected: str, content: str, path: Path) -> str:
    shown = path.relative_to(SCREENS.parents[2])
    lines = difflib.unified_diff(
        expected.splitlines(), content.splitlines(), fromfile=str(shown), tofile="the screen", lineterm=""
    )
    return "\n".join(["the screen is not like its snapshot (ZEUS_SNAPSHOTS=write makes it so):", *lines])
