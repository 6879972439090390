"""Where the partition of the storage repository goes: pure arithmetic, in bytes."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from zeus_installer.machine.model import Disk

MIB: Final = 1024 * 1024
# UEFI specification 2.10, 5.3: the header and at least 16 KiB of entries at both ends of the disk.
_GPT_ENTRIES: Final = 16 * 1024
# Linux LVM (Discoverable Partitions Specification); XCP-ng's installer gives its SR the same.
SR_PARTITION_TYPE: Final = "e6d6d379-f507-44c2-a23c-238f2a3df928"


@dataclass(frozen=True, slots=True, kw_only=True)
class SrPartition:
    """A partition to be made. Its `name` is unique to the host: by it our own is known again after a power cut."""

    number: int
    start: int
    size: int
    name: str

    @property
    def end(self) -> int:
        """The first byte behind it."""
        return self.start + self.size


def sr_partition_name(host: str) -> str:
    """Name the SR partition of the host with UUID `host`, as the GPT stores it (36 characters at most)."""
    return f"localsr-{host[:8]}"


def on_whole_disk(disk: Disk, *, name: str) -> SrPartition:
    """Give the one partition of a new table: all of the disk."""
    start, end = _usable(disk)
    return SrPartition(number=1, start=start, size=end - start, name=name)


def in_biggest_gap(disk: Disk, *, name: str) -> SrPartition:
    """Give the partition that fills the biggest aligned gap; its size is 0 when there is none."""
    start, end = max(gaps(disk), key=lambda gap: gap[1] - gap[0], default=(MIB, MIB))
    taken = {partition.number for partition in disk.partitions}
    number = next(number for number in range(1, len(taken) + 2) if number not in taken)
    return SrPartition(number=number, start=start, size=end - start, name=name)


def gaps(disk: Disk) -> Iterator[tuple[int, int]]:
    """Give the unpartitioned ranges (start, end), aligned to 1 MiB and inside of what a GPT can use."""
    position, last = _usable(disk)
    for partition in sorted(disk.partitions, key=lambda partition: partition.start):
        end = min(_align_down(partition.start), last)
        if end > position:
            yield position, end
        position = max(position, _align_up(partition.start + partition.size))
    if last > position:
        yield position, last


def _usable(disk: Disk) -> tuple[int, int]:
    return MIB, max(MIB, _align_down(disk.size - disk.logical_sector - _GPT_ENTRIES))


def _align_down(position: int) -> int:
    return position // MIB * MIB


def _align_up(position: int) -> int:
    return -(-position // MIB) * MIB
