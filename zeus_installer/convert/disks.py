"""How an answer file names disks, and the rule of `storage.disks` that names the same one."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from zeus_installer.convert.document import Element
from zeus_installer.convert.draft import Value
from zeus_installer.convert.elements import Dialect
from zeus_installer.convert.messages import said
from zeus_installer.convert.reading import Reading, attribute, is_true
from zeus_installer.machine.model import Disk, Machine
from zeus_installer.storage.text import disk_name

BY_ID: Final = "/dev/disk/by-id/"
_ISCSI: Final = "iscsi:"
# Links of the BIOS's own numbers: only the installer's udev makes them.
_EDD: Final = f"{BY_ID}edd-"
_MISSING: Final = "missing"
_ARRAY: Final = re.compile(r"/dev/(?:md/|md_?\d)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """A disk as the file names it: its device, and who names it. `disk` is the one that the machine has there."""

    device: str
    element: Element
    disk: Disk | None = None

    @property
    def line(self) -> int:
        """Where it is named."""
        return self.element.line

    @property
    def key(self) -> str:
        """What two names of the same disk have in common, as far as that is known."""
        return self.disk.path if self.disk else self.device

    def rule(self, disks: Sequence[Disk]) -> dict[str, Value]:
        """Give the rule: a stable link as it is; else the serial number, WWN or link of the machine's disk."""
        if self.disk is None or self.device.startswith(BY_ID):
            return {"path": self.device}
        for name in ("serial", "wwn"):
            value = getattr(self.disk, name)
            if value and sum(getattr(other, name) == value for other in disks) == 1:
                return {name: value}
        return {"path": next(iter(self.disk.links), self.device)}

    def why_unstable(self) -> str:
        """Tell why the rule would not find the disk again; nothing for one that would."""
        if self.device.startswith(_ISCSI):
            return "names an iSCSI disk, which Zeus cannot use"
        if self.device.startswith(_EDD):
            return "is a link that XCP-ng's installer alone has"
        if self.device.startswith(BY_ID) or (self.disk and (self.disk.serial or self.disk.wwn or self.disk.links)):
            return ""
        if self.disk:
            return "has neither serial number nor WWN nor a stable link"
        if self.device.count("/") > 2:
            return f"is no link below {BY_ID}"
        return "is a name of the kernel's, which is not stable"


def named(element: Element, text: str, machine: Machine | None) -> Named:
    """Read the name of a disk as normalize_disk (answerfile.py) does: a bare name lies in /dev."""
    device = text if text.startswith((_ISCSI, "/dev/")) else f"/dev/{text}"
    disks = machine.disks if machine else ()
    disk = next((disk for disk in disks if device in (disk.path, f"/dev/{disk.name}", *disk.links)), None)
    return Named(device=device, element=element, disk=disk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Disks:
    """What the disks of an answer file are for. An array is its members, and stands in `arrays` by its device."""

    primary: tuple[Named, ...]
    guests: tuple[Named, ...]
    primary_is_mirror: bool
    on_primary: bool
    arrays: dict[str, tuple[Named, ...]]


def read_disks(reading: Reading, primary: Element) -> Disks | None:
    """Read `primary-disk`, `guest-disk` and `raid`; None when errors say why that cannot be done."""
    arrays = _arrays(reading)
    system = _primary(reading, primary, arrays)
    if system is None:
        return None
    mirror = len(system) > 1
    named_here = primary.text if not is_swraid(reading, primary) else ""
    own = {disk.key for disk in system} | ({named(primary, named_here, reading.machine).key} if named_here else set())
    guests: dict[str, Named] = {}
    on_primary = is_true(primary, "guest-storage", default=True)
    for element in reading.all("guest-disk"):
        if not element.text:
            reading.draft.error(element.line, "<guest-disk> is empty")
            continue
        disk = named(element, element.text, reading.machine)
        if disk.key in own:
            _tell_shared(reading, disk, on_primary=on_primary)
            on_primary = True
        elif disk.key in guests:
            text = f"<guest-disk> {said(element.text)} repeats line {guests[disk.key].line}"
            reading.draft.note(element.line, text)
        else:
            guests[disk.key] = disk
    _tell_unused(reading, arrays, {named(primary, named_here, reading.machine).key, *guests})
    return Disks(
        primary=system,
        guests=tuple(guests.values()),
        primary_is_mirror=mirror,
        on_primary=on_primary,
        arrays=arrays,
    )


def is_swraid(reading: Reading, primary: Element) -> bool:
    """Whether `primary-disk` names the two halves of a mirror."""
    return reading.dialect is Dialect.XENSERVER and is_true(primary, "swraid", default=False)


def is_array(disk: Named) -> bool:
    """Whether the name is that of a software RAID."""
    return _ARRAY.match(disk.device) is not None


def describe(disk: Named) -> str:
    """Name the disk for people: what the machine has there, else the name."""
    return f"{disk.device} ({disk_name(disk.disk)})" if disk.disk else disk.device


def _tell_shared(reading: Reading, disk: Named, *, on_primary: bool) -> None:
    if not on_primary:
        reading.draft.warning(
            disk.line,
            f"<guest-disk> {said(disk.element.text)} is the primary disk: it counts as guest-storage, whatever that"
            " says",
        )


def _primary(reading: Reading, primary: Element, arrays: dict[str, tuple[Named, ...]]) -> tuple[Named, ...] | None:
    draft = reading.draft
    if not primary.text:
        draft.error(primary.line, "<primary-disk> is empty")
        return None
    if not is_swraid(reading, primary):
        disk = named(primary, primary.text, reading.machine)
        return arrays.get(disk.device, (disk,))
    halves = [half.strip() for half in primary.text.split(",")]
    if len(halves) != 2 or not all(halves):
        text = f"<primary-disk> with swraid is {said(primary.text)}, wants two disks with a comma between them"
        draft.error(primary.line, text)
        return None
    there = [half for half in halves if half != _MISSING]
    if not there:
        draft.error(primary.line, "<primary-disk> with swraid: one of its two disks may be missing, not both")
        return None
    if len(there) == 1:
        text = f"one half of the mirror is missing: {there[0]} is taken as a disk of its own"
        draft.warning(primary.line, text, "make the mirror in the kickstart: raid, part")
    disks = {disk.key: disk for disk in (named(primary, half, reading.machine) for half in there)}
    if len(disks) < len(there):
        draft.error(primary.line, f"<primary-disk> with swraid is {said(primary.text)}: that is one disk")
        return None
    return tuple(disks.values())


def _arrays(reading: Reading) -> dict[str, tuple[Named, ...]]:
    arrays: dict[str, tuple[Named, ...]] = {}
    lines: dict[str, int] = {}
    for raid in reading.all("raid") if reading.dialect is Dialect.XCP_NG else ():
        device, disks = attribute(raid, "device"), reading.all("disk", raid)
        empty = [disk for disk in disks if not disk.text]
        for disk in empty:
            reading.draft.error(disk.line, "<disk> is empty")
        if not device or empty:
            continue
        members = {member.key: member for member in (named(disk, disk.text, reading.machine) for disk in disks)}
        if len(members) < 2:
            reading.draft.error(raid.line, f"<raid> has {len(members)} disk(s), wants two or more")
            continue
        where = named(raid, device, None).device
        if where in arrays:
            text = f"<raid> {where} is there twice: the one of line {lines[where]} does not count"
            reading.draft.warning(raid.line, text)
        arrays[where], lines[where] = tuple(members.values()), raid.line
    return arrays


def _tell_unused(reading: Reading, arrays: dict[str, tuple[Named, ...]], used: set[str]) -> None:
    for raid in reading.all("raid"):
        device = named(raid, attribute(raid, "device"), None).device
        if device in arrays and device not in used:
            text = f"<raid> {device} is used by neither <primary-disk> nor <guest-disk>, and is left out"
            reading.draft.warning(raid.line, text)
