"""The block devices and what stands on what: disks, partitions, and the LVM, md and crypt devices above them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from zeus_installer.machine.tree import Tree
from zeus_installer.machine.udev import Asked, Record, read_record

_BY_CLASS = "sys/class/block"
_BY_DISK = "sys/block"
# Not disks and nothing that a disk could be part of; a busy host has hundreds.
_NOISE = re.compile(r"(ram|zram|fd|sr)\d+|mtdblock\d+")
_UUID_PREFIXES = {"LVM-": "lvm", "CRYPT-": "luks", "mpath-": "multipath", "DMRAID-": "md"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A block device: its kernel name, its directory in sysfs, and its parent when it is a partition.

    `below` are the devices that it stands on; `kind` is `lvm`, `luks`, `multipath`, `md`, `bcache`, `holder` (another
    layer) or `device` (a disk, a partition, a loop); `examined`: udev or who was asked instead knows what is on it.
    """

    name: str
    directory: str
    parent: str | None
    number: str | None
    udev: Record
    examined: bool
    below: tuple[str, ...] = ()
    mapper_name: str | None = None
    kind: str = "device"

    @property
    def path(self) -> str:
        """The device node. sysfs writes `!` for `/`."""
        return f"/dev/{self.name.replace('!', '/')}"


@dataclass(frozen=True)
class Blocks:
    """All block devices by name."""

    by_name: dict[str, Block] = field(default_factory=dict)

    @cached_property
    def above(self) -> dict[str, tuple[str, ...]]:
        """What stands directly on each device, without its partitions."""
        above: dict[str, tuple[str, ...]] = {}
        for block in self.by_name.values():
            for name in block.below:
                above[name] = (*above.get(name, ()), block.name)
        return above

    @cached_property
    def _by_path(self) -> dict[str, str]:
        paths: dict[str, str] = {}
        for block in self.by_name.values():
            mapper = (f"/dev/mapper/{block.mapper_name}",) if block.mapper_name else ()
            paths.update(dict.fromkeys((*block.udev.links, *mapper, block.path), block.name))
        return paths

    @cached_property
    def _by_number(self) -> dict[str, str]:
        return {block.number: block.name for block in self.by_name.values() if block.number}

    def find(self, *, path: str | None = None, number: str | None = None) -> Block | None:
        """Give the device of a number (`8:1`) or a path (a node, a link, `UUID=…`, `LABEL=…`)."""
        name = self._by_number.get(number or "") or self._by_path.get(as_path(path or ""))
        return self.by_name.get(name or "")

    def foundations(self, block: Block) -> Iterator[Block]:
        """Give the device and all that it stands on, down to the disks, the nearest first."""
        seen = {block.name}
        pending = [block]
        while pending:
            current = pending.pop(0)
            yield current
            names = (*current.below, *((current.parent,) if current.parent else ()))
            pending += [self.by_name[name] for name in names if name in self.by_name and name not in seen]
            seen.update(names)


def as_path(source: str) -> str:
    """Give the link below /dev/disk that stands for a tag (`UUID=…`); anything else stays as it is."""
    tag, equals, value = source.partition("=")
    directory = {"UUID": "by-uuid", "LABEL": "by-label", "PARTUUID": "by-partuuid", "PARTLABEL": "by-partlabel"}.get(
        tag
    )
    return f"/dev/disk/{directory}/{value.strip(chr(34))}" if equals and directory else source


def read_blocks(tree: Tree, *, asked: Asked) -> Blocks:
    """Read sysfs and the udev database; `asked` is asked for devices that the database does not know."""
    directories = {name: f"{_BY_CLASS}/{name}" for name in tree.names(_BY_CLASS)}
    directories |= {name: f"{_BY_DISK}/{name}" for name in tree.names(_BY_DISK)}
    places = {name: tree.real(path) for name, path in directories.items() if not _NOISE.fullmatch(name)}
    for name, place in list(places.items()):
        # A recording may lack /sys/class/block: the partitions are also in their disk's directory.
        inside = (
            part for part in tree.names(place) if part.startswith(name) and tree.exists(f"{place}/{part}/partition")
        )
        places |= {part: f"{place}/{part}" for part in inside if part not in places}
    return Blocks({name: _read_block(tree, name, place, places, asked) for name, place in sorted(places.items())})


def _read_block(tree: Tree, name: str, place: str, places: dict[str, str], asked: Asked) -> Block:
    number = tree.line(f"{place}/dev")
    parent = place.rpartition("/")[0].rpartition("/")[2]
    record = read_record(tree, "b", number)
    if record is None and not name.startswith(("loop", "dm-")) and (properties := asked(name)) is not None:
        record = Record(properties)
    return Block(
        name=name,
        directory=place,
        parent=parent if parent in places and parent != name else None,
        number=number,
        udev=record or Record(),
        examined=record is not None,
        below=tree.names(f"{place}/slaves"),
        mapper_name=tree.line(f"{place}/dm/name"),
        kind=_kind(tree, name, place),
    )


def _kind(tree: Tree, name: str, place: str) -> str:
    if tree.is_dir(f"{place}/md"):
        return "md"
    if name.startswith("bcache"):
        return "bcache"
    uuid = tree.line(f"{place}/dm/uuid") or ""
    by_uuid = (kind for prefix, kind in _UUID_PREFIXES.items() if uuid.startswith(prefix))
    return next(by_uuid, "holder" if name.startswith("dm-") else "device")
