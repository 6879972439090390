"""A screen as SVG: the same text, colours and lines wherever it is looked at. The same screen is the same file."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final
from xml.sax.saxutils import escape, quoteattr

from tests.terminal import strokes
from tests.terminal.display import Cell
from tests.terminal.terminal import Terminal

WIDTH: Final = 9
HEIGHT: Final = 18
BASELINE: Final = 14
MARGIN: Final = 9
FONTS: Final = "'DejaVu Sans Mono','Liberation Mono',Menlo,Consolas,monospace"

FOREGROUND: Final = "#d3d7cf"
BACKGROUND: Final = "#14171a"
_NAMES: Final = ("black", "red", "green", "brown", "blue", "magenta", "cyan", "white")
_NORMAL: Final = ("#000000", "#cc3333", "#4e9a06", "#c4a000", "#3465a4", "#75507b", "#06989a", "#d3d7cf")
_BRIGHT: Final = ("#666a64", "#ef5350", "#8ae234", "#fce94f", "#729fcf", "#ad7fa8", "#34e2e2", "#ffffff")
PALETTE: Final = {
    **dict(zip(_NAMES, _NORMAL, strict=True)),
    **{f"bright{name}": colour for name, colour in zip(_NAMES, _BRIGHT, strict=True)},
}


def picture(terminal: Terminal, title: str) -> str:
    """Draw what the terminal shows now; `title` is what a screen reader says of the picture."""
    return draw(terminal.attributes, title, cursor=terminal.cursor)


def draw(rows: Sequence[Sequence[Cell]], title: str, *, cursor: tuple[int, int] | None = None) -> str:
    """Draw rows of places; `cursor` is a row and a column."""
    width, height = len(rows[0]) * WIDTH + 2 * MARGIN, len(rows) * HEIGHT + 2 * MARGIN
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="{-MARGIN} {-MARGIN} {width} {height}" role="img" aria-label={quoteattr(title)}>',
        f'<rect x="{-MARGIN}" y="{-MARGIN}" width="{width}" height="{height}" rx="4" fill="{BACKGROUND}"/>',
        f'<g font-family="{FONTS}" font-size="15" fill="{FOREGROUND}">',
    ]
    for number, row in enumerate(rows):
        lines += _backgrounds(row, number * HEIGHT)
        lines += _texts(row, number * HEIGHT)
    if cursor:
        y, x = cursor[0] * HEIGHT, cursor[1] * WIDTH
        colour = _colours(rows[cursor[0]][cursor[1]])[0]
        lines.append(f'<rect x="{x}" y="{y + HEIGHT - 3}" width="{WIDTH}" height="3" fill="{colour}"/>')
    return "\n".join([*lines, "</g>", "</svg>", ""])


def _backgrounds(row: Sequence[Cell], top: int) -> Iterator[str]:
    column = 0
    for (colour, underline), cells in groupby(row, key=lambda cell: (_colours(cell)[1], cell.underline)):
        place = f'<rect x="{column * WIDTH}" width="{(count := len(list(cells))) * WIDTH}"'
        if colour != BACKGROUND:
            yield f'{place} y="{top}" height="{HEIGHT}" fill="{colour}"/>'
        if underline:
            yield f'{place} y="{top + BASELINE + 2}" height="1"/>'
        column += count


def _texts(row: Sequence[Cell], top: int) -> Iterator[str]:
    column = 0
    for (style, kind, _), group in groupby(_kinds(row), key=lambda item: item[1:]):
        cells = [cell for cell, *_ in group]
        text = "".join(cell.text for cell in cells)
        colour = _colours(style)[0]
        if kind == "drawn":
            yield from strokes.draw(text, column * WIDTH, top, WIDTH, HEIGHT, colour)
        elif text.strip():
            start = column + len(text) - len(text.lstrip())
            width = WIDTH * (len(cells) if kind == "wide" else len(text.strip()))
            place = f'x="{start * WIDTH}" y="{top + BASELINE}" textLength="{width}" lengthAdjust="spacingAndGlyphs"'
            attributes = f' fill="{colour}"' if colour != FOREGROUND else ""
            attributes += ' font-weight="bold"' if style.bold else ""
            yield f"<text {place}{attributes}>{escape(text.strip())}</text>"
        column += len(cells)


def _kinds(row: Sequence[Cell]) -> Iterator[tuple[Cell, Cell, str, int]]:
    """Give each place with what it shares with the others that are drawn at once: style, kind and a mark.

    Text has no more than single blanks inside, drawn characters are together when they are equal, and a wide character
    is by itself: so all is where it belongs whatever the font.
    """
    for column, cell in enumerate(row):
        style = replace(cell, text="", underline=False)
        following = row[column + 1].text if column + 1 < len(row) else " "
        if not cell.text:
            yield cell, style, "wide", column - 1
        elif not following:
            yield cell, style, "wide", column
        elif cell.text in strokes.DRAWN:
            yield cell, style, "drawn", ord(cell.text)
        elif cell.text == " " and " " in (following, row[column - 1].text if column else " "):
            yield cell, style, "blank", 0
        else:
            yield cell, style, "text", 0


def _colours(cell: Cell) -> tuple[str, str]:
    """Give foreground and background as they are seen; bold brightens the eight basic colours."""
    name = f"bright{cell.fg}" if cell.bold and cell.fg in _NAMES else cell.fg
    fg = FOREGROUND if name == "default" else PALETTE.get(name, f"#{name}")
    bg = BACKGROUND if cell.bg == "default" else PALETTE.get(cell.bg, f"#{cell.bg}")
    return (bg, fg) if cell.reverse else (fg, bg)
