"""The scanner finds what tomllib finds, and on the right line."""

import itertools
import tomllib
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.answers.lines import Path, dotted, key_lines, line_of

KEYS = ["a", "b-1", "7", '"c d"', "'e.f'", '"\\u0067\\t"', '""', '"#]="']
BLANKS = ["", " ", "\t"]
BREAKS = ["", "", "\n", ' # a ] comment } "\n', "\r\n"]
SCALARS = [
    "{}",
    "+{}",
    "{}.5e1",
    '"{}#[{{\\""',
    "'{}]}}\\'",
    '"""{}\n"" x \\""""""',
    "'''{}\n''x'''''",
    "{}-01-02 03:04:05",
]


@st.composite
def values(draw: st.DrawFn, marks: Iterator[int], depth: int = 0) -> str:
    """A value; each scalar begins with a number of four digits that no other has."""
    kind = draw(st.sampled_from(["scalar", "scalar", "list", "table"] if depth < 3 else ["scalar"]))
    if kind == "scalar":
        return draw(st.sampled_from(SCALARS)).format(next(marks))
    items = range(draw(st.integers(0, 3)))
    blank = st.sampled_from(BLANKS)
    if kind == "table":
        pairs = [f"{draw(names())}{draw(blank)}={draw(blank)}{draw(values(marks, depth + 1))}" for _ in items]
        return "{" + draw(blank) + ", ".join(pairs) + draw(blank) + "}"
    gap = st.sampled_from(BREAKS)
    inside = ",".join(draw(gap) + draw(values(marks, depth + 1)) + draw(gap) for _ in items)
    return f"[{inside}{draw(st.sampled_from(['', ','])) if inside else ''}{draw(gap)}]"


@st.composite
def names(draw: st.DrawFn) -> str:
    keys = draw(st.lists(st.sampled_from(KEYS), min_size=1, max_size=3))
    return draw(st.sampled_from([".", " . "])).join(keys)


@st.composite
def documents(draw: st.DrawFn) -> str:
    """A text of statements, each taken only when tomllib takes the text with it."""
    marks = itertools.count(1000)
    text = ""
    for _ in range(draw(st.integers(0, 12))):
        kind = draw(st.sampled_from(["pair", "pair", "table", "tables", "comment"]))
        match kind:
            case "pair":
                statement = f"{draw(names())} = {draw(values(marks))}"
            case "table":
                statement = f"[ {draw(names())} ]"
            case "tables":
                statement = f"[[{draw(names())}]]"
            case _:
                statement = draw(st.sampled_from(["", '# "a" = [1', "\t"]))
        longer = text + draw(st.sampled_from(BLANKS)) + statement + draw(st.sampled_from(["\n", "\r\n", " # x\n\n"]))
        try:
            tomllib.loads(longer)
        except tomllib.TOMLDecodeError:
            continue
        text = longer
    return text


def walk(data: object, path: Path = ()) -> Iterator[tuple[Path, object]]:
    if path:
        yield path, data
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in items:
        yield from walk(value, (*path, key))


@given(documents())
def test_the_paths_are_those_of_tomllib(text: str) -> None:
    assert key_lines(text).keys() == {path for path, _ in walk(tomllib.loads(text))}


@given(documents())
def test_a_value_stands_on_its_line(text: str) -> None:
    lines = key_lines(text)
    for path, value in walk(tomllib.loads(text)):
        if not isinstance(value, dict | list):
            assert str(value)[:4] in text.split("\n")[lines[path] - 1]


def test_lines_of_tables_lists_and_dotted_keys() -> None:
    text = 'a.b = 1 # one\n\n[[list]]\nx = """\n\n"""\n[[list]]\nx = [\n  1,\n  { y = 2 }\n]\n[list.under]\nz = 3\n'
    assert key_lines(text) == {
        ("a",): 1,
        ("a", "b"): 1,
        ("list",): 3,
        ("list", 0): 3,
        ("list", 0, "x"): 4,
        ("list", 1): 7,
        ("list", 1, "x"): 8,
        ("list", 1, "x", 0): 9,
        ("list", 1, "x", 1): 10,
        ("list", 1, "x", 1, "y"): 10,
        ("list", 1, "under"): 12,
        ("list", 1, "under", "z"): 13,
    }


def test_what_is_not_in_the_text_stands_where_its_table_does() -> None:
    lines = key_lines("\n[host]\nhostname = 'a'\n")
    assert line_of(("host", "timezone"), lines) == 2
    assert line_of(("storage", "disks", 0), lines) == 1


def test_paths_as_people_write_them() -> None:
    assert dotted(("storage", "disks", 0, "serial")) == "storage.disks[0].serial"
    assert dotted(("a b",)) == '"a b"'
