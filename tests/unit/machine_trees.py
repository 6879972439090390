"""Small trees that look like a machine to the probes."""

import os
import struct
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Link:
    """A symbolic link, in place of a file's content."""

    to: str


Content = str | bytes | Link

X86_64_FLAGS = "fpu tsc msr pae cx8 cmov mmx fxsr sse sse2 lm"


def plant(root: Path, files: dict[str, Content]) -> Path:
    """Make the files below `root`; a name that ends in `/` is a directory."""
    for name, content in files.items():
        path = root / name
        if name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        match content:
            case Link(to):
                path.symlink_to(to)
            case bytes():
                path.write_bytes(content)
            case str():
                path.write_text(content)
    return root


def cpuinfo(flags: str, *, vendor: str = "GenuineIntel", threads: int = 2, model: str = "Some CPU @ 2.00GHz") -> str:
    """Give a cpuinfo of one socket with two threads a core."""
    return "".join(
        f"processor\t: {number}\nvendor_id\t: {vendor}\nmodel name\t: {model}\nphysical id\t: 0\n"
        f"core id\t\t: {number // 2}\nflags\t\t: {X86_64_FLAGS} {flags}\nbugs\t\t: spectre_v1\n\n"
        for number in range(threads)
    )


def leaf(number: int, *, eax: int = 0, ebx: int = 0, ecx: int = 0, edx: int = 0) -> str:
    """Give a line of a CPUID dump as hwloc-gather-cpuid writes it."""
    return f"1 {number:x} 0 0 0 => {eax:x} {ebx:x} {ecx:x} {edx:x}\n"


def cpuid(*, vmx: bool = False, svm: bool = False, guest: bool = False, npt: bool = False) -> str:
    """Give a CPUID dump of a 64-bit processor."""
    return (
        "# mask e[abcd]x => e[abcd]x\n"
        + leaf(1, eax=0x800F12, ecx=vmx << 5 | guest << 31, edx=0x178BFBFF)
        + leaf(0x80000001, eax=0x800F12, ecx=svm << 2, edx=0x2FD3FBFF)
        + leaf(0x8000000A, eax=1, ebx=0x8000, edx=int(npt))
    )


def write_msrs(path: Path, registers: dict[int, int]) -> None:
    """Make a file that answers as /dev/cpu/N/msr does: 8 bytes at the register's number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        for number, value in sorted(registers.items()):
            os.pwrite(file.fileno(), struct.pack("<Q", value), number)


def disk(
    name: str, *, number: str, size: int = 2097152, place: str = "pci0000:00/0000:00:1f.2/ata1/host0"
) -> dict[str, Content]:
    """Give the sysfs files of a disk; `size` is in units of 512 bytes."""
    where = f"sys/devices/{place}/block/{name}"
    return {
        f"sys/class/block/{name}": Link(f"../../devices/{place}/block/{name}"),
        f"{where}/dev": f"{number}\n",
        f"{where}/size": f"{size}\n",
        f"{where}/removable": "0\n",
        f"{where}/ro": "0\n",
        f"{where}/queue/logical_block_size": "512\n",
        f"{where}/queue/physical_block_size": "4096\n",
        f"{where}/queue/rotational": "0\n",
    }


def part(disk_name: str, number: int, *, device: str, start: int = 2048, size: int = 1048576) -> dict[str, Content]:
    """Give the sysfs files of a partition of a disk made by `disk` with the usual place."""
    name = f"{disk_name}{'p' if disk_name[-1].isdigit() else ''}{number}"
    place = f"devices/pci0000:00/0000:00:1f.2/ata1/host0/block/{disk_name}/{name}"
    return {
        f"sys/class/block/{name}": Link(f"../../{place}"),
        f"sys/{place}/dev": f"{device}\n",
        f"sys/{place}/partition": f"{number}\n",
        f"sys/{place}/start": f"{start}\n",
        f"sys/{place}/size": f"{size}\n",
    }


def layer(name: str, *, number: str, on: list[str], uuid: str = "", mapper: str = "") -> dict[str, Content]:
    """Give the sysfs files of a device that stands on others: device-mapper with a `uuid`, else md."""
    where = f"sys/devices/virtual/block/{name}"
    files: dict[str, Content] = {
        f"sys/class/block/{name}": Link(f"../../devices/virtual/block/{name}"),
        f"{where}/dev": f"{number}\n",
        f"{where}/size": "1048576\n",
        **{f"{where}/slaves/{below}": Link("../../nowhere") for below in on},
    }
    if uuid:
        return files | {f"{where}/dm/uuid": f"{uuid}\n", f"{where}/dm/name": f"{mapper}\n"}
    return files | {f"{where}/md/level": "raid1\n"}


def udev(number: str, *links: str, **properties: str) -> dict[str, Content]:
    """Give the udev database's file of a block device."""
    lines = [*(f"S:{link}" for link in links), "I:123", *(f"E:{name}={value}" for name, value in properties.items())]
    return {f"run/udev/data/b{number}": "\n".join(lines) + "\n"}


def mountinfo(*mounts: tuple[str, str, str, str]) -> str:
    """Give a mountinfo of (device number, point, type, source)."""
    return "".join(
        f"{number} 1 {device} / {point} rw,relatime shared:1 - {kind} {source} rw\n"
        for number, (device, point, kind, source) in enumerate(mounts, start=20)
    )
