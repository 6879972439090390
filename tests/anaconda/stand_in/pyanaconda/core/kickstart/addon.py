"""%addon sections."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

from pykickstart.errors import KickstartParseError
from pykickstart.ko import KickstartObject
from pykickstart.sections import Section


class AddonData(KickstartObject, ABC):
    """The data of one add-on's sections; all of them feed the same object."""

    @abstractmethod
    def handle_header(self, args: Sequence[str], line_number: int | None = None) -> None:
        """Take the words after the section's name."""

    @abstractmethod
    def handle_line(self, line: str, line_number: int | None = None) -> None:
        """Take one line of the section, with its line end."""

    def handle_end(self) -> None:
        """Take notice of the section's end."""

    @abstractmethod
    def __str__(self) -> str:
        """The section as it is written to a kickstart file."""


class AddonSection(Section):
    """Gives a section to the data that is registered under its name.

    As in Anaconda it does not ask the parser for all lines: comments and blank lines never arrive, and the number that
    is counted here falls behind (pyanaconda/core/kickstart/addon.py, pykickstart/parser.py).
    """

    sectionOpen = "%addon"

    def __init__(self, handler: Any, **kwargs: Any) -> None:
        super().__init__(handler, **kwargs)
        self.data: Any = None
        self.line_number = 0

    def handleHeader(self, lineno: int, args: Sequence[str]) -> None:
        """Find the data by the section's name."""
        super().handleHeader(lineno, args)
        self.data = getattr(self.handler.addons, args[1], None)
        if not self.data:
            raise KickstartParseError("Unknown name of the %addon section.", lineno=lineno)
        self.line_number = lineno
        self.data.handle_header(args[2:], self.line_number)

    def handleLine(self, line: str) -> None:
        """Pass a line on."""
        self.line_number += 1
        self.data.handle_line(line, self.line_number)

    def finalize(self) -> None:
        """Pass the end on."""
        super().finalize()
        self.data.handle_end()
        self.data = None


class AddonRegistry(SimpleNamespace):
    """The data of all add-ons, by name."""
