"""The volume of an ISO as its primary volume descriptor tells it (ECMA-119, 8.4)."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zeus_installer.system.errors import UsageError

_SECTOR: Final = 2048
_DESCRIPTOR: Final = 16 * _SECTOR
_PRIMARY: Final = b"\x01CD001"
_APPLICATION_USE: Final = slice(883, 1395)


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """An ISO: its label, the bytes that its volume takes, and whether it has a checksum in it (isomd5sum's)."""

    path: Path
    label: str
    size: int
    has_checksum: bool


def read_volume(iso: Path) -> Volume:
    """Read the descriptor. What is no ISO, or only the beginning of one, is a `UsageError` that says so."""
    try:
        with iso.open("rb") as file:
            file.seek(_DESCRIPTOR)
            descriptor = file.read(_SECTOR)
        there = iso.stat().st_size
    except OSError as error:
        raise UsageError("iso.unreadable", f"{iso}: {(error.strerror or str(error)).lower()}") from error
    if len(descriptor) < _SECTOR or not descriptor.startswith(_PRIMARY):
        raise UsageError(
            "iso.not_an_iso",
            f"{iso} is not an ISO: it has no ISO 9660 volume",
            hint="name the netinstall ISO of the distribution",
        )
    size = int.from_bytes(descriptor[80:84], "little") * _SECTOR
    if there < size:
        raise UsageError(
            "iso.cut_short",
            f"{iso} is cut short: {there} bytes are there, and its volume has {size}",
            hint="download it again, and compare its checksum",
        )
    return Volume(
        path=iso,
        label=descriptor[40:72].decode("ascii", "replace").rstrip(" \x00"),
        size=size,
        has_checksum=b"ISO MD5SUM = " in descriptor[_APPLICATION_USE],
    )
