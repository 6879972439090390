"""What pykickstart says of a kickstart: everything at once, by line, where it would stop at the first fault."""

import copy
import re
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pykickstart.errors import KickstartError, KickstartParseWarning
from pykickstart.parser import KickstartParser, PutBackIterator
from pykickstart.version import makeVersion, versionMap

from zeus_installer.answers.problems import did_you_mean, nearest
from zeus_installer.kickstart.context import Given
from zeus_installer.kickstart.messages import Message, Place
from zeus_installer.kickstart.secrets import without_secrets
from zeus_installer.kickstart.source import Source, words_of
from zeus_installer.system.errors import UsageError, sentence_list

# A fault that ends pykickstart's reading has its lines emptied and the rest is read again: so often at most.
_MOST_ROUNDS: Final = 100
_WHERE: Final = re.compile(r"^Ignoring deprecated \w+ on line \d+: +|(?<= option) on line \d+(?= will be)")
_ADVICE: Final = re.compile(r"\.(?: It may be removed [^.]*\.)? Please modify your kickstart file to (.+?)\.?$")
_NOT_TAKEN: Final = re.compile(r"(?:unrecognized arguments: |Unexpected arguments to .*\[')(--[^\s='\]]+)")
_UNFINISHED: Final = "does not end with %end"
# Those whose installer can have the add-on (docs/anaconda.md); pykickstart's data of older ones lack what we look at.
_RELEASE: Final = re.compile(r"F(?:[4-9]\d)|RHEL[1-9]\d")
# What to do about what pykickstart says, where it does not say that itself.
_REMEDIES: Final = (
    ("has been removed.", "take it out"),
    (_UNFINISHED, "end it with %end; a line that begins with the name of a section ends it too, wherever it stands"),
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A kickstart as pykickstart reads it for one release: the handler with its commands, and what there is to say."""

    version: str
    handler: Any
    given: Sequence[Given]
    messages: Sequence[Message]


def parse(source: Source, version: str) -> Parsed:
    """Read a kickstart for a release, as pykickstart calls it (`F44`, `RHEL10`)."""
    lines = [line.text for line in source.known_lines]
    ends: list[_Said] = []
    for _ in range(_MOST_ROUNDS):
        attempt = _Parser(makeVersion(version), lines)
        end = attempt.read()
        if end is None or end in ends:
            break
        ends.append(end)
        _repair(lines, end)
    said = [*ends, *attempt.said]
    messages = tuple(_message(source, attempt.handler, entry) for entry in said)
    return Parsed(version, attempt.handler, tuple(attempt.given), messages)


def known_versions(names: Sequence[str]) -> Sequence[str]:
    """Give the names back; a release that pykickstart does not know, or that is too old for Zeus, is a `UsageError`."""
    known = sorted(name for name in versionMap if _RELEASE.fullmatch(name))
    for name in names:
        if name not in known:
            raise UsageError(
                "kickstart.version",
                f"there are no rules for kickstarts of release {name}{did_you_mean(nearest(name, known))}",
                hint=f"name one of {sentence_list(known)}",
            )
    return names


@dataclass(frozen=True, slots=True)
class _Said:
    """Something that pykickstart said while it was at a line (from 1)."""

    number: int
    text: str
    is_warning: bool = False


class _Lines(PutBackIterator):  # type: ignore[misc]
    """The lines, with the number of the one that was given last."""

    def __init__(self, lines: Sequence[str]) -> None:
        # The parser knows the end by an empty text.
        super().__init__([*lines, ""])
        self.number = 0

    def next(self) -> str:
        fresh = not self._buf
        line = super().next()
        self.number += fresh
        return str(line)


class _Parser(KickstartParser):  # type: ignore[misc]
    """A parser that notes what is wrong with a command, with its line, and goes on."""

    def __init__(self, handler: Any, lines: Sequence[str]) -> None:  # noqa: ANN401 - pykickstart has no types
        super().__init__(handler, followIncludes=False)
        self._lines = _Lines(lines)
        self._count = len(lines)
        self.said: list[_Said] = []
        self.given: list[Given] = []

    def handleCommand(self, lineno: int, args: Sequence[str]) -> Any:  # noqa: ANN401, N802 - pykickstart's
        """Handle it, and note how it was before another line changes that."""
        data = super().handleCommand(lineno, args)
        self.given.append(Given(lineno, args[0], copy.copy(data)))
        return data

    def read(self) -> _Said | None:
        """Read all lines; gives the fault at which the reading ended, if one did end it."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("always", KickstartParseWarning)
            warnings.showwarning = self._note_warning  # type: ignore[assignment]
            try:
                self._stateMachine(self._lines)
            except Exception as error:  # noqa: BLE001 - pykickstart trips over some lines
                return self._fault(error)
        return None

    def _tryFunc(self, fn: Callable[[], object]) -> None:  # noqa: N802 - pykickstart's name
        try:
            fn()
        except Exception as error:  # noqa: BLE001 - as pykickstart itself does
            self.said.append(self._fault(error))

    def _note_warning(self, message: Warning | str, *_rest: object) -> None:
        self.said.append(_Said(self._here(), str(message), is_warning=True))

    def _fault(self, error: Exception) -> _Said:
        if not isinstance(error, KickstartError):
            what = f"{error}" if isinstance(error, ValueError) else type(error).__name__
            return _Said(self._here(), f"pykickstart cannot read this line: {what}")
        number = error.lineno if isinstance(error.lineno, int) and error.lineno > 0 else self._here()
        return _Said(number, str(error.message))

    def _here(self) -> int:
        return min(self._lines.number, self._count)


def _repair(lines: list[str], fault: _Said) -> None:
    """Take what pykickstart cannot get over out of the lines: one line, or a section of an unknown kind."""
    index = min(fault.number, len(lines)) - 1
    if _UNFINISHED not in fault.text:
        unknown = lines[index].startswith("%")
        lines[index] = "\n"
        while unknown and (index := index + 1) < len(lines) and not lines[index].startswith("%"):
            lines[index] = "\n"
        if unknown and index < len(lines) and lines[index].startswith("%end"):
            lines[index] = "\n"
    elif fault.number >= len(lines):
        lines.append("%end\n")
    else:
        # The section that begins here ends the one before; that loses its last line, or itself when it has none.
        lines[index - 1] = "\n" if lines[index - 1].startswith("%") else "%end\n"


def _message(source: Source, handler: Any, said: _Said) -> Message:  # noqa: ANN401 - pykickstart has no types
    text = _WHERE.sub("", " ".join(said.text.split())) or "pykickstart cannot read this line"
    place = _beginning(source, said.number, text) if _UNFINISHED in text else source.at(said.number)
    words = words_of(source.lines[place.order].text) if source.lines else []
    advice = _ADVICE.search(text)
    hint = advice[1] if advice else next((remedy for known, remedy in _REMEDIES if known in text), "")
    meant = did_you_mean(_nearest(text, words, handler))
    text = without_secrets(_ADVICE.sub("", text), words) + meant
    return Message(place=place, text=text, hint=hint, level="warning" if said.is_warning else "error")


def _beginning(source: Source, number: int, text: str) -> Place:
    """Give the place where the section begins that does not end; what ends it is at the line with this number."""
    names = {word for word in text.split() if word.startswith("%")}
    before = reversed(source.lines[: max(number - 1, 1)])
    return next(
        (line.place for line in before if line.text.split()[:1] and line.text.split()[0] in names), source.at(number)
    )


def _nearest(text: str, words: Sequence[str], handler: Any) -> str:  # noqa: ANN401 - pykickstart has no types
    """Give what was meant by a word that pykickstart does not know, or nothing."""
    if not words:
        return ""
    if text.startswith("Unknown command"):
        return nearest(words[0], sorted(handler.commands))
    if text.startswith("Unknown kickstart section"):
        return nearest(words[0], ("%addon", "%certificate", "%onerror", "%packages", "%post", "%pre", "%end"))
    refused = _NOT_TAKEN.search(text)
    parser = getattr(handler.commands.get(words[0]), "op", None)
    return nearest(refused[1], list(getattr(parser, "_option_string_actions", ()))) if refused else ""
