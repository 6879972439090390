"""The ISO that a medium is made from, or that somebody looks into."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from zeus_installer.iso.record import RECORD, Record
from zeus_installer.iso.tree import TreeInfo, read_tree
from zeus_installer.iso.volume import Volume, read_volume
from zeus_installer.iso.xorriso import extract
from zeus_installer.system.codec import decode
from zeus_installer.system.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """An installer's ISO. `record` is there when `zeus iso build` made it."""

    volume: Volume
    tree: TreeInfo
    record: Record | None

    @property
    def path(self) -> Path:
        """Where it lies."""
        return self.volume.path

    def text(self, path: str) -> str:
        """Give the text of a file on it."""
        return self.texts([path])[path]

    def texts(self, paths: list[str]) -> dict[str, str]:
        """Give the texts of files on it."""
        return _texts(self.path, paths)


def open_source(iso: Path) -> Source:
    """Tell what an ISO is. What is no installer's ISO for our architecture is a `UsageError` that says why."""
    volume = read_volume(iso)
    tree = read_tree(volume)
    record = None
    if RECORD in tree.files:
        try:
            record = decode(Record, json.loads(_texts(iso, [RECORD])[RECORD]))
        except (UsageError, ValueError) as error:
            raise UsageError(
                "iso.record",
                f"{iso}: {RECORD} is not what this version of zeus writes: {error}",
                hint="make the medium again, from the distribution's own ISO",
            ) from error
    return Source(volume=volume, tree=tree, record=record)


def _texts(iso: Path, paths: list[str]) -> dict[str, str]:
    with tempfile.TemporaryDirectory(prefix="zeus-iso-") as scratch:
        places = {path: Path(scratch, str(number)) for number, path in enumerate(paths)}
        extract(iso, places)
        return {path: place.read_text(encoding="utf-8", errors="replace") for path, place in places.items()}
