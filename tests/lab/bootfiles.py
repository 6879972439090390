"""Boot files that are made once from the Debian tree: the initramfs, GRUB as a UEFI program, the bare kernel."""

import shutil
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tests.lab.cache import part, recipe
from tests.lab.initramfs import make_initramfs
from tests.lab.kernel import kernel_version
from tests.lab.roots import debian_key, debian_tree
from tests.lab.tools import run, words

# What Fedora's signed grubx64.efi has built in, of the modules that exist here. multiboot2 is not among them.
EFI_MODULES: Final = words(
    "all_video boot btrfs cat chain configfile echo efifwsetup efinet ext2 fat font gfxmenu gfxterm gzio halt hfsplus "
    "http iso9660 jpeg loadenv loopback lvm mdraid09 mdraid1x minicmd net normal part_apple part_gpt part_msdos "
    "password_pbkdf2 png reboot regexp search search_fs_file search_fs_uuid search_label serial sleep test tftp "
    "video xfs linux ls terminal"
)


def boot_files() -> Path:
    """A directory with `initramfs.img`, `grubx64.efi` and `vmlinuz`."""
    return part("boot", [*debian_key(), recipe("bootfiles.py", "files/init", "initramfs.py")], make_boot_files)


def make_boot_files(directory: Path) -> None:
    """Make them."""
    tree = debian_tree()
    make_initramfs(tree, directory / "initramfs.img")
    shutil.copy(tree / "boot" / f"vmlinuz-{kernel_version(tree)}", directory / "vmlinuz")
    make_grub_image(tree, "x86_64-efi", directory / "grubx64.efi", prefix="/EFI/fedora", modules=EFI_MODULES)


def make_grub_image(
    tree: Path, platform: str, out: Path, *, prefix: str, modules: Sequence[str], config: str = ""
) -> None:
    """grub-mkimage with the tree's own modules; `config` is run before anything else."""
    with tempfile.NamedTemporaryFile("w", suffix=".cfg") as early:
        early.write(config)
        early.flush()
        options = ["--config", early.name] if config else []
        directory = tree / "usr/lib/grub" / platform
        command = [*tree_program(tree, "usr/bin/grub-mkimage"), "-d", directory, "-O", platform, "-p", prefix]
        run([*command, "-o", out, *options, *modules])


def tree_program(tree: Path, program: str) -> list[Path | str]:
    """Run a program of the tree, with the tree's libraries, on this machine's files."""
    libraries = tree / "usr/lib/x86_64-linux-gnu"
    return [tree / "usr/lib64/ld-linux-x86-64.so.2", "--library-path", libraries, tree / program]
