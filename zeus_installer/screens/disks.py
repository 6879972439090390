"""The disks of the machine as they can be picked for the SR, and the word that is wanted before one is destroyed."""

from collections.abc import Sequence
from typing import Final, Literal

from zeus_installer.answers.model import LOCAL_TYPES, Storage
from zeus_installer.checks.disk_rules import rule_for
from zeus_installer.checks.disk_safety import why_unusable
from zeus_installer.machine.model import Disk
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import Item, Note, Pick, Row, Text, picked
from zeus_installer.storage.text import contents, size_text


def is_local(desk: Desk) -> bool:
    """Whether the SR is one on disks of this machine."""
    return str(desk.inputs.get("sr_type", "ext")) in LOCAL_TYPES


def _free_space(desk: Desk) -> bool:
    return desk.inputs.get("space") == "free-space"


def _wished(desk: Desk) -> Storage:
    """Give what is asked of a disk; what is on it may be destroyed, once that is confirmed."""
    kind: Literal["ext", "lvm"] = "lvm" if desk.inputs.get("sr_type") == "lvm" else "ext"
    if _free_space(desk):
        return Storage(sr_type=kind, space="free-space")
    return Storage(sr_type=kind, wipe="listed-disks")


def _rows(desk: Desk) -> Sequence[Row]:
    disks = desk.machine.disks if desk.machine else ()
    rows = []
    for disk in disks:
        value = rule_for(disk, disks)
        unnamed = "" if value else "has no serial number, WWN or stable link by which to name it"
        rows.append(
            Row(
                key=disk.name,
                cells=(disk.model or "disk", disk.serial or "-", size_text(disk.size), disk.transport or "-"),
                more=contents(disk),
                value=dict(value or {}),
                why_not=why_unusable(disk, disks, _wished(desk)) or unnamed,
                doomed=not disk.empty and not _free_space(desk),
            )
        )
    return rows


def _proposed(desk: Desk) -> Sequence[str]:
    """Give what the answers' default would take: the only empty disk, or the free space of the system's."""
    usable = {row.key for row in _rows(desk) if not row.why_not}
    disks = [disk for disk in (desk.machine.disks if desk.machine else ()) if disk.name in usable]
    fitting = [disk.name for disk in disks if (disk.system if _free_space(desk) else disk.empty)]
    return fitting if len(fitting) == 1 else ()


DISKS: Final = Pick(
    name="disks",
    label="Disks",
    path="storage.disks",
    help="Enter or Space picks a disk. A disk that cannot be used says why. One that is not empty has to be confirmed.",
    heads=("model", "serial", "size", "bus"),
    many=True,
    rows=_rows,
    required="pick a disk",
    default=_proposed,
    visible_when=is_local,
)


def doomed(desk: Desk) -> Sequence[Disk]:
    """Give the picked disks that something is on, or may be."""
    if not is_local(desk) or _free_space(desk) or desk.machine is None:
        return ()
    keys = [row.key for row in picked(DISKS, desk)]
    return [disk for disk in desk.machine.disks if disk.name in keys and not disk.empty]


def confirmations(desk: Desk) -> Sequence[Item]:
    """Give a field for each picked disk that is not empty."""
    disks = desk.machine.disks if desk.machine else ()
    names = [(disk, rule_for(disk, disks) or {"path": disk.path}) for disk in doomed(desk)]
    return [item for disk, name in names for item in _confirmation(disk, *next(iter(name.items())))]


def _confirmation(disk: Disk, kind: str, text: str) -> Sequence[Item]:
    if not text.isascii():
        kind, text = "path", disk.path  # not every console can show, or type, the other
    wanted = f"the last four characters of its {kind.replace('serial', 'serial number')} {text}"

    def check(typed: str, _desk: Desk) -> str:
        return "" if typed.strip() == text[-4:] else f"type {wanted} to destroy what is on {disk.path}"

    doom = f"{disk.path} is not empty: {contents(disk)}. To destroy that, type {wanted}:"
    return (
        Note(lines=lambda _desk: (("bad", doom),)),
        Text(name=f"confirm {text}", label="  destroy it", help=f"Type {wanted}.", check=check),
    )
