"""The sections of a kickstart, found as pykickstart finds them; and our own among those of add-ons.

This needs no pykickstart: it is asked in the installer too, before anything is parsed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from zeus_installer.answers.kickstart import ADDON_ID, section_text
from zeus_installer.kickstart.source import Line, Source, words_of

# pykickstart/parser.py (setupSections); within one of them, the start of another ends it for want of an %end.
_SECTIONS: Final = frozenset(
    {"%addon", "%anaconda", "%certificate", "%onerror", "%packages", "%post", "%pre", "%pre-install", "%traceback"}
)
SCRIPTS: Final = frozenset({"%onerror", "%post", "%pre", "%pre-install", "%traceback"})


@dataclass(frozen=True, slots=True)
class Section:
    """A section: the words of its header, and its lines without the `%end`."""

    header: Line
    words: Sequence[str]
    body: Sequence[Line]

    @property
    def name(self) -> str:
        """Its kind: `%addon`, `%post`, ..."""
        return self.words[0]

    @property
    def addon(self) -> str | None:
        """The id of the add-on that it is for."""
        return self.words[1] if self.name == "%addon" and len(self.words) > 1 else None

    @property
    def text(self) -> str:
        """What stands in it."""
        return "".join(line.text for line in self.body)


def sections(source: Source) -> tuple[Section, ...]:
    """Give all sections in order."""
    return tuple(_sections(source))


def ours(found: Sequence[Section]) -> tuple[Section, ...]:
    """Give the sections that are Zeus's: one, unless something is wrong."""
    return tuple(section for section in found if section.addon == ADDON_ID)


def answers_text(section: Section) -> str:
    """Give our section as a text that has each of its lines at its number in the whole kickstart."""
    return section_text((line.place.order + 1, line.text) for line in section.body)


def _sections(source: Source) -> Iterator[Section]:
    header: Line | None = None
    words: list[str] = []
    body: list[Line] = []
    for line in source.known_lines:
        first = line.text.split(maxsplit=1)[:1]
        starts = first and first[0] in _SECTIONS
        if header is not None and (starts or first == ["%end"]):
            yield Section(header, words, body)
            header = None
        elif header is not None:
            body.append(line)
        if starts:
            header, words, body = line, words_of(line.text), []
    if header is not None:
        yield Section(header, words, body)
