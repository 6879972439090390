"""The text of a kickstart: its lines with those of the files that it includes, each with the place where it stands.

pykickstart reads files line by line, and an `%include` may stand anywhere (pykickstart/parser.py); so does this.
"""

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from zeus_installer.kickstart.messages import Message, Place
from zeus_installer.system.errors import UsageError

# Where the installer mounts its medium (anaconda: dracut/anaconda-lib.sh); the files beside a kickstart go there too.
MEDIUM: Final = "/run/install/repo/"
_INCLUDES: Final = ("%include", "%ksappend")
_MADE_BELOW: Final = ("/tmp/", "/run/")  # noqa: S108 - names in a kickstart, not files of ours
_MOST_BYTES: Final = 1 << 22
_DEEPEST: Final = 16
_RELATIVE: Final = (
    "a relative path: the installer does not look beside the kickstart",
    f"name it below {MEDIUM} when it is on the medium, or make one file of them: "
    "python3 -m zeus_installer.kickstart.flatten FILE",
)


@dataclass(frozen=True, slots=True)
class Line:
    """A line, with its end."""

    place: Place
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """All lines in order. Those of an included file stand in the place of the line that includes it.

    `later` are lines that include what only the installer will have: what that says nobody can tell before.
    """

    name: str
    lines: Sequence[Line]
    messages: Sequence[Message] = ()
    later: Sequence[Line] = ()

    def at(self, number: int) -> Place:
        """Give the place of line `number` (from 1) of the whole; the nearest one for a number out of range."""
        if not self.lines:
            return Place(0, self.name, 1)
        return self.lines[min(max(number, 1), len(self.lines)) - 1].place

    @property
    def known_lines(self) -> Sequence[Line]:
        """All lines, with an empty one for each that includes what is not known yet."""
        later = {line.place for line in self.later}
        return [Line(line.place, "\n") if line.place in later else line for line in self.lines]


def read_source(path: Path) -> Source:
    """Read a kickstart and what it includes. `UsageError`: the file itself cannot be read."""
    try:
        text = _text(path)
    except _UnreadableError as error:
        raise UsageError("kickstart.unreadable", f"{path}: {error}", hint="name a kickstart file") from error
    reader = _Reader()
    reader.read(text, path, ())
    return Source(name=str(path), lines=tuple(reader.lines), messages=tuple(reader.messages), later=tuple(reader.later))


def words_of(text: str) -> list[str]:
    """Split a line into words as a shell does, without its comment; by blanks where a quotation does not end."""
    try:
        return shlex.split(text, comments=True)
    except ValueError:
        return text.split()


def is_about_a_relative_path(message: Message) -> bool:
    """Whether a message says that the installer would not find what we did."""
    return message.hint == _RELATIVE[1]


class _UnreadableError(Exception):
    """A file that is not there, or no text."""


@dataclass
class _Reader:
    """Collects lines while it follows includes."""

    lines: list[Line] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    later: list[Line] = field(default_factory=list)

    def read(self, text: str, path: Path, around: tuple[Path, ...]) -> None:
        for number, content in enumerate(text.splitlines(keepends=True), start=1):
            whole = content if content.endswith("\n") else f"{content}\n"
            line = Line(Place(len(self.lines), str(path), number), whole)
            words = content.split(maxsplit=1)
            if not words or words[0] not in _INCLUDES:
                self.lines.append(line)
            else:
                self._include(line, path, (*around, path))

    def _include(self, line: Line, path: Path, around: tuple[Path, ...]) -> None:
        words = words_of(line.text)
        if len(words) < 2 or not words[1]:
            self._say(line, f"{words[0]} names no file")
            return
        target = words[1]
        if "://" in target:
            self._leave(line, f"{words[0]} {target}: nothing is fetched: what it says is not checked")
            return
        file = next(filter(_is_file, _candidates(target, path.parent)), None)
        if file is None:
            made = target.startswith(_MADE_BELOW) and not target.startswith(MEDIUM)
            why = "is made in the installer" if made else "is not here"
            self._leave(line, f"{words[0]} {target}: {why}: what it says is not checked")
        elif file.resolve() in (place.resolve() for place in around) or len(around) > _DEEPEST:
            self._say(line, f"{words[0]} {target}: includes itself")
        else:
            self._follow(line, target, file, around)

    def _follow(self, line: Line, target: str, file: Path, around: tuple[Path, ...]) -> None:
        try:
            text = _text(file)
        except _UnreadableError as error:
            self._say(line, f"%include {target}: {error}")
            return
        if not target.startswith("/"):
            said = f"{target}: {_RELATIVE[0]}"
            self.messages.append(Message(place=line.place, text=said, hint=_RELATIVE[1], level="warning"))
        self.read(text, file, around)

    def _say(self, line: Line, text: str) -> None:
        self.messages.append(Message(place=line.place, text=text))
        self._empty(line)

    def _leave(self, line: Line, text: str) -> None:
        self.messages.append(Message(place=line.place, text=text, level="warning"))
        self.lines.append(line)
        self.later.append(line)

    def _empty(self, line: Line) -> None:
        self.lines.append(Line(line.place, "\n"))


def _candidates(target: str, beside: Path) -> Iterator[Path]:
    """Give where a file may be: at its path, beside the kickstart, or beside it in the folders that the medium has."""
    yield beside / target
    if target.startswith(MEDIUM):
        parts = Path(target.removeprefix(MEDIUM)).parts
        for first in range(len(parts)):
            yield beside.joinpath(*parts[first:])


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # no path at all: too long, or with a NUL in it
        return False


def _text(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise _UnreadableError("too long for a kickstart")
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _UnreadableError(f"line {line}: byte {data[error.start]:#04x} is not UTF-8") from error
    except (OSError, ValueError) as error:  # ValueError: a name with a NUL in it
        raise _UnreadableError(getattr(error, "strerror", None) or "no such file") from error
