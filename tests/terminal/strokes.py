"""Line drawing as strokes: fonts leave gaps between the lines of a terminal, and no two of them the same."""

from collections.abc import Iterator
from typing import Final

# What leaves the middle of the place: upwards, to the right, down, to the left. 1 is light, 2 heavy, 3 double.
_TABLE: Final = """
─0101 │1010 ┌0110 ┐0011 └1100 ┘1001 ├1110 ┤1011 ┬0111 ┴1101 ┼1111 ╭0110 ╮0011 ╰1100 ╯1001 ╴0001 ╵1000 ╶0100 ╷0010
━0202 ┃2020 ┏0220 ┓0022 ┗2200 ┛2002 ┣2220 ┫2022 ┳0222 ┻2202 ╋2222
═0303 ║3030 ╔0330 ╗0033 ╚3300 ╝3003 ╠3330 ╣3033 ╦0333 ╩3303 ╬3333 ╞1310 ╡1013 ╪1313 ╟3130 ╢3031 ╫3131
"""
_ARMS: Final = {entry[0]: tuple(map(int, entry[1:])) for entry in _TABLE.split()}
_DOUBLE: Final = 3
_WIDTHS: Final = {1: 1, 2: 3, _DOUBLE: 1}
_APART: Final = 2  # a double line's halves, from the middle

# Blocks as the part of the place that they fill: left, top, right, bottom, in eighths.
_BLOCKS: Final = {
    "█": (0, 0, 8, 8),
    "▀": (0, 0, 8, 4),
    "▌": (0, 0, 4, 8),
    "▐": (4, 0, 8, 8),
    **{chr(0x2580 + eighths): (0, 8 - eighths, 8, 8) for eighths in range(1, 8)},
    **{chr(0x2590 - eighths): (0, 0, eighths, 8) for eighths in range(1, 8)},
}
_SHADES: Final = {"░": 0.25, "▒": 0.5, "▓": 0.75}
DRAWN: Final = frozenset([*_ARMS, *_BLOCKS, *_SHADES])


def draw(text: str, left: int, top: int, width: int, height: int, colour: str) -> Iterator[str]:
    """Give the SVG elements of a run of one such character, whose places are `width` times `height`."""
    char, right = text[0], left + width * len(text)
    if shade := _SHADES.get(char):
        yield _rectangle(left, top, right - left, height, f'{colour}" fill-opacity="{shade}')
    elif char in _BLOCKS:
        first, upper, last, lower = _BLOCKS[char]
        if (first, last) == (0, 8):
            yield _rectangle(left, top + height * upper / 8, right - left, height * (lower - upper) / 8, colour)
            return
        for number in range(len(text)):
            start = left + width * (number + first / 8)
            yield _rectangle(start, top, width * (last - first) / 8, height, colour)
    elif char in "─━═":
        weight = max(_ARMS[char])
        yield _path(weight, _across(weight, left, right, _middle(top, height)), colour)
    else:
        for number in range(len(text)):
            yield from _joint(_ARMS[char], left + width * number, top, width, height, colour)


def _joint(arms: tuple[int, ...], left: int, top: int, width: int, height: int, colour: str) -> Iterator[str]:
    up, right, down, to_left = arms
    middle, centre = _middle(left, width), _middle(top, height)
    # An arm goes through the middle, to the far half of a double line that it meets.
    beyond_x = _APART if _DOUBLE in (up, down) else 0.5
    beyond_y = _APART if _DOUBLE in (right, to_left) else 0.5
    horizontal, vertical = max(right, to_left), max(up, down)
    if horizontal:
        start = left if to_left else middle - beyond_x
        end = left + width if right else middle + beyond_x
        yield _path(horizontal, _across(horizontal, start, end, centre), colour)
    if vertical:
        start = top if up else centre - beyond_y
        end = top + height if down else centre + beyond_y
        yield _path(vertical, _down(vertical, start, end, middle), colour)


def _middle(start: int, size: int) -> float:
    """The middle of a pixel, so that a thin line is sharp."""
    return start + size // 2 + 0.5


def _across(weight: int, start: float, end: float, y: float) -> str:
    return "".join(f"M{start:g} {y + off:g}H{end:g}" for off in _offsets(weight))


def _down(weight: int, start: float, end: float, x: float) -> str:
    return "".join(f"M{x + off:g} {start:g}V{end:g}" for off in _offsets(weight))


def _offsets(weight: int) -> tuple[int, ...]:
    return (-_APART, _APART) if weight == _DOUBLE else (0,)


def _path(weight: int, data: str, colour: str) -> str:
    return f'<path d="{data}" stroke="{colour}" stroke-width="{_WIDTHS[weight]}"/>'


def _rectangle(left: float, top: float, width: float, height: float, colour: str) -> str:
    return f'<rect x="{left:g}" y="{top:g}" width="{width:g}" height="{height:g}" fill="{colour}"/>'
