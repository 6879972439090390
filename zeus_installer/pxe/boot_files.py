"""What all machines of a tree have in common: kernel, initrd, second stage, boot programs, add-on, kickstart."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zeus_installer.iso.addon_image import addon_image
from zeus_installer.iso.given import FOR_NETWORKS, kickstart_text
from zeus_installer.iso.source import Source, open_source
from zeus_installer.iso.tree import TREEINFO
from zeus_installer.iso.xorriso import extract
from zeus_installer.pxe.grub import INITRD, KERNEL, main_menu
from zeus_installer.pxe.ipxe import MAIN, main_script
from zeus_installer.system.run import run

EFI: Final = "EFI/BOOT"
GRUB: Final = "boot/grub2"
# What the firmware of a BIOS machine starts over the network.
BIOS_PROGRAM: Final = f"{GRUB}/i386-pc/core.0"
# Shim and GRUB as the distribution has signed them.
UEFI_PROGRAM: Final = f"{EFI}/BOOTX64.EFI"
_MODULES: Final = (Path("/usr/lib/grub/i386-pc"),)
_MAKERS: Final = ("grub-mknetdir", "grub2-mknetdir")
_ADDON: Final = ("images/product.img", "images/updates.img")
_HOW_TO_BIOS: Final = (
    "install grub-pc-bin (Debian) or grub2-tools-extra and grub2-pc-modules (Fedora), and render again"
)
_PUBLIC: Final = 0o644
Say = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programs:
    """What firmware starts, as paths in the tree; None is what could not be made."""

    bios: str | None
    uefi: str | None
    ipxe: str


def put_boot_files(tree: Path, iso: Path, *, url: str, base_path: str, kickstart: Path | None, say: Say) -> Programs:
    """Put everything into `tree`, which is served as `url` (`base_path` is the path of that)."""
    source = open_source(iso)
    say(f"{iso}: {source.tree.name} {source.tree.version} for {source.tree.arch}")
    _put_installer(tree, source)
    # Anaconda takes both; an image that the distribution has there stays.
    place = next((name for name in _ADDON if source.record or f"/{name}" not in source.tree.files), _ADDON[-1])
    (tree / place).write_bytes(addon_image())
    write(tree / "zeus/zeus.ks", kickstart_text(kickstart, default=FOR_NETWORKS))
    write(tree / MAIN, main_script(url))
    return Programs(
        bios=_put_bios_grub(tree, base_path, say),
        uefi=_put_uefi_grub(tree, source, base_path, say),
        ipxe=MAIN,
    )


def write(path: Path, text: str) -> None:
    """Write a file of the tree, which every server may read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _put_installer(tree: Path, source: Source) -> None:
    info = source.tree
    wanted = {info.kernel: tree / KERNEL, info.initrd: tree / INITRD, info.stage2: tree / info.stage2.lstrip("/")}
    wanted |= {name: tree / name.lstrip("/") for name in (TREEINFO, "/images/product.img") if name in info.files}
    for place in wanted.values():
        place.parent.mkdir(parents=True, exist_ok=True)
    extract(source.path, wanted)
    for place in wanted.values():
        place.chmod(_PUBLIC)


def _put_uefi_grub(tree: Path, source: Source, base_path: str, say: Say) -> str | None:
    programs = {name: tree / name.lstrip("/") for name in source.tree.files if _is_uefi_program(name)}
    if f"/{UEFI_PROGRAM}" not in programs:
        say(f"{source.path} has no /{UEFI_PROGRAM}: UEFI machines need an iPXE of their own, which reads {MAIN}")
        return None
    (tree / EFI).mkdir(parents=True, exist_ok=True)
    extract(source.path, programs)
    for place in programs.values():
        place.chmod(_PUBLIC)
    write(tree / EFI / "grub.cfg", main_menu(base_path))
    return UEFI_PROGRAM


def _is_uefi_program(name: str) -> bool:
    return name.startswith(f"/{EFI}/") and name.lower().endswith(".efi")


def _put_bios_grub(tree: Path, base_path: str, say: Say) -> str | None:
    """GRUB's program and its modules, of this machine's GRUB: the distribution's ISO has none for networks."""
    maker = next((name for name in _MAKERS if shutil.which(name)), None)
    modules = next((path for path in _MODULES if path.is_dir()), None)
    if maker is None or modules is None:
        say(f"GRUB for BIOS is not on this machine: BIOS machines need iPXE, which reads {MAIN}; else {_HOW_TO_BIOS}")
        return None
    options = ("--locales=", "--fonts=", "--themes=", f"--directory={modules}", f"--subdir=/{GRUB}")
    run([maker, f"--net-directory={tree}", *options])
    # mknetdir leaves a menu that loads the one beside it; ours is that one.
    write(tree / GRUB / "grub.cfg", main_menu(base_path))
    return BIOS_PROGRAM
