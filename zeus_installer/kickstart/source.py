"""The text of a kickstart: its lines with those of the files that it includes, each with the place where it stands.

pykickstart reads files line by line, and an `%include` may stand anywhere (pykickstart/parser.py); so does this.
"""

import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from zeus_installer.kickstart.messages import Message, Place
from zeus_installer.kickstart.text import UnreadableError, required_text, text_of
from zeus_installer.system.secrets import redact

# Where the installer mounts its medium (anaconda: dracut/anaconda-lib.sh); the files beside a kickstart go there too.
MEDIUM: Final = "/run/install/repo/"
_INCLUDES: Final = ("%include", "%ksappend")
_MADE_BELOW: Final = ("/tmp/", "/run/")  # noqa: S108 - names in a kickstart, not files of ours
_DEEPEST: Final = 16
# How `inst.ks=` and `inst.repo=` write places (hd:LABEL=x:/y); pykickstart includes no such thing (load.py).
_DEVICE: Final = re.compile(r"(?:cdrom|file|hd|hmc|nfs):")
_DEVICE_HINT: Final = f"name a file of the medium by its path in the installer: {MEDIUM}…"
_MARK: Final = "\ufeff"
_MARKED: Final = (
    "the file begins with a byte order mark: the installer takes it for a part of the first word",
    r"save it as UTF-8 without one: sed -i '1s/^\xEF\xBB\xBF//' FILE",
)
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


def read_source(path: Path, text: str | None = None) -> Source:
    """Read a kickstart and what it includes; `text` is what was read of it. `UsageError`: it cannot be read."""
    if text is None:
        text = required_text(path, "a kickstart file")
    reader = _Reader()
    reader.read(text, path, ())
    return Source(name=str(path), lines=tuple(reader.lines), messages=tuple(reader.messages), later=tuple(reader.later))


def words_of(text: str) -> list[str]:
    """Split a line into words as a shell does, without its comment; by blanks where a quotation does not end."""
    try:
        return shlex.split(text, comments=True)
    except ValueError:
        return text.split()


def _is_quoted_well(text: str) -> bool:
    try:
        shlex.split(text, comments=True)
    except ValueError:
        return False
    return True


def is_about_a_relative_path(message: Message) -> bool:
    """Whether a message says that the installer would not find what we did."""
    return message.hint == _RELATIVE[1]


@dataclass
class _Reader:
    """Collects lines while it follows includes."""

    lines: list[Line] = field(default_factory=list)
    messages: list[Message] = field(default_factory=list)
    later: list[Line] = field(default_factory=list)

    def read(self, text: str, path: Path, around: tuple[Path, ...]) -> None:
        if text.startswith(_MARK):
            place = Place(len(self.lines), str(path), 1)
            self.messages.append(Message(place=place, text=_MARKED[0], hint=_MARKED[1]))
        for number, content in enumerate(text.removeprefix(_MARK).splitlines(keepends=True), start=1):
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
        what = f"{words[0]} {redact(target)}"
        if not _is_quoted_well(line.text):
            self._say(line, f"{what}: the quotation does not end")
        elif "://" in target:
            self._leave(line, f"{what}: nothing is fetched: what it says is not checked")
        elif _DEVICE.match(target):
            self._say(line, f"{what}: only a path, or an address (https://…), can be included", _DEVICE_HINT)
        else:
            self._include_path(line, what, target, path, around)

    def _include_path(self, line: Line, what: str, target: str, path: Path, around: tuple[Path, ...]) -> None:
        file = next(filter(_is_file, _candidates(target, path.parent)), None)
        if file is None:
            made = target.startswith(_MADE_BELOW) and not target.startswith(MEDIUM)
            why = "is made in the installer" if made else "is not here"
            self._leave(line, f"{what}: {why}: what it says is not checked")
        elif file.resolve() in (place.resolve() for place in around) or len(around) > _DEEPEST:
            self._say(line, f"{what}: includes itself")
        else:
            self._follow(line, what, target, file, around)

    def _follow(self, line: Line, what: str, target: str, file: Path, around: tuple[Path, ...]) -> None:
        try:
            text = text_of(file)
        except UnreadableError as error:
            self._say(line, f"{what}: {error}")
            return
        if not target.startswith("/"):
            said = f"{target}: {_RELATIVE[0]}"
            self.messages.append(Message(place=line.place, text=said, hint=_RELATIVE[1], level="warning"))
        self.read(text, file, around)

    def _say(self, line: Line, text: str, hint: str = "") -> None:
        self.messages.append(Message(place=line.place, text=text, hint=hint))
        self.lines.append(Line(line.place, "\n"))

    def _leave(self, line: Line, text: str) -> None:
        self.messages.append(Message(place=line.place, text=text, level="warning"))
        self.lines.append(line)
        self.later.append(line)


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
