"""Disks in the words of people: sizes, names, what is on them, tables of them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from zeus_installer.machine.model import Disk, Partition, Use
from zeus_installer.system.errors import sentence_list

_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB", "PB")
_TABLES: Final[Mapping[str, str]] = {"gpt": "GPT", "dos": "MBR"}
_USES: Final[Mapping[str, str]] = {
    "mount": "mounted on {name}",
    "swap": "swap",
    "lvm": "LVM volume group {name}",
    "md": "Linux RAID member {name}",
    "luks": "LUKS {name}",
    "multipath": "multipath member {name}",
    "bcache": "bcache {name}",
    "zfs": "ZFS pool {name}",
    "filesystem": "{name}",
    "signature": "{name} signature",
    "holder": "held by {name}",
}
_STACKED: Final = frozenset({"lvm", "md", "luks", "multipath", "bcache", "zfs"})


def size_text(size: int) -> str:
    """Give a size as the makers of disks do, in powers of 1000 with three digits: `480 GB`, `1.92 TB`."""
    value, unit = float(size), 0
    while value >= 999.5 and unit < len(_UNITS) - 1:
        value, unit = value / 1000, unit + 1
    return f"{value:.3g} {_UNITS[unit]}"


def disk_name(disk: Disk) -> str:
    """Name a disk so that it can be found in the machine: model, serial, size, device."""
    serial = f"serial {disk.serial}" if disk.serial else "no serial"
    return f"{disk.model or 'disk'}, {serial}, {size_text(disk.size)}, {disk.path}"


def contents(disk: Disk) -> str:
    """Tell what is on a disk: `empty`, or its table, its partitions and what is on each."""
    if disk.empty:
        return "empty"
    parts = [*map(_use, disk.uses), *map(_partition, disk.partitions)]
    if not disk.examined and not parts:
        return "not known"
    if disk.table is None:
        return sentence_list(parts)
    table = f"{_TABLES.get(disk.table, disk.table)} table"
    return f"{table} with {sentence_list(parts)}" if parts else f"{table} without partitions"


def disk_rows(disks: Iterable[tuple[Disk, str]]) -> str:
    """Lay out disks with a remark each in aligned columns: model, serial, size, device, contents, remark."""
    rows = [
        (disk.model or "-", disk.serial or "-", size_text(disk.size), disk.path, contents(disk), remark)
        for disk, remark in disks
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(_row(row, widths) for row in rows)


def _row(row: Sequence[str], widths: Sequence[int]) -> str:
    return "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _partition(partition: Partition) -> str:
    what = sentence_list(map(_use, partition.uses)) if partition.uses else "nothing known"
    label = f" {partition.label!r}" if partition.label else ""
    return f"partition {partition.number}{label} ({what})"


def _use(use: Use) -> str:
    words = _USES.get(use.kind, f"{use.kind} {{name}}").format(name=use.name).strip()
    return f"{words} (active)" if use.active and use.kind in _STACKED else words
