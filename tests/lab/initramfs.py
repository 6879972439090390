"""The lab's small initramfs: busybox and lvm. A full one costs 8 s of every emulated boot."""

import lzma
import os
import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.lab.kernel import Modules, module_name, read_modules
from tests.lab.tools import run, words

# When each set is loaded: always; with an NVMe controller; with a root volume.
MODULES: Final = {"base": "crc32c_generic virtio_blk ext4", "nvme": "nvme", "lvm": "dm_mod"}
APPLETS: Final = words("sh mount umount mkdir insmod ls cat echo sleep switch_root findfs reboot uname dmesg")
INIT: Final = Path(__file__).parent / "files" / "init"


def make_initramfs(tree: Path, out: Path) -> None:
    """Write an initramfs that mounts `root=` (UUID, LABEL, device or LVM volume) and starts its init."""
    with tempfile.TemporaryDirectory() as scratch:
        top = Path(scratch)
        for name in words("bin dev etc/lvm lib lib64 modules newroot proc run sys"):
            (top / name).mkdir(parents=True)
        add_programs(tree, top)
        add_modules(read_modules(tree), top / "modules")
        shutil.copy(INIT, top / "init")
        names = "\n".join(sorted(str(path.relative_to(top)) for path in top.rglob("*")))
        archive = run_in(top, ["cpio", "--quiet", "--create", "--format=newc", "--owner=0:0"], names)
        run(["zstd", "-q", "-3", "-o", out, archive])
        archive.unlink()


def run_in(top: Path, command: Sequence[str], stdin: str) -> Path:
    """Run cpio in `top`; the archive is put beside it."""
    archive = top.with_suffix(".cpio")
    run([*command, "--directory", top, "--file", archive], stdin=stdin)
    return archive


def add_programs(tree: Path, top: Path) -> None:
    """busybox with its applets, and lvm with its libraries."""
    shutil.copy(tree / "usr/bin/busybox", top / "bin/busybox")
    for applet in APPLETS:
        (top / "bin" / applet).symlink_to("busybox")
    shutil.copy(tree / "usr/sbin/lvm", top / "bin/lvm")
    for word in run(["chroot", tree, "ldd", "/usr/sbin/lvm"]).split():
        if word.startswith("/"):
            target = top / word.lstrip("/")
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(tree / os.path.realpath(f"{tree}{word}").removeprefix(f"{tree}/"), target)


def add_modules(modules: Modules, out: Path) -> None:
    """The modules, unpacked, a directory for each set, under names that sort in loading order."""
    for name, members in MODULES.items():
        (out / name).mkdir()
        for number, file in enumerate(modules.ordered(members.split())):
            (out / name / f"{number:02}-{module_name(file)}.ko").write_bytes(unpacked(modules.directory / file))


def unpacked(file: Path) -> bytes:
    """A module's bytes without its compression."""
    match file.suffix:
        case ".xz":
            return lzma.decompress(file.read_bytes())
        case ".ko":
            return file.read_bytes()
        case other:
            raise ValueError(f"{file}: unknown module compression {other}")
