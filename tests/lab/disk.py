"""The plain host's disk image: partitions, file systems and GRUB, written natively, without mounting anything.

GRUB's pieces are placed as grub-install places them; the menu itself is made by a real grub2-mkconfig in the guest
(images.py). An image is for one firmware, as an installer leaves it: a BIOS system has no system partition, and a UEFI
system has no GRUB modules in /boot.
"""

import os
import shutil
import struct
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from tests.lab.bootfiles import make_grub_image
from tests.lab.filesystems import make_ext4, make_fat, make_xfs
from tests.lab.tools import run

MIB: Final = 1024 * 1024
SECTOR: Final = 512
DISK_SIZE: Final = 16 * 1024 * MIB
ROOT_SIZE: Final = 4 * 1024 * MIB
BOOT_SIZE: Final = 512 * MIB
EXTENT_START: Final = MIB  # where LVM puts the first physical extent

ROOT_UUID: Final = "0f5a1c1e-6a52-4b5e-9d0e-5b0d3b1f6a01"
BOOT_UUID: Final = "5b7f2a9c-1c6e-4f0a-8a8f-2f1e9c3d7b02"
ESP_ID: Final = "7A65-7573"
VOLUME_GROUP: Final = "fedora"

TYPES: Final = {
    "bios": "21686148-6449-6E6F-744E-656564454649",
    "esp": "C12A7328-F81F-11D2-BA4B-00A0C93EC93B",
    "linux": "0FC63DAF-8483-4772-8E79-3D69D8477DE4",
    "lvm": "E6D6D379-F507-44C2-A23C-238F2A3DF928",
}

Firmware = Literal["bios", "uefi"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where / and /boot are: `boot` is /boot's own file system, or None when it is part of the root's."""

    boot: Literal["ext4", "xfs"] | None = None
    lvm: bool = False

    @property
    def root_device(self) -> str:
        """`root=` on the kernel's command line."""
        return f"/dev/mapper/{VOLUME_GROUP}-root" if self.lvm else f"UUID={ROOT_UUID}"

    @property
    def kernel_arguments(self) -> str:
        """What an installer would put into /etc/kernel/cmdline."""
        lvm = f" rd.lvm.lv={VOLUME_GROUP}/root" if self.lvm else ""
        return f"root={self.root_device} ro{lvm} console=tty0 console=ttyS0,115200"


LAYOUTS: Final = {
    "plain": Layout(),
    "boot-ext4": Layout(boot="ext4"),
    "boot-xfs": Layout(boot="xfs"),
    "lvm-root": Layout(lvm=True, boot="ext4"),
    "lvm-boot": Layout(lvm=True),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Partition:
    """A partition of the image, in bytes."""

    kind: Literal["bios", "esp", "linux", "lvm"]
    start: int
    size: int


def write_disk(tree: Path, out: Path, *, layout: Layout, firmware: Firmware, grub: Path) -> None:
    """Write the image. `tree` is the installed system; `grub` the Debian tree, for GRUB's and mkfs's programs."""
    first, *others = partitions(layout, firmware)
    with tempfile.TemporaryDirectory(prefix=".disk-", dir=out.parent) as scratch, staged(tree, Path(scratch)) as root:
        finish_tree(root, layout, firmware)
        out.touch()
        os.truncate(out, DISK_SIZE)
        write_table(out, [first, *others])
        if firmware == "bios":
            write_bios_grub(out, first, root, layout, grub)
        else:
            write_esp(out, first, root, Path(scratch))
        if layout.boot:
            boot = Path(scratch) / "boot-files"
            (root / "boot").rename(boot)
            (root / "boot").mkdir()
            image = Path(scratch) / "boot.image"
            make = make_xfs if layout.boot == "xfs" else make_ext4
            make(boot, image, size=BOOT_SIZE, uuid=BOOT_UUID, programs=grub)
            copy_sparse(image, out, others[0].start)
        image = Path(scratch) / "root.image"
        last = others[-1]
        make_ext4(root, image, size=ROOT_SIZE, uuid=ROOT_UUID, programs=grub)
        if layout.lvm:
            make_volume(out, last)
        copy_sparse(image, out, last.start + (EXTENT_START if layout.lvm else 0))


def partitions(layout: Layout, firmware: Firmware) -> list[Partition]:
    """The partitions in their order, from 1 MiB on; the rest of the disk stays free."""
    kinds: list[tuple[Literal["bios", "esp", "linux", "lvm"], int]] = []
    kinds.append(("bios", MIB) if firmware == "bios" else ("esp", 64 * MIB))
    if layout.boot:
        kinds.append(("linux", BOOT_SIZE))
    kinds.append(("lvm", ROOT_SIZE + 8 * MIB) if layout.lvm else ("linux", ROOT_SIZE))
    result = []
    start = MIB
    for kind, size in kinds:
        result.append(Partition(kind=kind, start=start, size=size))
        start += size
    return result


@contextmanager
def staged(tree: Path, scratch: Path) -> Iterator[Path]:
    """A copy of the tree made of hard links: files may be replaced and added there, never changed in place."""
    root = scratch / "root"
    run(["cp", "-al", tree, root])
    yield root


def replace(path: Path, content: str | bytes, mode: int = 0o644) -> None:
    """Put a new file at `path`, whatever was there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    path.chmod(mode)


def finish_tree(root: Path, layout: Layout, firmware: Firmware) -> None:
    """What an installer writes after the packages."""
    replace(root / "etc/fstab", "".join(f"{line}\n" for line in mounts(layout, firmware)))
    replace(root / "etc/hostname", "plain.lab.example\n")
    replace(root / "etc/kernel/cmdline", f"{layout.kernel_arguments}\n")
    replace(root / "boot/grub2/grubenv", b"# GRUB Environment Block\n".ljust(1024, b"#"))
    if firmware == "bios":
        shutil.copytree(root / "usr/lib/grub/i386-pc", root / "boot/grub2/i386-pc")
    else:
        replace(root / "boot/efi/EFI/fedora/grub.cfg", efi_stub(layout), 0o700)


def mounts(layout: Layout, firmware: Firmware) -> Iterator[str]:
    """The lines of /etc/fstab; nothing is checked at boot, which saves seconds of it."""
    root = layout.root_device if layout.lvm else f"UUID={ROOT_UUID}"
    yield f"{root} / ext4 defaults 0 0"
    if layout.boot:
        yield f"UUID={BOOT_UUID} /boot {layout.boot} defaults 0 0"
    if firmware == "uefi":
        yield f"UUID={ESP_ID} /boot/efi vfat umask=0077,shortname=winnt 0 0"


def grub_directory(layout: Layout) -> tuple[str, str]:
    """The UUID of the file system that GRUB's directory is on, and its path there."""
    return (BOOT_UUID, "/grub2") if layout.boot else (ROOT_UUID, "/boot/grub2")


def efi_stub(layout: Layout) -> str:
    """The configuration beside grubx64.efi, as Anaconda writes it."""
    uuid, path = grub_directory(layout)
    lines = f"search --no-floppy --fs-uuid --set=dev {uuid}", f"set prefix=($dev){path}", "export $prefix"
    return "\n".join((*lines, "configfile $prefix/grub.cfg", ""))


def write_table(image: Path, table: list[Partition]) -> None:
    """The GPT."""
    rows = [f"start={item.start // SECTOR}, size={item.size // SECTOR}, type={TYPES[item.kind]}" for item in table]
    run(["sfdisk", "--quiet", image], stdin="\n".join(["label: gpt", *rows]) + "\n")


def write_bios_grub(image: Path, partition: Partition, root: Path, layout: Layout, grub: Path) -> None:
    """boot.img in the first sector and core.img in the BIOS boot partition, linked as grub-bios-setup does
    (grub-core/boot/i386/pc/boot.S and diskboot.S: kernel_sector at 0x5c, block list at the end of the first sector)."""
    uuid, path = grub_directory(layout)
    core_file = root / "boot/grub2/i386-pc/core.img"
    modules = ["biosdisk", "part_gpt", "search_fs_uuid", "lvm", "xfs", "ext2"]
    config = f"search.fs_uuid {uuid} root\nset prefix=($root){path}\n"
    make_grub_image(grub, "i386-pc", core_file, prefix=path, modules=modules, config=config)
    boot = bytearray((root / "boot/grub2/i386-pc/boot.img").read_bytes())
    core = bytearray(core_file.read_bytes())
    first = partition.start // SECTOR
    boot[0x5C:0x64] = struct.pack("<Q", first)
    boot[0x66:0x68] = b"\x90\x90"
    core[500:512] = struct.pack("<QHH", first + 1, -(-len(core) // SECTOR) - 1, 0x820)
    with image.open("r+b") as stream:
        stream.write(boot[:440])
        stream.seek(partition.start)
        stream.write(core)


def write_esp(image: Path, partition: Partition, root: Path, scratch: Path) -> None:
    """The system partition, with what the packages put into /boot/efi."""
    fat = scratch / "esp.image"
    make_fat(root / "boot/efi", fat, size=partition.size, volume_id=ESP_ID)
    shutil.rmtree(root / "boot/efi")
    (root / "boot/efi").mkdir(mode=0o700)
    copy_sparse(fat, image, partition.start)


def make_volume(image: Path, partition: Partition) -> None:
    """Volume group and linear volume `root`, by lvm on a loop device, without activation (so no device-mapper)."""
    config = (
        'global{activation=0} backup{backup=0 archive=0} devices{use_devicesfile=0 filter=["a|^/dev/loop|","r|.*|"]}'
    )
    loop = run(
        ["losetup", "--find", "--show", "--offset", f"{partition.start}", "--sizelimit", f"{partition.size}", image]
    )
    device = loop.strip()
    try:
        for command in (
            ["pvcreate", "--dataalignment", f"{EXTENT_START}b", device],
            ["vgcreate", VOLUME_GROUP, device],
            ["lvcreate", "-an", "-Zn", "-Wn", "--name", "root", "--size", f"{ROOT_SIZE}b", VOLUME_GROUP],
        ):
            run(["lvm", command[0], "-qq", "--config", config, *command[1:]])
    finally:
        run(["losetup", "--detach", device])


def copy_sparse(source: Path, target: Path, offset: int) -> None:
    """Copy `source` into `target` at `offset` bytes; its holes stay holes."""
    with source.open("rb") as reader, target.open("r+b") as writer:
        end = os.fstat(reader.fileno()).st_size
        position = 0
        while position < end:
            try:
                position = os.lseek(reader.fileno(), position, os.SEEK_DATA)
            except OSError:
                return
            hole = os.lseek(reader.fileno(), position, os.SEEK_HOLE)
            while position < hole:
                done = os.copy_file_range(
                    reader.fileno(), writer.fileno(), hole - position, position, offset + position
                )
                position += done
