"""What is on a medium, secrets hidden: for people and for programs."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zeus_installer.answers.dump import dump
from zeus_installer.answers.reader import examine
from zeus_installer.iso.checksum import Checksum, compare
from zeus_installer.iso.content import ISOLINUX_MENU, MENUS
from zeus_installer.iso.entries import DIRECTORY
from zeus_installer.iso.offline import PLACE
from zeus_installer.iso.record import Record
from zeus_installer.iso.source import Source, open_source
from zeus_installer.iso.xorriso import boots_as_disk, firmwares
from zeus_installer.packages.offline import MARKER, OfflineSet
from zeus_installer.system.codec import decode
from zeus_installer.system.secrets import redact

_GRUB_ENTRY: Final = re.compile(r"^\s*menuentry\s+'([^']*)'.*\n\s*linux\w*\s+\S+\s+(.*)$", re.MULTILINE)
_ISOLINUX_ENTRY: Final = re.compile(
    r"^\s*menu label (.*)\n(?:\s*menu default\n)?\s*kernel .*\n\s*append (.*)$", re.MULTILINE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An entry of the boot menu, and what it tells the kernel."""

    title: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Packages:
    """An offline set: for which release, how many packages of each repository, and their bytes together."""

    releasever: str
    repositories: dict[str, int]
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """A medium. `size` is in bytes; `answers` by file name, as TOML; `files` are those below /zeus but packages."""

    file: str
    label: str
    size: int
    distribution: str
    version: str
    arch: str
    firmwares: tuple[str, ...]
    disk: bool
    checksum: Checksum
    zeus: Record | None
    menu: tuple[Entry, ...]
    answers: dict[str, str]
    packages: Packages | None
    files: tuple[str, ...]


def inspect(iso: Path) -> Inspection:
    """Look into a medium, ours or another one. What is no installer's ISO is a `UsageError`."""
    source = open_source(iso)
    tree = source.tree
    return Inspection(
        file=str(iso),
        label=source.volume.label,
        size=iso.stat().st_size,
        distribution=tree.name,
        version=tree.version,
        arch=tree.arch,
        firmwares=tuple(firmwares(iso)),
        disk=boots_as_disk(iso),
        checksum=compare(source.volume),
        zeus=source.record,
        menu=tuple(_menu(source)),
        answers=_answers(source),
        packages=_packages(source),
        files=tuple(sorted(path for path in tree.files if path.startswith(f"{DIRECTORY}/") and not _is_package(path))),
    )


def _menu(source: Source) -> Iterator[Entry]:
    """Give the entries of the first menu that the medium has."""
    for path in MENUS:
        if path in source.tree.files:
            pattern = _ISOLINUX_ENTRY if path == ISOLINUX_MENU else _GRUB_ENTRY
            for match in pattern.finditer(source.text(path)):
                yield Entry(title=match[1].replace("^", ""), words=redact(match[2]))
            return


def _packages(source: Source) -> Packages | None:
    path = f"{PLACE}/{MARKER}"
    if path not in source.tree.files:
        return None
    found = decode(OfflineSet, json.loads(source.text(path)))
    counts = Counter(package.path.partition("/")[0] for package in found.packages)
    return Packages(releasever=found.releasever, repositories=dict(counts), size=found.size)


def _is_package(path: str) -> bool:
    return path.startswith(f"{PLACE}/")


def _answers(source: Source) -> dict[str, str]:
    names = source.record.answers if source.record else ()
    return {name: _shown(source.text(f"{DIRECTORY}/{name}")) for name in names}


def _shown(text: str) -> str:
    """Give answers as TOML without secrets; those that are not good any more are not shown at all."""
    answers, _ = examine(text)
    if answers is None:
        return "# This version of zeus does not understand them; zeus validate FILE says why.\n"
    return redact(dump(answers, secrets=False))
