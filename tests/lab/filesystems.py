"""File systems made of a directory, in image files, without a mount."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from tests.lab.bootfiles import tree_program
from tests.lab.tools import run


def make_ext4(content: Path, image: Path, *, size: int, uuid: str, programs: Path) -> None:
    """ext4 with `content`, by the mke2fs of the tree `programs`; without the features that GRUB 2.12 cannot read."""
    allocate(image, size)
    features = "^metadata_csum_seed,^orphan_file"
    command = [*tree_program(programs, "usr/sbin/mke2fs"), "-q", "-F", "-t", "ext4", "-O", features, "-U", uuid]
    run([*command, "-E", "lazy_itable_init=1,lazy_journal_init=1,nodiscard", "-d", content, image])


def make_xfs(content: Path, image: Path, *, size: int, uuid: str, programs: Path) -> None:
    """XFS with `content`, by the mkfs.xfs of the tree `programs` and a prototype file (mkfs.xfs(8), -p)."""
    allocate(image, size)
    prototype = image.with_suffix(".prototype")
    lines = ["boot", "0 0", "d--755 0 0", *prototype_lines(content), "$"]
    prototype.write_text("\n".join(lines) + "\n")
    command = tree_program(programs, "usr/sbin/mkfs.xfs")
    run([*command, "-q", "-f", "-m", f"uuid={uuid}", "-p", prototype, image])


def prototype_lines(directory: Path) -> Iterator[str]:
    """The entries of a directory in mkfs.xfs's prototype format; everything belongs to root."""
    for path in sorted(directory.iterdir()):
        mode = path.lstat().st_mode
        permissions = f"{stat.S_IMODE(mode):03o}"
        if stat.S_ISLNK(mode):
            yield f"{path.name} l--777 0 0 {path.readlink()}"
        elif stat.S_ISDIR(mode):
            yield f"{path.name} d--{permissions} 0 0"
            yield from prototype_lines(path)
            yield "$"
        else:
            yield f"{path.name} ---{permissions} 0 0 {path}"


def make_fat(content: Path, image: Path, *, size: int, volume_id: str) -> None:
    """FAT with `content`."""
    allocate(image, size)
    run(["mkfs.vfat", "-i", volume_id.replace("-", ""), image])
    run(["mcopy", "-s", "-i", image, *sorted(content.iterdir()), "::/"])


def allocate(image: Path, size: int) -> None:
    """An empty sparse file of `size` bytes."""
    image.touch()
    os.truncate(image, size)
