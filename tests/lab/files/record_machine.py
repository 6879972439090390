"""Runs in a guest as root: prints, as base64, a tar of what a probe of that machine would read.

What cannot be a plain file is written as text (CPUID); what only has to be there is left empty (ACPI's tables).
"""

import base64
import gzip
import io
import os
import struct
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path("/")
FILES = """
proc/cpuinfo proc/meminfo proc/cmdline proc/version proc/swaps proc/interrupts proc/self/mountinfo
proc/net/fib_trie proc/net/route proc/net/if_inet6 proc/net/bonding/* proc/bus/pci/devices
proc/sys/kernel/osrelease proc/sys/kernel/hostname proc/xen/capabilities
sys/devices/system/cpu/online sys/devices/system/cpu/present
sys/devices/system/cpu/cpu[0-9]*/topology/physical_package_id sys/devices/system/cpu/cpu[0-9]*/topology/core_id
sys/firmware/acpi/tables/DMAR sys/firmware/acpi/tables/IVRS sys/firmware/efi/efivars/SecureBoot-*
sys/class/dmi/id sys/devices/virtual/dmi/id/sys_vendor sys/devices/virtual/dmi/id/product_name
sys/class/iommu/* sys/class/iommu/*/*-iommu/*
sys/hypervisor/type sys/hypervisor/version/* sys/hypervisor/properties/capabilities
boot/grub2/grubenv etc/hostname etc/os-release usr/lib/os-release
"""
NAMES = "sys/firmware/acpi/tables/* sys/firmware/efi/efivars/Boot*"
DIRECTORIES = "sys/firmware/efi sys/firmware/memmap sys/class/iommu sys/kernel/iommu_groups/*"
BLOCK = """
dev size ro removable hidden partition start serial wwid queue/logical_block_size queue/physical_block_size
queue/rotational device device/model device/serial device/wwid device/transport dm/name dm/uuid md/level slaves/*
holders/*
"""
NET = "address addr_assign_type carrier speed operstate type ifindex device device/uevent device/driver"
LEAVES = (0, 1, 7, 0x80000000, 0x80000001, 0x80000002, 0x80000003, 0x80000004, 0x8000000A)


class Recorder:
    """A tar in the making; each name goes in once."""

    def __init__(self, tar: tarfile.TarFile) -> None:
        self.tar = tar
        self.seen: set[str] = set()

    def add(self, path: Path, data: bytes = b"", *, kind: bytes = tarfile.REGTYPE, link: str = "") -> None:
        """Add an entry under the path's own name."""
        name = str(path.relative_to(ROOT))
        if name in self.seen:
            return
        self.seen.add(name)
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname, entry.size = kind, link, len(data)
        entry.mode = 0o755 if kind == tarfile.DIRTYPE else 0o644
        self.tar.addfile(entry, io.BytesIO(data))

    def copy(self, path: Path) -> None:
        """Add a link as a link and a file with what can be read of it; a path through links by its real place."""
        path = path if path.parts[1] == "proc" else path.parent.resolve() / path.name
        if path.is_symlink():
            self.add(path, kind=tarfile.SYMTYPE, link=str(path.readlink()))
        elif path.is_file():
            try:
                self.add(path, path.read_bytes())
            except OSError:
                return  # sysfs answers so for what does not apply, such as the speed of a card that is down


def found(patterns: str, base: Path = ROOT) -> Iterator[Path]:
    """Give what the patterns match below `base`."""
    for pattern in patterns.split():
        yield from sorted(base.glob(pattern))


def record_devices(recorder: Recorder, devices: str, attributes: str, skipped: tuple[str, ...]) -> None:
    for device in found(devices):
        if device.is_symlink() and not device.name.startswith(skipped):
            recorder.copy(device)
            for attribute in found(attributes, device.resolve()):
                recorder.copy(attribute)


def record_udev(recorder: Recorder) -> None:
    for kind, numbers in (("b", "sys/class/block/*/dev"), ("n", "sys/class/net/*/ifindex")):
        for number in found(numbers):
            recorder.copy(ROOT / f"run/udev/data/{kind}{number.read_text().strip()}")


def record_cpuid(recorder: Recorder) -> None:
    lines = ["# mask e[abcd]x => e[abcd]x"]
    device = os.open("/dev/cpu/0/cpuid", os.O_RDONLY)
    for leaf in LEAVES:
        eax, ebx, ecx, edx = struct.unpack("<4I", os.pread(device, 16, leaf))
        lines.append(f"1 {leaf:x} 0 0 0 => {eax:x} {ebx:x} {ecx:x} {edx:x}")
    recorder.add(ROOT / "dev/cpu/0/cpuid", "".join(f"{line}\n" for line in lines).encode())


def record_kernels(recorder: Recorder) -> None:
    for config in found("boot/config-*"):
        lines = (line for line in config.read_text().splitlines() if line.startswith("CONFIG_XEN"))
        recorder.add(config, "".join(f"{line}\n" for line in lines).encode())


def main() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as tar:
        recorder = Recorder(tar)
        for path in found(FILES):
            recorder.copy(path)
        for path in found(DIRECTORIES):
            recorder.add(path, kind=tarfile.DIRTYPE)
        for path in found(NAMES):
            recorder.add(path)
        record_devices(recorder, "sys/class/block/*", BLOCK, ("loop", "ram", "zram"))
        record_devices(recorder, "sys/class/net/*", NET, ())
        record_udev(recorder)
        record_cpuid(recorder)
        record_kernels(recorder)
    sys.stdout.write(base64.encodebytes(gzip.compress(buffer.getvalue(), mtime=0)).decode())


main()
