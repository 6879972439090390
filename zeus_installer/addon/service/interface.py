"""The D-Bus interface of the add-on: what its spokes show and set."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Final

from dasbus.server.interface import dbus_interface
from dasbus.server.property import emits_properties_changed
from dasbus.typing import Bool, List, ObjPath, Str, Structure
from pyanaconda.modules.common.base import KickstartModuleInterface
from pyanaconda.modules.common.containers import TaskContainer

from zeus_installer.addon.choices import disk_choices, nic_choices
from zeus_installer.addon.constants import ZEUS
from zeus_installer.addon.errors import AnswerError
from zeus_installer.addon.status import status_line
from zeus_installer.addon.structures import ChoiceData, FindingData
from zeus_installer.addon.values import VALUES
from zeus_installer.addon.wishes import WrongValueError
from zeus_installer.system.secrets import redact

_WATCHED: Final = (
    "Enabled",
    "Consent",
    "Status",
    "Ready",
    "Findings",
    "Destroys",
    "Disks",
    "Nics",
    "Repository",
    "RepositoryKey",
    *VALUES,
)


def _value_property(name: str, meaning: str) -> property:
    """Make the property of an answer in `VALUES`."""

    def get(interface: Any) -> Str:  # noqa: ANN401 - dasbus evaluates it before the class is there
        return interface.value_of(name)

    @emits_properties_changed
    def put(interface: Any, text: Str) -> None:  # noqa: ANN401
        interface.wish(name, text)

    return property(get, put, doc=meaning)


@contextmanager
def _answer_errors() -> Iterator[None]:
    """Give what the answers do not take its type on the bus."""
    try:
        yield
    except WrongValueError as error:
        raise AnswerError(redact(str(error))) from None


@dbus_interface(ZEUS.interface_name)
class ZeusInterface(KickstartModuleInterface):
    """The module's interface. Values are those of the answers; a wrong one is an `AnswerError`."""

    def connect_signals(self) -> None:
        """Announce properties when something has changed: which of them it was is not worth finding out."""
        super().connect_signals()
        for name in _WATCHED:
            self.watch_property(name, self.implementation.changed)

    @property
    def Enabled(self) -> Bool:
        """Whether this installation becomes a Xen host."""
        return self.implementation.enabled

    @Enabled.setter
    @emits_properties_changed
    def Enabled(self, enabled: Bool) -> None:
        self.implementation.set_enabled(enabled)

    @property
    def Consent(self) -> Bool:
        """Whether somebody agreed to what `Destroys` says."""
        return self.implementation.consent

    @Consent.setter
    @emits_properties_changed
    def Consent(self, consent: Bool) -> None:
        self.implementation.set_consent(consent)

    @property
    def Status(self) -> Str:
        """One line: how things stand."""
        return status_line(self.implementation.inquiry, enabled=self.implementation.enabled)

    @property
    def Ready(self) -> Bool:
        """Whether nothing that is known speaks against beginning the installation."""
        inquiry = self.implementation.inquiry
        return not self.implementation.enabled or inquiry is None or not inquiry.failures

    @property
    def Findings(self) -> List[Structure]:
        """The verdicts of the checks, the worst first."""
        inquiry = self.implementation.inquiry
        findings = inquiry.findings if inquiry else ()
        return FindingData.to_structure_list([FindingData.of(finding) for finding in findings])

    @property
    def Destroys(self) -> List[Str]:
        """What will be destroyed, in sentences."""
        inquiry = self.implementation.inquiry
        return list(inquiry.destroys) if inquiry else []

    @property
    def Disks(self) -> List[Structure]:
        """The disks that the storage repository could be on."""
        inquiry = self.implementation.inquiry
        choices = disk_choices(inquiry.machine, inquiry.answers.storage) if inquiry else ()
        return ChoiceData.to_structure_list([ChoiceData.of(choice) for choice in choices])

    @property
    def Nics(self) -> List[Structure]:
        """The NICs that could be the management network's."""
        inquiry = self.implementation.inquiry
        choices = nic_choices(inquiry.machine) if inquiry else ()
        return ChoiceData.to_structure_list([ChoiceData.of(choice) for choice in choices])

    Disk = _value_property("Disk", "The disk of the storage repository; empty: the answers' rule.")
    Nic = _value_property("Nic", "The management NIC's MAC address; empty: the answers' rule, or Anaconda's network.")
    SrType = _value_property("SrType", "The type of the storage repository.")
    Space = _value_property("Space", "A whole disk, or the rest of one that Anaconda uses.")
    Wipe = _value_property("Wipe", "Whether what is on the disk may be destroyed.")
    Dom0Memory = _value_property("Dom0Memory", "dom0's memory in MiB, or auto.")

    @property
    def Repository(self) -> Str:
        """Where the packages come from; empty: nowhere. It counts once there is a key too."""
        return self.implementation.repository.baseurl

    @Repository.setter
    @emits_properties_changed
    def Repository(self, url: Str) -> None:
        with _answer_errors():
            self.implementation.set_repository(replace(self.implementation.repository, baseurl=url))

    @property
    def RepositoryKey(self) -> Str:
        """Where the key is by which they are signed."""
        return self.implementation.repository.gpgkey

    @RepositoryKey.setter
    @emits_properties_changed
    def RepositoryKey(self, url: Str) -> None:
        with _answer_errors():
            self.implementation.set_repository(replace(self.implementation.repository, gpgkey=url))

    def CheckWithTask(self) -> ObjPath:
        """Give a task that looks at the machine again."""
        return TaskContainer.to_object_path(self.implementation.check_with_task())

    def value_of(self, name: str) -> str:
        """Give an answer's text."""
        return VALUES[name].get(self.implementation.wishes.answers)

    def wish(self, name: str, text: str) -> None:
        """Take an answer's text."""
        service, value = self.implementation, VALUES[name]
        machine = service.inquiry.machine if service.inquiry else None
        with _answer_errors():
            service.wish(value.key, value.parse(text, machine))
