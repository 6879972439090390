"""xorriso, which reads and writes ISOs on a stream: nothing is mounted, and nothing is unpacked."""

import re
import shlex
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from zeus_installer.system.run import run

# An appended partition, as it is made again: its number, and its type in xorriso's own words.
_APPENDED: Final = re.compile(r"^-append_partition (\d+) (\S+) ", re.MULTILINE)


def xorriso(iso: Path, *words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run it on an ISO that exists."""
    return run(["xorriso", "-indev", iso, *words])


def list_files(iso: Path) -> frozenset[str]:
    """Give the paths of all files, each with a leading `/`."""
    lines = xorriso(iso, "-find", "/", "-type", "f").stdout.splitlines()
    return frozenset(path for line in lines for path in shlex.split(line))


def extract(iso: Path, files: Mapping[str, Path]) -> None:
    """Copy files out: path inside to path outside, whose directory exists. A directory is copied with what is in it."""
    if files:
        moves = [word for inside, outside in files.items() for word in ("-extract", inside, outside)]
        xorriso(iso, "-osirrox", "on:auto_chmod_on", *moves)
        for outside in files.values():
            # The medium's files are read-only.
            outside.chmod(outside.stat().st_mode | 0o200)


def extract_boot_images(iso: Path, directory: Path) -> Sequence[Path]:
    """Copy out what the firmware boots: El Torito images and partitions of the system area."""
    xorriso(iso, "-osirrox", "on", "-extract_boot_images", directory)
    return sorted(directory.iterdir())


def appended_partition(iso: Path) -> tuple[str, str] | None:
    """Give number and type of the partition behind the volume, if the ISO has one (lorax since Fedora 37)."""
    match = _APPENDED.search(xorriso(iso, "-report_el_torito", "cmd").stdout)
    return (match[1], match[2]) if match else None


def firmwares(iso: Path) -> Sequence[str]:
    """Give the firmwares that the ISO boots in as a CD: `BIOS`, `UEFI`."""
    rows = (line.split() for line in xorriso(iso, "-report_el_torito", "plain").stdout.splitlines())
    platforms = [row[6] for row in rows if row[:5] == ["El", "Torito", "boot", "img", ":"]]
    return [name for name in ("BIOS", "UEFI") if name in platforms]


def boots_as_disk(iso: Path) -> bool:
    """Whether the ISO boots when it is written to a USB disk: it has boot code and a partition table."""
    summary = xorriso(iso, "-report_system_area", "plain").stdout
    return any(word in summary for word in ("grub2-mbr", "isohybrid", "GPT"))


def remaster(iso: Path, out: Path, changes: Iterable[str | Path]) -> None:
    """Write `out`: the ISO with `changes` (xorriso's words), which boots as the ISO did."""
    run(["xorriso", "-indev", iso, "-outdev", out, "-boot_image", "any", "replay", *changes])
