"""What has moved on the screen is found, and scrolling it leaves less to send."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.screens.tui.screen import find_scroll

ROWS = st.lists(st.sampled_from("abcdefgh"), min_size=1, max_size=40)


def scrolled(rows: Sequence[str], top: int, bottom: int, up: int) -> list[str | None]:
    """The rows after a terminal has scrolled those from `top` to `bottom`."""
    part = rows[top : bottom + 1]
    moved: list[str | None] = [*part[up:], *[None] * up] if up > 0 else [*[None] * -up, *part[:up]]
    return [*rows[:top], *moved, *rows[bottom + 1 :]]


def differing(old: Sequence[str | None], new: Sequence[str]) -> int:
    return sum(before != after for before, after in zip(old, new, strict=True))


@given(old=ROWS, new=ROWS)
def test_scrolling_saves_rows_or_is_not_done(old: list[str], new: list[str]) -> None:
    found = find_scroll(old, new)
    if found is None:
        return
    top, bottom, up = found
    assert 0 <= top < bottom < len(old) == len(new)
    assert 0 < abs(up) <= bottom - top
    after = scrolled(old, top, bottom, up)
    assert len(after) == len(new)
    assert differing(after, new) <= differing(old, new) - 4


@given(rows=st.lists(st.integers(), min_size=24, max_size=24, unique=True), up=st.integers(-10, 10).filter(bool))
def test_a_list_that_moves_is_scrolled(rows: list[int], up: int) -> None:
    head, body = [str(row) for row in rows[:3]], [str(row) for row in rows[3:]]
    fresh = [f"new {number}" for number in range(abs(up))]
    moved = [*body[up:], *fresh] if up > 0 else [*fresh, *body[:up]]
    assert find_scroll([*head, *body], [*head, *moved]) == (3, 23, up)


def test_what_does_not_pay_is_not_scrolled() -> None:
    rows = list("abcdefghij")
    assert find_scroll(rows, rows) is None
    assert find_scroll(rows, ["x", *rows[1:]]) is None
    assert find_scroll(rows, rows[:-1]) is None
    assert find_scroll([], []) is None
