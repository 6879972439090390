"""Why a disk must not, or cannot, become a storage repository. The first reason that holds is told."""

from collections.abc import Callable, Sequence
from typing import Final

from zeus_installer.answers.model import Storage
from zeus_installer.checks.disk_rules import plain_wwn, why_not_empty
from zeus_installer.machine.model import Disk, Use
from zeus_installer.storage.layout import MIB, in_biggest_gap
from zeus_installer.storage.text import size_text
from zeus_installer.system.errors import sentence_list

# sm clears 10 MiB, gives LVM 10 MiB of metadata and its MGT volume 4 MiB, and an ext4 journal takes up to 64 MiB
# (LVHDSR.py, EXTSR.py, lvutil.py); below this no guest's disk would fit into what is left.
MINIMUM_SIZE: Final = 1024 * MIB
_MINIMUM: Final = "1 GiB, the least for an SR and the disk of one guest"
_RELEASABLE: Final = frozenset({"lvm", "md", "luks", "multipath"})
_SHARED: Final = frozenset({"lvm", "md", "zfs", "bcache"})
_VHD_TYPES: Final = frozenset({"ext", "lvm"})

Reason = Callable[[Disk, Sequence[Disk], Storage], str | None]


def why_unusable(disk: Disk, disks: Sequence[Disk], storage: Storage) -> str | None:
    """Tell why `disk`, one of `disks`, cannot be used as `storage` wants it, or None when it can."""
    reasons = _FREE_SPACE if storage.space == "free-space" else _WHOLE_DISK
    return next((text for reason in reasons if (text := reason(disk, disks, storage))), None)


def shared_with(disk: Disk, disks: Sequence[Disk]) -> tuple[Use, Disk] | None:
    """Find what lies on `disk` and on another disk too (a volume group, an array): it cannot be released alone."""
    for use in disk.all_uses:
        for other in disks:
            names = {(there.kind, there.name) for there in other.all_uses}
            if use.kind in _SHARED and use.name and other is not disk and (use.kind, use.name) in names:
                return use, other
    return None


def _system(disk: Disk, _disks: Sequence[Disk], _storage: Storage) -> str | None:
    return "holds the running system" if disk.system else None


def _claimed(disk: Disk, _disks: Sequence[Disk], _storage: Storage) -> str | None:
    return "is one that the installer uses" if disk.claimed else None


def _install_medium(disk: Disk, _disks: Sequence[Disk], _storage: Storage) -> str | None:
    return "is the medium that this system was started from" if disk.install_medium else None


def _read_only(disk: Disk, _disks: Sequence[Disk], _storage: Storage) -> str | None:
    return "is read-only" if disk.read_only else None


def _removable(disk: Disk, _disks: Sequence[Disk], _storage: Storage) -> str | None:
    return "is removable" if disk.removable else None


def _ambiguous(disk: Disk, disks: Sequence[Disk], _storage: Storage) -> str | None:
    paths = [other.path for other in disks if other is not disk and _same_wwn(disk, other)]
    if paths and not any(other.serial != disk.serial for other in disks if other.path in paths):
        return f"is one of several paths to one disk (also {sentence_list(paths)})"
    twins = [other.path for other in disks if other is not disk and _cannot_be_told_apart(disk, other)]
    return f"has the same serial number as {sentence_list(twins)}" if twins else None


def _in_use(disk: Disk, _disks: Sequence[Disk], storage: Storage) -> str | None:
    releasable = _RELEASABLE if storage.wipe == "listed-disks" else frozenset()
    # An active file system is a mounted one, and the mount is listed too.
    active = [use for use in disk.all_uses if use.active and use.kind not in {*releasable, "filesystem"}]
    return f"is in use: {sentence_list(dict.fromkeys(map(_how_used, active)))}" if active else None


def _not_empty(disk: Disk, _disks: Sequence[Disk], storage: Storage) -> str | None:
    return why_not_empty(disk) if storage.wipe == "only-if-empty" else None


def _too_small(disk: Disk, _disks: Sequence[Disk], _storage: Storage) -> str | None:
    return f"is smaller than {_MINIMUM}" if disk.size < MINIMUM_SIZE else None


def _sectors(disk: Disk, _disks: Sequence[Disk], storage: Storage) -> str | None:
    # XCP-ng has an SR type of its own (largeblock) for such disks: the VHD tools cannot work on them.
    if disk.logical_sector == 512 or storage.sr_type not in _VHD_TYPES:
        return None
    return f"has sectors of {disk.logical_sector} bytes, and disks on an {storage.sr_type} SR need 512"


def _no_gpt(disk: Disk, _disks: Sequence[Disk], _storage: Storage) -> str | None:
    return None if disk.table == "gpt" else "has no GPT to add a partition to"


def _no_gap(disk: Disk, _disks: Sequence[Disk], _storage: Storage) -> str | None:
    size = in_biggest_gap(disk, name="").size
    return f"its biggest gap is {size_text(size)}, less than {_MINIMUM}" if size < MINIMUM_SIZE else None


def _same_wwn(one: Disk, other: Disk) -> bool:
    return bool(one.wwn and other.wwn) and plain_wwn(one.wwn or "") == plain_wwn(other.wwn or "")


def _cannot_be_told_apart(one: Disk, other: Disk) -> bool:
    different_wwn = one.wwn and other.wwn and not _same_wwn(one, other)
    return bool(one.serial) and one.serial == other.serial and not different_wwn


def _how_used(use: Use) -> str:
    return {"mount": f"mounted on {use.name}", "swap": "swap"}.get(use.kind, f"{use.kind} {use.name}".strip())


_EVERYWHERE: Final[tuple[Reason, ...]] = (_install_medium, _read_only, _removable, _ambiguous)
_WHOLE_DISK: Final[tuple[Reason, ...]] = (_system, _claimed, *_EVERYWHERE, _in_use, _not_empty, _too_small, _sectors)
_FREE_SPACE: Final[tuple[Reason, ...]] = (*_EVERYWHERE, _no_gpt, _no_gap, _sectors)
