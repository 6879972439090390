"""Screen 3, the storage repository: every disk of the machine, what is on it, and what may be destroyed."""

from collections.abc import Sequence
from typing import Final, Literal

from zeus_installer.answers.model import Storage
from zeus_installer.checks.disk_safety import why_unusable
from zeus_installer.checks.disks import check_disks
from zeus_installer.machine.model import Disk
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import Choice, Constant, Option, Pick, Row, Screen, Text, picked
from zeus_installer.storage.text import contents, size_text

_LOCAL: Final = frozenset({"ext", "lvm"})
_SR_TYPES: Final = (
    Option(key="ext", label="ext", note="thin: guests' disks are files that grow; the usual choice", value="ext"),
    Option(
        key="lvm", label="lvm", note="a volume for each disk, all of its size at once; fast and simple", value="lvm"
    ),
    Option(key="nfs", label="NFS", note="guests' disks are files on a server in the network", value="nfs"),
    Option(key="none", label="none", note="no local storage: it comes later, from a pool or a SAN", value="none"),
)
_SPACES: Final = (
    Option(key="whole-disk", label="whole disks", note="all that is on them is destroyed", value="whole-disk"),
    Option(key="free-space", label="free space", note="only what no partition has; nothing else", value="free-space"),
)
_RAIDS: Final = (
    Option(key="none", label="no RAID", note="the disks' sizes add up; one broken disk loses all", value="none"),
    Option(key="raid1", label="RAID 1", note="each disk holds everything", value="raid1"),
    Option(key="raid10", label="RAID 10", note="stripes over mirrors, for four disks and more", value="raid10"),
)


def _is_local(desk: Desk) -> bool:
    return desk.inputs.get("sr_type", "ext") in _LOCAL


def _free_space(desk: Desk) -> bool:
    return desk.inputs.get("space") == "free-space"


def _wished(desk: Desk) -> Storage:
    """Give what is asked of a disk; what is on it may be destroyed, once that is confirmed."""
    kind: Literal["ext", "lvm"] = "lvm" if desk.inputs.get("sr_type") == "lvm" else "ext"
    if _free_space(desk):
        return Storage(sr_type=kind, space="free-space")
    return Storage(sr_type=kind, wipe="listed-disks")


def _name(disk: Disk, disks: Sequence[Disk]) -> dict[str, str] | None:
    """Name a disk as the answers do: by what stays when its kernel name changes."""
    if disk.serial and [other.serial for other in disks].count(disk.serial) == 1:
        return {"serial": disk.serial}
    if disk.wwn and [other.wwn for other in disks].count(disk.wwn) == 1:
        return {"wwn": disk.wwn}
    return {"path": disk.links[0]} if disk.links else None


def _rows(desk: Desk) -> Sequence[Row]:
    disks = desk.machine.disks if desk.machine else ()
    rows = []
    for disk in disks:
        value = _name(disk, disks)
        unnamed = "" if value else "has no serial number, WWN or stable link by which to name it"
        rows.append(
            Row(
                key=disk.name,
                cells=(disk.model or "disk", disk.serial or "-", size_text(disk.size), disk.transport or "-"),
                more=contents(disk),
                value=dict(value or {}),
                why_not=why_unusable(disk, disks, _wished(desk)) or unnamed,
            )
        )
    return rows


def _only_empty(desk: Desk) -> Sequence[str]:
    empty = [disk.name for disk in (desk.machine.disks if desk.machine else ()) if disk.empty]
    usable = [row.key for row in _rows(desk) if row.key in empty and not row.why_not]
    return usable if len(usable) == 1 else ()


_DISKS: Final = Pick(
    name="disks",
    label="Disks",
    path="storage.disks",
    help="Enter or Space picks a disk. A disk that cannot be used says why. One that is not empty has to be confirmed.",
    heads=("model", "serial", "size", "bus"),
    many=True,
    rows=_rows,
    default=_only_empty,
    visible_when=_is_local,
)


def _doomed(desk: Desk) -> Sequence[Disk]:
    """Give the picked disks that something is on, or may be."""
    if not _is_local(desk) or _free_space(desk) or desk.machine is None:
        return ()
    keys = [row.key for row in picked(_DISKS, desk)]
    return [disk for disk in desk.machine.disks if disk.name in keys and not disk.empty]


def _confirmations(desk: Desk) -> Sequence[Text]:
    disks = desk.machine.disks if desk.machine else ()
    return [
        _confirmation(disk, next(iter((_name(disk, disks) or {"path": disk.path}).items()))) for disk in _doomed(desk)
    ]


def _confirmation(disk: Disk, name: tuple[str, str]) -> Text:
    kind, text = name[0].replace("serial", "serial number"), name[1]
    last = text[-4:]

    def check(typed: str, _desk: Desk) -> str:
        wanted = f"type the last four characters of its {kind} to destroy what is on {disk.path}"
        return "" if typed.strip() == last else wanted

    return Text(
        name=f"confirm {text}",
        label=f"Destroy {text}?",
        help=f"On {disk.path} is: {contents(disk)}. Type the last four characters of its {kind}, {text}.",
        check=check,
    )


SCREEN: Final = Screen(
    id="storage",
    title="Storage",
    intro="Where guests' disks will be kept: the local storage repository (SR).",
    items=(
        Choice(name="sr_type", label="Type", path="storage.sr_type", options=lambda _desk: _SR_TYPES),
        Choice(name="space", label="Use", path="storage.space", options=lambda _desk: _SPACES, visible_when=_is_local),
        _DISKS,
        _confirmations,
        Choice(
            name="raid",
            label="RAID",
            path="storage.raid",
            options=lambda _desk: _RAIDS,
            visible_when=lambda desk: _is_local(desk) and len(picked(_DISKS, desk)) > 1,
        ),
        Constant(
            name="wipe",
            label="",
            path="storage.wipe",
            value=lambda desk: "listed-disks" if _doomed(desk) else None,
        ),
    ),
    judge=check_disks,
)
