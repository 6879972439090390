"""What of a kickstart file a module reads and writes."""

from typing import Any, ClassVar

from pykickstart.base import KickstartHandler
from pykickstart.parser import KickstartParser

from pyanaconda.core.kickstart.addon import AddonRegistry, AddonSection
from pyanaconda.core.kickstart.version import VERSION


class KickstartSpecification:
    """The names that a module claims, each with the class that holds its data."""

    version: ClassVar[Any] = VERSION
    commands: ClassVar[dict[str, Any]] = {}
    commands_data: ClassVar[dict[str, Any]] = {}
    sections: ClassVar[dict[str, Any]] = {}
    sections_data: ClassVar[dict[str, Any]] = {}
    addons: ClassVar[dict[str, Any]] = {}


class NoKickstartSpecification(KickstartSpecification):
    """Nothing."""


class KickstartSpecificationHandler(KickstartHandler):
    """Holds the data of a specification, and writes it out in the order in which it was registered."""

    def __init__(self, specification: type[KickstartSpecification]) -> None:
        super().__init__()
        self.version = specification.version
        for name, command in specification.commands.items():
            self.registerCommand(name, command)
        for name, data in specification.commands_data.items():
            self.registerData(name, data)
        if specification.addons:
            self.addons = AddonRegistry()
        for name, data in specification.addons.items():
            self._add(self.addons, name, data())
        for name, data in specification.sections_data.items():
            self._add(self, name, data())

    def _add(self, place: object, name: str, data: object) -> None:
        setattr(place, name, data)
        last = max(self._writeOrder, default=-100)
        self._writeOrder[last + 100] = [data]


class KickstartSpecificationParser(KickstartParser):
    """Parses the commands and sections of a specification; any other section is an error."""

    def __init__(self, handler: Any, specification: type[KickstartSpecification]) -> None:
        super().__init__(handler)
        for section in specification.sections.values():
            self.registerSection(section(handler))
        if specification.addons:
            self.registerSection(AddonSection(handler))

    def setupSections(self) -> None:
        """None but those of the specification."""
