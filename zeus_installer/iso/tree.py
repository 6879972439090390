"""What distribution an installer's ISO has, and where its kernel lies: `.treeinfo`, or what lorax always does."""

import configparser
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zeus_installer.iso.volume import Volume
from zeus_installer.iso.xorriso import extract, list_files
from zeus_installer.system.errors import UsageError

ARCHITECTURE: Final = "x86_64"
TREEINFO: Final = "/.treeinfo"
DISCINFO: Final = "/.discinfo"
# share/templates.d/99-generic/x86.tmpl of lorax.
_KERNEL: Final = "/images/pxeboot/vmlinuz"
_INITRD: Final = "/images/pxeboot/initrd.img"
_STAGE2: Final = "/images/install.img"
_NAME_A_NETINSTALL: Final = f"name the netinstall ISO of Fedora or Enterprise Linux for {ARCHITECTURE}"


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeInfo:
    """An installer's tree. The paths are those on the ISO, with a leading `/`."""

    name: str
    version: str
    arch: str
    kernel: str
    initrd: str
    stage2: str
    files: frozenset[str]


def read_tree(volume: Volume) -> TreeInfo:
    """Tell what is on the ISO; one that has no installer, or that of another architecture, is a `UsageError`."""
    files = list_files(volume.path)
    found = _read(volume.path, files)
    if found.arch and found.arch != ARCHITECTURE:
        raise UsageError(
            "iso.architecture",
            f"{volume.path} is for {found.arch}; Zeus makes hosts of {ARCHITECTURE} machines",
            hint=_NAME_A_NETINSTALL,
        )
    missing = sorted({found.kernel, found.initrd, found.stage2} - files)
    if missing or not found.arch:
        lack = missing[0] if missing else f"neither {TREEINFO} nor {DISCINFO}"
        raise UsageError(
            "iso.no_installer",
            f"{volume.path} ({volume.label}) is not the medium of an Anaconda installer: it has {_no(lack)}",
            hint=_NAME_A_NETINSTALL,
        )
    return found


def _no(lack: str) -> str:
    return lack if lack.startswith("neither") else f"no {lack}"


def _read(iso: Path, files: frozenset[str]) -> TreeInfo:
    with tempfile.TemporaryDirectory(prefix="zeus-iso-") as scratch:
        there = {name: Path(scratch, name.strip("/.")) for name in (TREEINFO, DISCINFO) if name in files}
        extract(iso, there)
        text = {name: path.read_text(errors="replace") for name, path in there.items()}
    # Time, release, architecture; the release is a version, or a name that ends in one.
    _, release, arch, *_ = [*(line.strip() for line in text.get(DISCINFO, "").splitlines()), "", "", ""]
    described = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        described.read_string(text.get(TREEINFO, ""))
    except configparser.Error as error:
        raise UsageError("iso.treeinfo", f"{iso}: {TREEINFO} cannot be read: {error.message}") from error
    arch = described.get("general", "arch", fallback=arch)
    images = f"images-{arch}"
    return TreeInfo(
        name=described.get("release", "name", fallback=described.get("general", "family", fallback="")),
        version=described.get("release", "version", fallback=release.split(" ")[-1]),
        arch=arch,
        kernel=_absolute(described.get(images, "kernel", fallback=_KERNEL)),
        initrd=_absolute(described.get(images, "initrd", fallback=_INITRD)),
        stage2=_absolute(described.get("stage2", "mainimage", fallback=_STAGE2)),
        files=files,
    )


def _absolute(path: str) -> str:
    return f"/{path.lstrip('/')}"
