"""A kickstart file as Boss takes it apart, and puts together what modules say about their parts.

pyanaconda/modules/boss/kickstart_manager: a module is given its elements only, without what stood between them; any
line of a section counts as the section's header when a message is mapped back to the file.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pykickstart.parser import KickstartParser
from pykickstart.sections import Section
from pykickstart.version import makeVersion

SECTIONS = ("certificate", "pre", "pre-install", "post", "onerror", "traceback", "packages", "addon")


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """A command or a section: its text, and where it begins."""

    words: Sequence[str]
    text: str
    file: str
    line: int

    @property
    def addon(self) -> str:
        """The add-on it is for; empty when it is for none."""
        return self.words[1] if self.words[0] == "%addon" and len(self.words) > 1 else ""


class Splitter(KickstartParser):
    """Takes a file apart, with what it includes. Names a file as the line that includes it does."""

    def __init__(self) -> None:
        super().__init__(makeVersion())
        self.elements: list[Element] = []
        self.file = ""

    def split(self, path: Path) -> list[Element]:
        """The elements in the order of the file."""
        self.file = str(path)
        self.readKickstartFromString(path.read_text())
        return self.elements

    def setupSections(self) -> None:
        """All that Anaconda knows."""
        for name in SECTIONS:
            self.registerSection(Kept(self, f"%{name}"))

    def handleCommand(self, lineno: int, args: Sequence[str]) -> None:
        """Keep a command."""
        self.elements.append(Element(words=args, text=self._line, file=self.file, line=lineno))

    def _handleInclude(self, f: str) -> None:
        outer, self.file = self.file, f
        super()._handleInclude(f)
        self.file = outer


class Kept(Section):
    """A section with all of its lines; its header's quotes and comments are lost."""

    allLines = True

    def __init__(self, splitter: Splitter, name: str) -> None:
        super().__init__(splitter.handler)
        self.sectionOpen = name
        self._splitter = splitter

    def handleHeader(self, lineno: int, args: Sequence[str]) -> None:
        """Begin."""
        self._header = (lineno, args)
        self._lines: list[str] = []

    def handleLine(self, line: str) -> None:
        """Keep a line."""
        self._lines.append(line)

    def finalize(self) -> None:
        """Keep the whole."""
        line, words = self._header
        text = f"{' '.join(words)}\n{''.join(self._lines)}%end\n"
        self._splitter.elements.append(Element(words=words, text=text, file=self._splitter.file, line=line))


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An error or a warning, with the place that Boss gives it."""

    text: str
    file: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What is said about a file."""

    errors: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()

    @property
    def shown(self) -> str:
        """All that the user gets to see of the errors: texts without places (pyanaconda/kickstart.py)."""
        return "\n\n".join(message.text for message in self.errors)


def of_addons(elements: Sequence[Element], names: Collection[str]) -> list[Element]:
    """The sections for these add-ons."""
    return [element for element in elements if element.addon in names]


def in_the_file(report: dict[str, Any], elements: Sequence[Element]) -> Report:
    """Give a module's report, made from the text of `elements`, the places of the file.

    A line that the module was not given is a bug of the module: it ends Boss's reading with an IndexError.
    """
    places = [("", 0)]
    for element in elements:
        places += [(element.file, element.line)] * element.text.count("\n")

    def messages(kind: str) -> tuple[Message, ...]:
        return tuple(
            Message(text=one["message"], file=places[one["line-number"]][0], line=places[one["line-number"]][1])
            for one in report[kind]
        )

    return Report(errors=messages("error-messages"), warnings=messages("warning-messages"))
