"""A netinstall ISO of Fedora's shape, made from the lab's system: what lorax makes of Fedora's (F37 and later).

BIOS and UEFI, from a CD and as a USB disk: share/templates.d/99-generic/x86.tmpl and efi.tmpl of lorax have the layout
and the options of xorriso. What boots from it does not know Zeus: the add-on comes by the medium's own images.
"""

import configparser
import hashlib
import io
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tests.lab.bootfiles import EFI_MODULES, boot_files, make_grub_image, tree_program
from tests.lab.cache import part, recipe
from tests.lab.filesystems import make_fat
from tests.lab.installer_initramfs import make_installer_initramfs
from tests.lab.plainhost import plain_tree
from tests.lab.roots import debian_tree
from tests.lab.stage2 import SOURCES, guest_files_digest, make_stage2
from tests.lab.tools import run

VERSION: Final = "44"
LABEL: Final = f"Fedora-S-dvd-x86_64-{VERSION}"
TIMESTAMP: Final = "1775000000"
ESP_SIZE: Final = 16 * 1024 * 1024
STAGE2: Final = f"inst.stage2=hd:LABEL={LABEL}"
KERNEL: Final = "/images/pxeboot/vmlinuz"
INITRD: Final = "/images/pxeboot/initrd.img"
# GPT types: an EFI system partition, and Microsoft's basic data, as which the rest of the medium is shown.
ESP_GUID: Final = "C12A7328-F81F-11D2-BA4B-00A0C93EC93B"
DATA_GUID: Final = "EBD0A0A2-B9E5-4433-87C0-68B6B72699C7"


def netinst() -> Path:
    """A directory with `netinst.iso`, and `tree/`: the same files, for a server."""
    own = ("netinst.py", "stage2.py", "installer_initramfs.py", "files/installer-init", "files/udhcpc-script")
    key = [str(plain_tree()), str(boot_files()), recipe(*own, *SOURCES), guest_files_digest()]
    return part("netinst", key, make_netinst)


def make_netinst(out: Path) -> None:
    """Lay the tree out, and write the ISO."""
    tree = out / "tree"
    for name in ("images/pxeboot", "EFI/BOOT", "boot/grub2"):
        (tree / name).mkdir(parents=True)
    shutil.copy(boot_files() / "vmlinuz", tree / KERNEL.lstrip("/"))
    make_installer_initramfs(debian_tree(), tree / INITRD.lstrip("/"))
    make_stage2(tree / "images/install.img", out / "work")
    shutil.rmtree(out / "work")
    make_bios_boot(tree)
    make_uefi_boot(tree, out)
    (tree / ".discinfo").write_text(f"{TIMESTAMP}\n{VERSION}\nx86_64\n")
    (tree / ".treeinfo").write_text(treeinfo(tree))
    write_iso(tree, out / "netinst.iso")


def make_bios_boot(tree: Path) -> None:
    """GRUB's El Torito image, its modules and its menu."""
    grub = plain_tree() / "usr/lib/grub/i386-pc"
    modules = tree / "boot/grub2/i386-pc"
    modules.mkdir()
    for file in sorted(grub.iterdir()):
        if file.suffix in (".lst", ".mod"):
            shutil.copy(file, modules)
    command = [*tree_program(debian_tree(), "usr/bin/grub-mkimage"), "-d", grub, "-O", "i386-pc-eltorito"]
    run([*command, "-p", "/boot/grub2", "-o", tree / "images/eltorito.img", "iso9660", "biosdisk"])
    (tree / "boot/grub2/grub.cfg").write_text(menu("linux", "initrd"))


def make_uefi_boot(tree: Path, out: Path) -> None:
    """GRUB as a UEFI program with its menu: on the medium, and in the image that the firmware boots."""
    boot = tree / "EFI/BOOT"
    make_grub_image(debian_tree(), "x86_64-efi", boot / "BOOTX64.EFI", prefix="/EFI/BOOT", modules=EFI_MODULES)
    (boot / "grub.cfg").write_text(menu("linux", "initrd"))
    staging = out / "esp"
    shutil.copytree(tree / "EFI", staging / "EFI")
    make_fat(staging, tree / "images/efiboot.img", size=ESP_SIZE, volume_id="7A65-1500")
    shutil.rmtree(staging)


def menu(linux: str, initrd: str) -> str:
    """The boot menu, with the entries of Fedora's (config_files/x86 of lorax)."""
    entries: Mapping[str, str] = {
        f"Install Fedora {VERSION}": "quiet",
        f"Test this media & install Fedora {VERSION}": "rd.live.check quiet",
    }
    rescue: Mapping[str, str] = {
        f"Install Fedora {VERSION} in basic graphics mode": "nomodeset quiet",
        "Rescue a Fedora system": "inst.rescue quiet",
    }
    return "".join(
        (
            'set default="1"\n\n',
            "function load_video {\n  insmod all_video\n}\n\n",
            "load_video\nset gfxpayload=keep\ninsmod gzio\ninsmod part_gpt\ninsmod ext2\ninsmod chain\n\n",
            f"set timeout=60\n\nsearch --no-floppy --set=root -l '{LABEL}'\n\n",
            *(entry(title, words, linux, initrd) for title, words in entries.items()),
            "submenu 'Troubleshooting -->' {\n",
            *(entry(title, words, linux, initrd, indent="\t") for title, words in rescue.items()),
            "}\n",
        )
    )


def entry(title: str, words: str, linux: str, initrd: str, indent: str = "") -> str:
    """One entry of the menu."""
    lines = (
        f"menuentry '{title}' --class fedora --class gnu-linux --class gnu --class os {{",
        f"\t{linux} {KERNEL} {STAGE2} {words}",
        f"\t{initrd} {INITRD}",
        "}",
    )
    return "".join(f"{indent}{line}\n" for line in lines)


def treeinfo(tree: Path) -> str:
    """The .treeinfo of productmd, version 1.2."""
    names = (INITRD, KERNEL, "/images/eltorito.img", "/images/efiboot.img", "/images/install.img")
    files = sorted(name.lstrip("/") for name in names)
    parser = configparser.ConfigParser(interpolation=None, delimiters="=")
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    images = {"initrd": INITRD.lstrip("/"), "kernel": KERNEL.lstrip("/")}
    parser.read_dict(
        {
            "checksums": {name: f"sha256:{sha256(tree / name)}" for name in files},
            "general": {
                "arch": "x86_64",
                "family": "Fedora",
                "name": f"Fedora {VERSION}",
                "platforms": "x86_64,xen",
                "timestamp": TIMESTAMP,
                "variant": "Server",
                "version": VERSION,
            },
            "header": {"type": "productmd.treeinfo", "version": "1.2"},
            "images-x86_64": images,
            "images-xen": images,
            "release": {"name": "Fedora", "short": "Fedora", "version": VERSION},
            "stage2": {"mainimage": "images/install.img"},
            "tree": {
                "arch": "x86_64",
                "build_timestamp": TIMESTAMP,
                "platforms": "x86_64,xen",
                "variants": "Server",
            },
        }
    )
    text = io.StringIO()
    parser.write(text)
    return text.getvalue()


def sha256(path: Path) -> str:
    """The digest of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def write_iso(tree: Path, out: Path) -> None:
    """xorriso with the options of lorax: a hybrid that has an El Torito image for each firmware, an MBR and a GPT."""
    run(["xorriso", "-as", "mkisofs", *iso_options(tree), "-o", out, tree])


def iso_options(tree: Path) -> Iterator[str | Path]:
    """What makes it bootable."""
    yield from ("-quiet", "-V", LABEL, "-iso-level", "3", "-R", "-J", "-joliet-long")
    yield from ("--grub2-mbr", plain_tree() / "usr/lib/grub/i386-pc/boot_hybrid.img")
    yield from ("-partition_offset", "16", "-appended_part_as_gpt")
    yield from ("-append_partition", "2", ESP_GUID, tree / "images/efiboot.img")
    yield from ("-iso_mbr_part_type", DATA_GUID, "-c", "boot.cat", "--boot-catalog-hide")
    yield from ("-b", "images/eltorito.img", "-no-emul-boot", "-boot-load-size", "4")
    yield from ("-boot-info-table", "--grub2-boot-info", "-eltorito-alt-boot")
    yield from ("-e", "--interval:appended_partition_2:all::", "-no-emul-boot")
