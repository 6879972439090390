"""Reading a GUID partition table, without a library: nothing is opened for writing, nothing is repaired on the way.

A table counts only when its MBR protects it (without, the kernel does not look for it) and when both of its copies are
whole and agree: a write that a power cut tore is seen as no table.
Format: UEFI specification 2.10, chapter 5.3.
"""

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final
from uuid import UUID
from zlib import crc32

_SIGNATURE: Final = b"EFI PART"
_HEADER: Final = struct.Struct("<8sIII4xQQQQ16sQIII")
_ENTRY: Final = struct.Struct("<16s16sQQQ72s")
_CRC_OFFSET: Final = 16
_MOST_ENTRIES: Final = 1024
_MBR_ENTRIES: Final = range(446, 510, 16)
_MBR_TYPE_OFFSET: Final = 4
_PROTECTIVE: Final = 0xEE


@dataclass(frozen=True, slots=True, kw_only=True)
class GptEntry:
    """A partition; `start` and `size` are bytes, `type` and `uuid` lower-case GUIDs."""

    number: int
    start: int
    size: int
    type: str
    uuid: str
    name: str


@dataclass(frozen=True, slots=True)
class _Header:
    alternate: int
    entries_at: int
    entries: int
    entry_size: int
    entries_crc: int


def read_gpt(device: Path, *, sector: int) -> tuple[GptEntry, ...] | None:
    """Read the partitions of a device (or image) with logical sectors of `sector` bytes, in the order of their numbers.

    None when there is no table, or when one of its copies is damaged or differs from the other.
    """
    with device.open("rb") as file:
        primary = _header(file, lba=1, sector=sector) if _is_protected(file) else None
        backup = primary and _header(file, lba=primary.alternate, sector=sector)
        if not primary or not backup:
            return None
        tables = {_entries(file, header, sector=sector) for header in (primary, backup)}
    table = tables.pop()
    if tables or table is None:
        return None
    return tuple(_decode(table, primary.entry_size, sector=sector))


def _is_protected(file: BinaryIO) -> bool:
    data = _read(file, 0, 512)
    return data[510:] == b"\x55\xaa" and any(data[entry + _MBR_TYPE_OFFSET] == _PROTECTIVE for entry in _MBR_ENTRIES)


def _header(file: BinaryIO, *, lba: int, sector: int) -> _Header | None:
    data = _read(file, lba * sector, sector)
    if len(data) < _HEADER.size:
        return None
    signature, _, length, crc, own, alternate, _, _, _, at, count, entry_size, entries_crc = _HEADER.unpack_from(data)
    if signature != _SIGNATURE or own != lba or not _HEADER.size <= length <= len(data):
        return None
    blanked = data[:_CRC_OFFSET] + bytes(4) + data[_CRC_OFFSET + 4 : length]
    if crc32(blanked) != crc or count > _MOST_ENTRIES or not _ENTRY.size <= entry_size <= sector:
        return None
    return _Header(alternate, at, count, entry_size, entries_crc)


def _entries(file: BinaryIO, header: _Header, *, sector: int) -> bytes | None:
    data = _read(file, header.entries_at * sector, header.entries * header.entry_size)
    return data if crc32(data) == header.entries_crc else None


def _read(file: BinaryIO, position: int, length: int) -> bytes:
    try:
        file.seek(position)
    except (OSError, ValueError, OverflowError):
        return b""  # a damaged header points anywhere
    return file.read(length)


def _decode(table: bytes, entry_size: int, *, sector: int) -> list[GptEntry]:
    entries = []
    for index in range(len(table) // entry_size):
        kind, unique, first, last, _, name = _ENTRY.unpack_from(table, index * entry_size)
        if any(kind):
            entries.append(
                GptEntry(
                    number=index + 1,
                    start=first * sector,
                    size=(last - first + 1) * sector,
                    type=str(UUID(bytes_le=kind)),
                    uuid=str(UUID(bytes_le=unique)),
                    name=name.decode("utf-16-le", errors="replace").split("\0")[0],
                )
            )
    return entries
