"""Clearing what an earlier life left where a new partition begins and ends."""

import os
from typing import Final

from zeus_installer.storage.layout import MIB, SrPartition

# sm clears as much before it makes a volume group (lvutil.py); LUKS2 keeps spare headers up to 4 MiB.
_HEAD: Final = 10 * MIB
# ZFS keeps two labels in the last 512 KiB, md 0.90 and 1.0 their superblock in the last 128 KiB.
_TAIL: Final = MIB


def blank_ends(descriptor: int, partition: SrPartition) -> None:
    """Zero both ends of the coming partition on the open disk, and wait until that is on the disk.

    Otherwise an old volume group or array comes to life the moment udev sees a partition begin where it once did.
    """
    head = min(_HEAD, partition.size)
    tail = max(partition.end - _TAIL, partition.start)
    for position in (*range(partition.start, partition.start + head, MIB), tail):
        os.pwrite(descriptor, bytes(MIB), position)
    os.fsync(descriptor)
