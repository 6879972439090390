"""Where in a TOML text each key and list item stands. The values are tomllib's business, which knows no line numbers.

The text must be one that tomllib takes: this scanner only finds its way and checks nothing.
"""

import re
import tomllib
from collections.abc import Mapping

Path = tuple[str | int, ...]

_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_STRING = re.compile(
    r'"""(?:[^\\]|\\.)*?"{3,5}(?!")'
    r"|'''.*?'{3,5}(?!')"
    r'|"(?:[^"\\]|\\.)*"'
    r"|'[^']*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")
_BARE = re.compile(r"\A[A-Za-z0-9_-]+\Z")


def key_lines(text: str) -> dict[Path, int]:
    """Give the line (from 1) of every table, key and list item, by its path: `("storage", "disks", 0, "serial")`."""
    return _Scanner(text).scan()


def line_of(path: Path, lines: Mapping[Path, int]) -> int:
    """Give the line of `path`, or of the nearest table around it that is in the text; 1 when there is none."""
    around = (path[:length] for length in range(len(path), 0, -1))
    return next((lines[prefix] for prefix in around if prefix in lines), 1)


def dotted(path: Path) -> str:
    """Give `path` as people write it: `storage.disks[0].serial`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            text += f".{part}" if _BARE.match(part) else f'."{part}"'
    return text.removeprefix(".")


class _Scanner:
    """One pass over the text, a recursive descent along TOML's grammar (https://toml.io/en/v1.0.0)."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._position = 0
        self._lines: dict[Path, int] = {}
        self._table_counts: dict[Path, int] = {}
        self._counted_to = 0
        self._line = 1

    def scan(self) -> dict[Path, int]:
        table: Path = ()
        self._skip(_BLANK)
        while self._position < len(self._text):
            if self._text.startswith("[[", self._position):
                table = self._header(2)
            elif self._text.startswith("[", self._position):
                table = self._header(1)
            else:
                self._assignment(table)
            self._skip(_BLANK)
        return self._lines

    def _header(self, brackets: int) -> Path:
        line = self._here()
        self._position += brackets
        keys = self._keys()
        self._position += brackets
        path: Path = ()
        for key in keys[:-1]:
            path = self._mark(self._newest((*path, key)), line)
        path = self._mark((*path, keys[-1]), line)
        if brackets == 1:
            return self._newest(path)
        self._table_counts[path] = self._table_counts.get(path, 0) + 1
        return self._mark(self._newest(path), line)

    def _newest(self, path: Path) -> Path:
        """A name that stands for a list of tables means the last of them."""
        return (*path, self._table_counts[path] - 1) if path in self._table_counts else path

    def _assignment(self, table: Path) -> None:
        line = self._here()
        path = table
        for key in self._keys():
            path = self._mark((*path, key), line)
        self._position += 1  # the equals sign
        self._value(path)

    def _value(self, path: Path) -> None:
        self._skip(_BLANK)
        match self._text[self._position]:
            case "[":
                self._list(path)
            case "{":
                self._inline_table(path)
            case '"' | "'":
                self._skip(_STRING)
            case _:
                self._skip(_SCALAR)

    def _list(self, path: Path) -> None:
        index = 0
        while self._next_item("]"):
            self._value(self._mark((*path, index), self._here()))
            index += 1

    def _inline_table(self, path: Path) -> None:
        while self._next_item("}"):
            self._assignment(path)

    def _next_item(self, end: str) -> bool:
        """Step over the opening bracket, blanks and commas; tell whether an item follows, else step over the end."""
        if self._text[self._position] in "[{":
            self._position += 1
        self._skip(_BLANK)
        if self._text[self._position] == ",":
            self._position += 1
            self._skip(_BLANK)
        if self._text[self._position] != end:
            return True
        self._position += 1
        return False

    def _keys(self) -> list[str]:
        keys: list[str] = []
        while True:
            self._skip(_BLANK)
            keys.append(self._key())
            self._skip(_BLANK)
            if self._text[self._position] != ".":
                return keys
            self._position += 1

    def _key(self) -> str:
        if self._text[self._position] in "\"'":
            return str(tomllib.loads("key = " + self._skip(_STRING))["key"])
        return self._skip(_BARE_KEY)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        found = pattern.match(self._text, self._position)
        if found is None:  # only in a text that tomllib would not have taken
            raise ValueError(f"no TOML at character {self._position}")
        self._position = found.end()
        return found.group()

    def _mark(self, path: Path, line: int) -> Path:
        self._lines.setdefault(path, line)
        return path

    def _here(self) -> int:
        self._line += self._text.count("\n", self._counted_to, self._position)
        self._counted_to = self._position
        return self._line
