"""The add-on's section of the kickstart, as Anaconda has it parsed and written."""

from collections.abc import Sequence

from pyanaconda.core.kickstart import KickstartSpecification
from pyanaconda.core.kickstart.addon import AddonData, AddonSection
from pykickstart.errors import KickstartParseError

from zeus_installer.answers.kickstart import ADDON_ID, section_of, section_text
from zeus_installer.answers.model import Answers
from zeus_installer.answers.problems import Fault
from zeus_installer.answers.reader import Given, NotTomlError, read_given
from zeus_installer.system.secrets import redact


class ZeusSection(AddonSection):
    """The section with all of its lines: without blank lines and comments the numbers of the others would be wrong."""

    allLines = True


class ZeusData(AddonData):
    """What the section says. `given` is its data; setting `answers` has it written from them. Neither: no section."""

    def __init__(self) -> None:
        super().__init__()
        self.given: Given | None = None
        self.answers: Answers | None = None
        self._lines: list[tuple[int, str]] = []
        self._header = 0
        # pykickstart takes more characters for the end of a line than Anaconda's Boss does, whose lines we speak of.
        self._ahead = 0

    def handle_header(self, args: Sequence[str], line_number: int | None = None) -> None:
        """Take `%addon org_xenproject_zeus`, which has no arguments and stands in a kickstart once."""
        line = (line_number or 0) - self._ahead
        if args:
            raise _error(line, f"%addon {ADDON_ID} takes no arguments, and has {' '.join(args)}")
        if self._header:
            first = f"the first begins at line {self._header} of what Zeus was given"
            raise _error(line, f"%addon {ADDON_ID} stands twice: {first}", "make one of the two")
        self._header = line

    def handle_line(self, line: str, line_number: int | None = None) -> None:
        """Take a line."""
        self._lines.append(((line_number or 0) - self._ahead, line))
        self._ahead += not line.endswith("\n")

    def handle_end(self) -> None:
        """Read the whole."""
        try:
            given = read_given(section_text(self._lines))
        except NotTomlError as error:
            raise self._complaint((error.fault,)) from error
        _, faults = given.check()
        if faults:
            raise self._complaint(faults)
        self.given = given

    def __str__(self) -> str:
        """Give the section that says the answers; nothing when there are none."""
        return "" if self.answers is None else f"\n{section_of(self.answers)}"

    def _complaint(self, faults: Sequence[Fault]) -> KickstartParseError:
        """Give the first fault at its line, the others in its text: Anaconda shows one error a section.

        Anaconda's Boss maps every line of a section to its header (modules/boss/kickstart_manager/element.py), so the
        text counts the lines from there.
        """
        texts = [self._text(fault) for fault in faults]
        first, *others = texts
        return _error(faults[0].line, "\n".join([f"%addon {ADDON_ID}: {first}", *others]))

    def _text(self, fault: Fault) -> str:
        inside = fault.line - self._header
        where = f"line {inside} of the section" if inside > 0 else "in the section"
        hint = f" ({fault.hint})" if fault.hint else ""
        return redact(f"{where}: {fault.message}{hint}")


class ZeusKickstart(KickstartSpecification):
    """What of a kickstart is ours."""

    addons = {ADDON_ID: ZeusData}  # noqa: RUF012 - so the base class has it


def _error(line: int, message: str, hint: str = "") -> KickstartParseError:
    return KickstartParseError(f"{message} ({hint})" if hint else message, lineno=line)
