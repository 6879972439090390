"""A block device as the kernel has it now: its partitions, its holders, locks on it, what `wipefs` sees on it."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zeus_installer.system.errors import ZeusError, sentence_list
from zeus_installer.system.run import run

_SYS_BLOCK: Final = Path("/sys/dev/block")
_SECTOR: Final = 512  # sysfs counts in these whatever the disk's sectors are
_UDEV_SOCKET: Final = Path("/run/udev/control")
_SETTLE_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class KernelPartition:
    """A partition that the kernel knows; sizes in bytes."""

    number: int
    path: Path
    start: int
    size: int


@dataclass(frozen=True, slots=True)
class Device:
    """A block device by its node (`/dev/sda`)."""

    path: Path

    @property
    def sysfs(self) -> Path:
        """Its directory in sysfs. A node that is gone, or no block device, is a `ZeusError`."""
        try:
            number = self.path.stat().st_rdev
        except FileNotFoundError:
            raise ZeusError(
                "storage.gone", f"{self.path} is not there any more", hint="is the disk connected?"
            ) from None
        return (_SYS_BLOCK / f"{os.major(number)}:{os.minor(number)}").resolve()

    @property
    def name(self) -> str:
        """The kernel's name for it (`sda`)."""
        return self.sysfs.name.replace("!", "/")

    @property
    def size(self) -> int:
        """Its size in bytes."""
        return int((self.sysfs / "size").read_text()) * _SECTOR

    @property
    def sector(self) -> int:
        """Its logical sector size in bytes."""
        return int((self.sysfs / "queue/logical_block_size").read_text())

    def partitions(self) -> tuple[KernelPartition, ...]:
        """Its partitions, in the order of their numbers."""
        found = [_kernel_partition(file.parent) for file in self.sysfs.glob("*/partition")]
        return tuple(sorted(found, key=lambda partition: partition.number))

    def holders(self) -> tuple[str, ...]:
        """The kernel's names of what holds it or one of its partitions (`dm-0`, `md127`)."""
        directories = (*self.sysfs.glob("holders/*"), *self.sysfs.glob("*/holders/*"))
        return tuple(sorted({directory.name for directory in directories}))

    def signatures(self) -> tuple[str, ...]:
        """The types of the signatures on it, without those on its partitions (`gpt`, `PMBR`, `LVM2_member`)."""
        answer = run(["wipefs", "--no-act", "--json", self.path]).stdout
        found = json.loads(answer)["signatures"] if answer.strip() else []
        return tuple(signature["type"] for signature in found)

    def make_known(self, *, number: int, start: int, size: int) -> None:
        """Make the kernel know a partition of the table, and leave the others, which may be in use, alone."""
        known = {entry.number: (entry.start, entry.size) for entry in self.partitions()}
        if known.get(number) != (start, size):
            run(["partx", "--update" if number in known else "--add", "--nr", str(number), self.path])

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep udev away from it, so that it assembles nothing meanwhile (systemd.io/BLOCK_DEVICE_LOCKING)."""
        descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    @contextmanager
    def exclusive(self) -> Iterator[int]:
        """Open it for writing so that nothing can mount or claim it; whatever has it already is a `ZeusError`."""
        with self._opened(os.O_RDWR | os.O_EXCL) as descriptor:
            yield descriptor

    def refuse_claimed(self) -> None:
        """Raise a `ZeusError` when something has it or one of its partitions open for itself."""
        with self.exclusive():
            pass

    @contextmanager
    def writable(self) -> Iterator[int]:
        """Open it for writing although parts of it are in use."""
        with self._opened(os.O_RDWR) as descriptor:
            yield descriptor

    @contextmanager
    def _opened(self, flags: int) -> Iterator[int]:
        try:
            descriptor = os.open(self.path, flags | os.O_CLOEXEC)
        except OSError as error:
            holders = f", held by {sentence_list(self.holders())}" if self.holders() else ""
            raise ZeusError(
                "storage.busy",
                f"{self.path} cannot be opened for writing{holders}: {error.strerror}",
                hint=f"see what uses it: lsblk {self.path}; nothing was written",
            ) from error
        try:
            yield descriptor
        finally:
            os.close(descriptor)


def settle() -> None:
    """Wait until udev has seen what happened; without udev there is nothing to wait for."""
    if _UDEV_SOCKET.exists():
        run(["udevadm", "settle", f"--timeout={_SETTLE_SECONDS}"])


def udev_runs() -> bool:
    """Whether udev makes links on this system."""
    return _UDEV_SOCKET.exists()


def _kernel_partition(sysfs: Path) -> KernelPartition:
    # The node's name is in `uevent`: sysfs writes `!` where a name has a slash.
    names = dict(line.split("=", 1) for line in (sysfs / "uevent").read_text().splitlines())
    return KernelPartition(
        number=int((sysfs / "partition").read_text()),
        path=Path("/dev") / names["DEVNAME"],
        start=int((sysfs / "start").read_text()) * _SECTOR,
        size=int((sysfs / "size").read_text()) * _SECTOR,
    )
