"""The hypervisor's file: which one, and whether GRUB can load it."""

import gzip
import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

from zeus_installer.boot.versions import version_key
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target

_NAME: Final = re.compile(r"xen-(?P<version>\d[^/]*)\.gz")
_LINK: Final = "/boot/xen.gz"

# Multiboot2 specification 2.0, 3.1: a header of four 32-bit words that add up to 0, aligned to 8 bytes, in the first
# 32 KiB. Architecture 0 is protected-mode i386, which is how x86 hypervisors are entered.
_MAGIC: Final = 0xE85250D6
_I386: Final = 0
_WITHIN: Final = 32768
_ALIGNMENT: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Hypervisor:
    """An installed Xen: its file below /boot and its version, as the file name has it."""

    path: str
    version: str


def find_hypervisor(target: Target) -> Hypervisor:
    """Find the Xen to boot: where /boot/xen.gz points, else the newest /boot/xen-<version>.gz."""
    directory = target.path("/boot")
    named = {
        path.name: match["version"] for path in directory.glob("xen-*.gz") if (match := _NAME.fullmatch(path.name))
    }
    files = {name: version for name, version in named.items() if not (directory / name).is_symlink()}
    linked = target.path(_LINK).readlink().name if target.path(_LINK).is_symlink() else ""
    chosen = linked if linked in files else max(files, key=lambda name: version_key(files[name]), default="")
    if not chosen:
        raise ZeusError(
            "boot.xen",
            "there is no /boot/xen-<version>.gz: the hypervisor is not installed",
            hint="the package source must bring it (its system `xen`); zeus resume installs the packages again",
        )
    return Hypervisor(path=f"/boot/{chosen}", version=files[chosen])


def check_hypervisor(target: Target, path: str) -> None:
    """Raise a `ZeusError` unless the file is whole and has the header by which GRUB starts it."""
    try:
        image = gzip.decompress(target.path(path).read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        raise ZeusError(
            "boot.xen",
            f"{path} cannot be read: {error}",
            hint=f"install its package again (rpm -V tells what is broken: {PurePosixPath(path).name})",
        ) from error
    if not is_multiboot2(image):
        raise ZeusError(
            "boot.xen",
            f"{path} has no multiboot2 header: GRUB cannot start it",
            hint="take a Xen that was built for x86 with multiboot2, as all since 4.9 are",
        )


def is_multiboot2(image: bytes) -> bool:
    """Whether `image` starts with a multiboot2 header for x86."""
    head = image[:_WITHIN]
    for offset in range(0, len(head) - 15, _ALIGNMENT):
        header: tuple[int, int, int, int] = struct.unpack_from("<4I", head, offset)
        if header[:2] == (_MAGIC, _I386):
            return sum(header) % (1 << 32) == 0
    return False
