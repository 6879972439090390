"""What both spokes show of the add-on's module, and set in it: words and choices. It has no face and no rule."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from dasbus.error import DBusError
from gi.repository import GLib

from zeus_installer.addon.constants import ZEUS
from zeus_installer.addon.structures import ChoiceData, FindingData
from zeus_installer.checks.model import Verdict
from zeus_installer.screens.form import Option, Style
from zeus_installer.screens.machine import MARKS
from zeus_installer.screens.storage import SPACES, SR_TYPES

TITLE: Final = "Xen host (Zeus)"
SWITCH: Final = "Make this installation a Xen host"
PURPOSE: Final = "Fedora is installed as always, with Xen and XenAPI on top. The checks run as soon as it is turned on."
LOOKING: Final = "Looking at this machine …"
GONE: Final = "The Zeus add-on no longer answers"
FORGOT: Final = "The Zeus add-on was started anew and lost its settings"
LOST_REMEDY: Final = (
    "As it is, the installation would end as a plain Fedora. `journalctl` in a shell of the installer says why. Start"
    " the installation anew; or, if it answers again, turn it off and on and choose everything anew."
)
DOOMED: Final = "This will be destroyed:"
HARMLESS: Final = "Nothing is destroyed for the storage repository."
CONSENT: Final = "I agree to what will be destroyed"
UNUSABLE: Final = "Cannot be chosen:"
BY_RULE: Final = "by rule"

T = TypeVar("T")


class Module:
    """The add-on's D-Bus module: what it says, or that it is lost. Nothing here raises for that."""

    # dasbus/client/handler.py: an error that came over the bus, one of the connection, no answer in time.
    _SILENT: Final = (DBusError, GLib.Error, TimeoutError)

    def __init__(self) -> None:
        self._proxy: Any = ZEUS.get_proxy()
        self._wanted = False
        self.trouble = ""

    @property
    def lost(self) -> str:
        """Say that the module no longer answers, or has forgotten everything: the bus starts it anew after a crash."""
        return self._listen()

    @property
    def enabled(self) -> bool:
        """Whether this installation becomes a Xen host. A module that is lost does not unmake that wish."""
        self._listen()
        return self._wanted

    def _listen(self) -> str:
        enabled = self._ask("Enabled", None)
        if enabled is None:
            return GONE
        if self._wanted and not enabled:
            return FORGOT
        self._wanted = enabled
        return ""

    @property
    def status(self) -> str:
        """Give one line for the hub."""
        return self.lost or self.trouble or self._ask("Status", GONE)

    @property
    def ready(self) -> bool:
        """Whether nothing that was found stands against beginning the installation."""
        return not self.lost and not self.trouble and self._ask("Ready", False)

    @property
    def findings(self) -> Sequence[FindingData]:
        """Give what the checks found, the worst first."""
        return FindingData.from_structure_list(self._ask("Findings", []))  # type: ignore[no-any-return]

    @property
    def destroys(self) -> Sequence[str]:
        """Give what will be destroyed, in sentences."""
        return self._ask("Destroys", [])

    @property
    def consent(self) -> bool:
        """Whether somebody agreed to that."""
        return self._ask("Consent", False)

    def choices(self, name: str) -> Sequence[ChoiceData]:
        """Give the things of this machine that a property lists."""
        return ChoiceData.from_structure_list(self._ask(name, []))  # type: ignore[no-any-return]

    def value(self, name: str) -> str:
        """Give what a property is set to."""
        return self._ask(name, "")

    def set(self, name: str, value: object) -> str:
        """Set a property; give the module's own words when it refuses, and the old value stays."""
        try:
            setattr(self._proxy, name, value)
        except self._SILENT as error:
            return self.lost or _words(error)
        if name == "Enabled":
            self._wanted, self.trouble = bool(value), ""
        return ""

    def look(self) -> None:
        """Have the machine looked at again, to the end; `trouble` says what went wrong."""
        self.trouble = ""
        try:
            task = ZEUS.get_proxy(self._proxy.CheckWithTask())
            task.Start()
            while task.IsRunning:
                time.sleep(0.1)
            task.Finish()
        except self._SILENT as error:
            self.trouble = self.lost or _words(error)

    def _ask(self, name: str, otherwise: T) -> T:
        try:
            return getattr(self._proxy, name)  # type: ignore[no-any-return]
        except self._SILENT:
            return otherwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """One of the values that a setting can have; with a `reason` it cannot be chosen."""

    value: str
    label: str
    note: str = ""
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A property that has one of a few values."""

    name: str
    label: str
    offers: Callable[[Module], Sequence[Offer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A property that is typed. `empty` is what it is called when it has no value; "" when it must have one."""

    name: str
    label: str
    help: str
    empty: str = ""


Setting = Selection | Entry


def _fixed(*offers: Offer) -> Callable[[Module], Sequence[Offer]]:
    return lambda _module: offers


def _of_options(options: Sequence[Option]) -> Sequence[Offer]:
    return [Offer(value=option.key, label=option.label, note=option.note) for option in options]


def _of_machine(name: str) -> Callable[[Module], Sequence[Offer]]:
    def offers(module: Module) -> Sequence[Offer]:
        listed = [Offer(value=item.value, label=item.title, reason=item.reason) for item in module.choices(name)]
        return [Offer(value="", label=BY_RULE), *listed]

    return offers


# A server for NFS has no property on the bus: that is said in the kickstart.
SR_TYPE: Final = Selection(
    name="SrType",
    label="Storage type",
    offers=_fixed(*_of_options([kind for kind in SR_TYPES if kind.key != "nfs"])),
)
DISK: Final = Selection(name="Disk", label="Storage disk", offers=_of_machine("Disks"))
STORAGE: Final[Sequence[Selection]] = (
    SR_TYPE,
    Selection(name="Space", label="Space", offers=_fixed(*_of_options(SPACES))),
    DISK,
    Selection(
        name="Wipe",
        label="What is on the disk",
        offers=_fixed(
            Offer(value="only-if-empty", label="keep it", note="only an empty disk is taken"),
            Offer(value="listed-disks", label="destroy it", note="everything on the chosen disk is lost"),
        ),
    ),
)
NETWORK: Final = Selection(name="Nic", label="Management NIC", offers=_of_machine("Nics"))
MEMORY: Final = Entry(
    name="Dom0Memory",
    label="Memory of dom0",
    help="How much memory dom0 keeps for itself, in MiB; auto: by the size of the machine.",
)
REPOSITORY: Final = Entry(
    name="Repository", label="Package repository", help="Address of the repository of Xen and XenAPI.", empty="none"
)
PACKAGES: Final[Sequence[Entry]] = (
    REPOSITORY,
    Entry(name="RepositoryKey", label="Its key", help="Address of the key that signed its packages.", empty="none"),
)


def shown(module: Module, setting: Setting) -> str:
    """Give a setting's value in words."""
    value = module.value(setting.name)
    if isinstance(setting, Entry):
        return value or setting.empty
    return next((offer.label for offer in setting.offers(module) if offer.value == value), value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """A finding as people read it."""

    style: Style
    mark: str
    seen: str
    remedy: str


def remarks(module: Module) -> Iterator[Remark]:
    """Give what was found, in the module's order."""
    for finding in module.findings:
        style, mark = MARKS[Verdict(finding.verdict)]
        yield Remark(style=style, mark=mark, seen=finding.seen, remedy=finding.remedy)


def tally(module: Module) -> str:
    """Say how many findings there are of each kind."""
    marks = [remark.mark for remark in remarks(module)]
    return ", ".join(f"{marks.count(mark)} {mark}" for mark in dict.fromkeys(marks)) or "not looked at yet"


def _words(error: Exception) -> str:
    return str(error) or GONE
