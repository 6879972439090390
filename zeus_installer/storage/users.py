"""What runs on a disk at this moment, through any stack: mounted file systems and swap, as the kernel knows them."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from zeus_installer.storage.device import Device
from zeus_installer.system.errors import ZeusError, sentence_list

_MOUNTS: Final = Path("/proc/self/mountinfo")
_SWAPS: Final = Path("/proc/swaps")


def refuse_users(device: Device) -> None:
    """Raise a `ZeusError` when a file system on `device`, or on anything stacked on it, is mounted, or swap is on."""
    stack = set(_stack(device.sysfs))
    users = [*_mounted_on(stack), *_swapping_on(stack)]
    if users:
        raise ZeusError(
            "storage.busy",
            f"{device.path} is in use: {sentence_list(users)}",
            hint="unmount it or turn the swap off if the disk really is to be wiped; nothing was written",
        )


def _stack(sysfs: Path) -> Iterator[str]:
    """Give the numbers (`8:16`) of a device, its partitions and everything that holds them."""
    yield (sysfs / "dev").read_text().strip()
    for above in (*sysfs.glob("holders/*"), *(file.parent for file in sysfs.glob("*/partition"))):
        yield from _stack(above.resolve())


def _mounted_on(stack: set[str]) -> Iterator[str]:
    for line in _MOUNTS.read_text().splitlines():
        fields = line.split(" ")
        source = fields[fields.index("-") + 2]
        # A btrfs mount has a number of its own: its source tells the device.
        if fields[2] in stack or _number_of(source) in stack:
            yield f"mounted on {fields[4].encode().decode('unicode_escape')}"


def _swapping_on(stack: set[str]) -> Iterator[str]:
    if _SWAPS.exists():
        for line in _SWAPS.read_text().splitlines()[1:]:
            path = line.split()[0]
            if _number_of(path) in stack:
                yield f"swap on {path}"


def _number_of(path: str) -> str | None:
    if not path.startswith("/"):
        return None
    try:
        number = Path(path).stat().st_rdev
    except OSError:
        return None
    return f"{os.major(number)}:{os.minor(number)}" if number else None
