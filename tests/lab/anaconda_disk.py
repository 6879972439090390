"""The disk as Anaconda's partitioning makes it of a kickstart: planned first, and made when the queue comes to it.

Runs in the guest. Only what our kickstarts say is known: one disk, plain partitions, `reqpart`.
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.anaconda.modules import Device
from tests.lab.anaconda_boss import PHYSICAL_ROOT, run

MIB: Final = 1024 * 1024
TYPES: Final = {
    "biosboot": "21686148-6449-6E6F-744E-656564454649",
    "efi": "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
    "swap": "0657FD6D-A4AB-43C4-84E5-0933C84B4F4F",
}
LINUX: Final = "0FC63DAF-8483-4772-8E79-3D69D8477DE4"
MKFS: Final[dict[str, tuple[str, ...]]] = {
    # Without what this GRUB cannot read.
    "ext4": ("mkfs.ext4", "-q", "-F", "-O", "^metadata_csum_seed,^orphan_file"),
    "xfs": ("mkfs.xfs", "-q", "-f"),
    "swap": ("mkswap", "-q"),
    "efi": ("mkfs.vfat",),
}
ESP: Final = "/boot/efi"


class PartitioningError(Exception):
    """The kickstart's partitions cannot be made here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A partition to be: its size in bytes, and where it is mounted, if anywhere."""

    name: str
    size: int
    format: str
    mount_point: str = ""

    @property
    def path(self) -> str:
        """Its device."""
        return f"/dev/{self.name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The one disk that Anaconda may use, and its partitions in their order."""

    disk: str
    size: int
    partitions: Sequence[Partition]

    @property
    def free(self) -> int:
        """The bytes that stay free."""
        return self.size - 2 * MIB - sum(partition.size for partition in self.partitions)

    def mounted(self) -> list[Partition]:
        """The partitions that are mounted, each behind the one it is mounted on."""
        return sorted((one for one in self.partitions if one.mount_point), key=lambda one: len(one.mount_point))


def uefi() -> bool:
    """Whether this machine's firmware is UEFI."""
    return Path("/sys/firmware/efi").exists()


def make_plan(handler: Any, disks: Sequence[Device]) -> Plan:
    """What the kickstart's commands mean on these disks."""
    names = [Path(f"/dev/{word}").resolve().name for word in handler.ignoredisk.onlyuse]
    chosen = [disk for disk in disks if disk.name in names and not disk.protected]
    if len(chosen) != 1:
        raise PartitioningError(f"one disk is wanted, not {handler.ignoredisk.onlyuse}")
    (disk,) = chosen
    if not handler.clearpart.initAll:
        raise PartitioningError("only clearpart --all --initlabel is known here")
    plan = Plan(disk=disk.name, size=disk.size, partitions=list(partitions(handler, disk.name)))
    if plan.free < 0:
        raise PartitioningError(f"not enough space on {disk.name}")
    return plan


def partitions(handler: Any, disk: str) -> Iterator[Partition]:
    """The firmware's partition first, then those that the kickstart names."""
    wanted: list[tuple[int, str, str]] = []
    if handler.reqpart.reqpart:
        wanted.append((600, "efi", ESP) if uefi() else (1, "biosboot", ""))
    for part in handler.partition.partitions:
        swap = part.mountpoint == "swap"
        wanted.append((int(part.size), "swap" if swap else part.fstype, "" if swap else part.mountpoint))
    separator = "p" if disk[-1].isdigit() else ""
    for number, (size, kind, point) in enumerate(wanted, 1):
        yield Partition(name=f"{disk}{separator}{number}", size=size * MIB, format=kind, mount_point=point)


def planned_devices(plan: Plan, disks: Sequence[Device]) -> Iterator[Device]:
    """Anaconda's model of storage with the plan in it. Ids are not names, as blivet's are not."""
    for disk in disks:
        if disk.name == plan.disk:
            disk.free = plan.free
        yield disk
    for one in plan.partitions:
        yield Device(
            id=f"PARTITION-{one.name}",
            name=one.name,
            type="partition",
            size=one.size,
            parents=[f"DISK-{plan.disk}"],
            format=one.format,
            mount_point=one.mount_point,
        )


def make_partitions(plan: Plan) -> None:
    """Write the table and the file systems, and mount them at the new system's root."""
    rows = [f"size={one.size // 512}, type={TYPES.get(one.format, LINUX)}" for one in plan.partitions]
    run("wipefs", "--all", "--quiet", f"/dev/{plan.disk}")
    run("sfdisk", "--quiet", "--wipe-partitions=always", f"/dev/{plan.disk}", stdin="\n".join(["label: gpt", *rows]))
    run("udevadm", "settle")
    for one in plan.partitions:
        if one.format in MKFS:
            run(*MKFS[one.format], one.path)
    for one in plan.mounted():
        place = PHYSICAL_ROOT / one.mount_point.lstrip("/")
        place.mkdir(parents=True, exist_ok=True)
        run("mount", one.path, place)


def copy_system(base: Path, root: Path) -> None:
    """Copy the installer's base system as Anaconda's live payload does; FAT keeps neither owners nor modes."""
    esp = ESP.lstrip("/")
    run("sh", "-c", f"tar -C {base} --exclude=./{esp}/EFI -b 512 -c . | tar -C {root} --numeric-owner -b 512 -x")
    shutil.copytree(base / esp, root / esp, copy_function=shutil.copyfile, dirs_exist_ok=True)


def write_configuration(plan: Plan, root: Path) -> None:
    """What the system needs to find its file systems."""
    lines = []
    for one in (*plan.mounted(), *(part for part in plan.partitions if part.format == "swap")):
        kind = "vfat" if one.format == "efi" else one.format
        options = "umask=0077,shortname=winnt" if one.format == "efi" else "defaults"
        lines.append(f"UUID={uuid(one)} {one.mount_point or 'none'} {kind} {options} 0 0\n")
    (root / "etc/fstab").write_text("".join(lines))
    system = next(one for one in plan.partitions if one.mount_point == "/")
    command_line = f"root=UUID={uuid(system)} ro console=tty0 console=ttyS0,115200\n"
    (root / "etc/kernel").mkdir(exist_ok=True)
    (root / "etc/kernel/cmdline").write_text(command_line)


def uuid(partition: Partition) -> str:
    """The file system's UUID."""
    return run("blkid", "-s", "UUID", "-o", "value", partition.path).strip()
