"""Writing a partition table with libparted, to the disk only: the kernel is told by `Device.make_known`."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import _ped
import parted

from zeus_installer.storage.device import Device
from zeus_installer.storage.layout import SrPartition
from zeus_installer.system.errors import ZeusError

_ERRORS: Final = (
    _ped.ConstraintException,
    _ped.DeviceException,
    _ped.DiskException,
    _ped.DiskLabelException,
    _ped.GeometryException,
    _ped.IOException,
    _ped.PartedException,
    _ped.PartitionException,
    _ped.UnknownDeviceException,
)


def write_new_table(device: Device, partition: SrPartition) -> None:
    """Write a new GPT that has only `partition`. Whatever table was there is lost."""
    with _libparted(device) as opened:
        disk = parted.freshDisk(opened, "gpt")
        _add(disk, partition)
        disk.commitToDevice()


def is_in_table(device: Device, partition: SrPartition) -> bool:
    """Whether the table has `partition` already, which is so when a power cut came between its two copies.

    Otherwise its place must be free, and the other partitions where the kernel has them, or it is a `ZeusError`.
    """
    with _libparted(device) as opened:
        present = {_bounds(entry): entry.name for entry in parted.newDisk(opened).partitions}
    ours = (partition.number, partition.start, partition.size)
    if present.get(ours) == partition.name:
        return True
    known = {(entry.number, entry.start, entry.size) for entry in device.partitions()}
    if present.keys() != known:
        raise ZeusError(
            "storage.changed",
            f"the partition table of {device.path} is not the one that the kernel uses",
            hint="reboot so that the kernel reads the table again, then make a new plan",
        )
    if any(start < partition.end and partition.start < start + size for _, start, size in present):
        raise ZeusError(
            "storage.changed",
            f"the gap on {device.path} is not free any more, where partition {partition.number} was to go",
            hint="give this plan up (zeus abandon) and make a new one",
        )
    return False


def add_to_table(device: Device, partition: SrPartition) -> None:
    """Add `partition` to the GPT of a disk that may be in use."""
    with _libparted(device) as opened:
        disk = parted.newDisk(opened)
        _add(disk, partition)
        disk.commitToDevice()


def write_both_copies(device: Device) -> None:
    """Write the table of the disk as it is, both copies of it: a power cut may have torn one."""
    with _libparted(device) as opened:
        parted.newDisk(opened).commitToDevice()


def _add(disk: Any, partition: SrPartition) -> None:  # noqa: ANN401 - pyparted has no types
    sector = disk.device.sectorSize
    geometry = parted.Geometry(device=disk.device, start=partition.start // sector, length=partition.size // sector)
    entry = parted.Partition(disk=disk, type=parted.PARTITION_NORMAL, geometry=geometry)
    disk.addPartition(partition=entry, constraint=parted.Constraint(exactGeom=geometry))
    entry.setFlag(parted.PARTITION_LVM)
    entry.getPedPartition().set_name(partition.name)
    if _bounds(entry) != (partition.number, partition.start, partition.size):
        raise ZeusError(
            "storage.changed",
            f"libparted made partition {entry.number} of {disk.device.path}, the plan says {partition.number}",
            hint="the disk is not as it was when the plan was made: make a new plan",
        )


def _bounds(entry: Any) -> tuple[int, int, int]:  # noqa: ANN401 - pyparted has no types
    sector = entry.geometry.device.sectorSize
    return entry.number, entry.geometry.start * sector, entry.geometry.length * sector


@contextmanager
def _libparted(device: Device) -> Iterator[Any]:
    """Open a device in libparted; its questions are answered by `_answer`, its errors become `ZeusError`s."""
    questions: list[str] = []

    def answer(_kind: int, options: int, message: str) -> int:
        questions.append(" ".join(message.split()))
        return _answer(options)

    parted.register_exn_handler(answer)
    try:
        opened = parted.getDevice(str(device.path))
        try:
            yield opened
        finally:
            opened.removeFromCache()
    except _ERRORS as error:
        raise ZeusError(
            "storage.table",
            f"cannot write the partition table of {device.path}: {'; '.join(questions) or error}",
            hint="check the disk (smartctl -a) and its table (sfdisk --verify)",
        ) from error
    finally:
        parted.clear_exn_handler()


def _answer(options: int) -> int:
    """Repair what a table needs: a backup at the end of a disk that grew, a copy that a power cut tore."""
    for reply in (parted.EXCEPTION_RESOLVE_FIX, parted.EXCEPTION_RESOLVE_OK):
        if options & reply:
            return int(reply)
    return int(parted.EXCEPTION_RESOLVE_UNHANDLED)
