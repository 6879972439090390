"""What a medium of ours says about itself: /zeus/build.json."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from zeus_installer.iso.entries import DIRECTORY
from zeus_installer.system.errors import UsageError

RECORD: Final = f"{DIRECTORY}/build.json"
# The files of the medium that ours took the place of, as they were.
ORIGINAL: Final = f"{DIRECTORY}/original"


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """The ISO that the medium was made from."""

    file: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """How the medium was made. `changed` and `added` are paths on it outside of /zeus, `added` with their SHA-256."""

    version: int = 1
    zeus: str
    base: Base
    unattended: bool = False
    answers: tuple[str, ...] = ()
    append: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    added: dict[str, str] = field(default_factory=dict)


def made_already(iso: Path, record: Record) -> UsageError:
    """The error about an ISO that Zeus is on already."""
    return UsageError(
        "iso.made_already",
        f"{iso} was made by zeus iso build (Zeus {record.zeus}, from {record.base.file})",
        hint="name the distribution's own ISO, or take what Zeus put on it off again with --replace",
    )
