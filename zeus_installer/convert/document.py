"""An answer file as XML: its elements in the order of the file, each with its line. What they mean is not known here.

Expat does the reading. A document type is refused: it could declare entities that grow without end, or name files.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from xml.parsers import expat

_MOST_ELEMENTS: Final = 10_000
_DEEPEST: Final = 32
_HINTS: Final[Mapping[int, str]] = {
    expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]: "write & as &amp; and < as &lt;",
    expat.errors.codes[expat.errors.XML_ERROR_UNDEFINED_ENTITY]: "XML has &amp; &lt; &gt; &quot; and &apos;",
    expat.errors.codes[expat.errors.XML_ERROR_UNKNOWN_ENCODING]: "save it as UTF-8",
    expat.errors.codes[expat.errors.XML_ERROR_MISPLACED_XML_PI]: "<?xml …?> must be the first thing in the file",
}


class NotXmlError(Exception):
    """The bytes are no XML, or more of it than any answer file has."""

    def __init__(self, line: int, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.line = line
        self.message = message
        self.hint = hint


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """An element. `text` is what stands directly in it, without blanks at its ends; `place` counts from the root, 0.

    `inside` are the places of the elements around it, outermost first; `cdata`: a CDATA section with more than blanks
    stands in it, which is not part of `text`. Text and attributes can be secret, and do not print.
    """

    name: str
    line: int
    attributes: Mapping[str, str] = field(repr=False)
    text: str = field(repr=False)
    cdata: bool
    place: int
    inside: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """All elements, the root first."""

    elements: Sequence[Element]

    @property
    def root(self) -> Element:
        """The outermost element."""
        return self.elements[0]

    def find(self, *names: str, inside: Element | None = None) -> tuple[Element, ...]:
        """Give the elements of these names at any depth: all of the first name, then all of the second.

        That is the order of `getElementsByTagName` in xcp/xmlunwrap.py of xenserver/python-libs: where one counts, an
        old name can win over a new one that stands before it.
        """
        around = self.root if inside is None else inside
        below = [element for element in self.elements if around.place in element.inside]
        return tuple(element for name in names for element in below if element.name == name)


def parse(data: bytes) -> Document:
    """Read XML in any encoding that it declares and expat knows."""
    reader = _Reader()
    parser = reader.parser
    try:
        parser.Parse(data, True)
    except expat.ExpatError as error:
        if not data.strip():
            raise NotXmlError(1, "the file is empty") from error
        wrong = expat.ErrorString(error.code) or "not well-formed"
        raise NotXmlError(
            error.lineno, f"not XML, at column {error.offset + 1}: {wrong}", _HINTS.get(error.code, "")
        ) from error
    except (LookupError, ValueError) as error:  # an encoding that Python does not know, or that is no single-byte one
        raise NotXmlError(1, "the file is in an encoding that cannot be read", "save it as UTF-8") from error
    return Document(tuple(reader.finished()))


@dataclass(slots=True)
class _Open:
    """An element whose end is not read yet, or whose text is not final."""

    name: str
    line: int
    attributes: dict[str, str]
    inside: tuple[int, ...]
    text: list[str] = field(default_factory=list)
    cdata: bool = False


class _Reader:
    def __init__(self) -> None:
        self.parser = parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse_type
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartCdataSectionHandler = self._start_cdata
        parser.EndCdataSectionHandler = self._end_cdata
        self._all: list[_Open] = []
        self._around: list[int] = []
        self._in_cdata = False

    def finished(self) -> Iterator[Element]:
        for place, element in enumerate(self._all):
            yield Element(
                name=element.name,
                line=element.line,
                attributes=element.attributes,
                text="".join(element.text).strip(),
                cdata=element.cdata,
                place=place,
                inside=element.inside,
            )

    def _refuse_type(self, *_words: object) -> None:
        line = self.parser.CurrentLineNumber
        raise NotXmlError(line, "a document type (<!DOCTYPE …>) is not taken", "remove it, and write entities out")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        line = self.parser.CurrentLineNumber
        if len(self._all) >= _MOST_ELEMENTS:
            raise NotXmlError(line, f"more than {_MOST_ELEMENTS} elements: this is no answer file")
        if len(self._around) >= _DEEPEST:
            raise NotXmlError(line, f"elements are nested more than {_DEEPEST} deep: this is no answer file")
        self._all.append(_Open(name, line, attributes, tuple(self._around)))
        self._around.append(len(self._all) - 1)

    def _end(self, _name: str) -> None:
        self._around.pop()

    def _characters(self, text: str) -> None:
        element = self._all[self._around[-1]]
        if not self._in_cdata:
            element.text.append(text)
        elif text.strip():
            element.cdata = True

    def _start_cdata(self) -> None:
        self._in_cdata = True

    def _end_cdata(self) -> None:
        self._in_cdata = False
