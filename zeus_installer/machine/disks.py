"""The disks: identity, geometry, partitions, and what is on them."""

import re

from zeus_installer.machine.blocks import Block, Blocks
from zeus_installer.machine.model import Disk, Partition
from zeus_installer.machine.transport import transport_of
from zeus_installer.machine.tree import Tree
from zeus_installer.machine.udev import DATABASE, unescape
from zeus_installer.machine.uses import Occupation, uses_of

# Sizes and starts in sysfs are in these, whatever the disk's own sectors are (Linux, block/genhd.c).
_UNIT = 512
# Layers, loops and network devices, and the hidden areas of eMMC; the kernel gives most of them no `device` either.
_NOT_DISKS = re.compile(
    r"(loop|dm-|md|nbd|rbd|drbd|zd|bcache|dasd_eer)\w*|mmcblk\d+(boot\d+|rpmb|gp\d+)|nvme\d+c\d+n\d+"
)
# The links below /dev/disk/by-id that name the device and not its content, the most stable first.
_LINK_RANK = ("wwn-", "nvme-eui.", "nvme-uuid.", "nvme-nguid.", "scsi-", "ata-", "nvme-", "virtio-", "mmc-", "usb-")
_CONTENT_LINKS = ("lvm-pv-uuid-", "md-", "dm-", "raid-")
_BY_ID = "dev/disk/by-id"


def probe_disks(tree: Tree, blocks: Blocks, occupation: Occupation) -> tuple[Disk, ...]:
    """Give all disks that have a medium in them."""
    if not blocks.by_name:
        tree.note("disks", "/sys/class/block lists no block device")
    disks = [_disk(tree, block, blocks, occupation) for block in blocks.by_name.values() if _is_disk(tree, block)]
    return tuple(sorted((disk for disk in disks if disk is not None), key=lambda disk: _natural(disk.name)))


def _is_disk(tree: Tree, block: Block) -> bool:
    virtual = "devices/virtual/block/" in block.directory
    hidden = tree.flag(f"{block.directory}/hidden") is True
    is_part = block.parent is not None or tree.exists(f"{block.directory}/partition")
    return not (virtual or hidden or is_part or _NOT_DISKS.fullmatch(block.name))


def _disk(tree: Tree, block: Block, blocks: Blocks, occupation: Occupation) -> Disk | None:
    where = block.directory
    size = tree.number(f"{where}/size", fact=f"disks.{block.name}.size")
    if size == 0:
        return None
    if not block.examined:
        tree.note(f"disks.{block.name}.uses", f"/{DATABASE}/b{block.number} cannot be read: what is on it is not known")
    parts = [part for part in blocks.by_name.values() if part.parent == block.name]
    partitions = [_partition(tree, part, blocks, occupation) for part in parts]
    logical = _positive(tree, f"{where}/queue/logical_block_size")
    return Disk(
        name=block.name,
        path=block.path,
        size=max(size or 0, 0) * _UNIT,
        model=_model(tree, block),
        serial=_serial(tree, block),
        wwn=_wwn(tree, block),
        links=_links(tree, block),
        logical_sector=logical or _UNIT,
        physical_sector=_positive(tree, f"{where}/queue/physical_block_size") or logical or _UNIT,
        rotational=tree.flag(f"{where}/queue/rotational"),
        removable=tree.flag(f"{where}/removable") is True,
        read_only=tree.flag(f"{where}/ro") is True,
        transport=transport_of(tree, block),
        table=block.udev.get("ID_PART_TABLE_TYPE") or _scheme(parts),
        partitions=tuple(sorted(partitions, key=lambda partition: partition.number)),
        uses=uses_of(block, blocks, occupation),
        system=occupation.is_system(block.name),
        install_medium=occupation.is_install_medium(block.name),
        examined=block.examined,
    )


def _partition(tree: Tree, block: Block, blocks: Blocks, occupation: Occupation) -> Partition:
    digits = re.search(r"\d+$", block.name)
    number = tree.number(f"{block.directory}/partition")
    return Partition(
        number=number if number is not None else int(digits[0]) if digits else 0,
        path=block.path,
        start=_positive(tree, f"{block.directory}/start") * _UNIT,
        size=_positive(tree, f"{block.directory}/size") * _UNIT,
        type=block.udev.get("ID_PART_ENTRY_TYPE"),
        label=block.udev.get("ID_PART_ENTRY_NAME"),
        uuid=block.udev.get("ID_PART_ENTRY_UUID"),
        uses=uses_of(block, blocks, occupation),
    )


def _model(tree: Tree, block: Block) -> str | None:
    # udev asks the ATA disk itself; the SCSI layer's own copy ends after 16 characters.
    model = block.udev.get("ID_MODEL_ENC") or (block.udev.get("ID_MODEL") or "").replace("_", " ")
    return model or tree.line(f"{block.directory}/device/model") or tree.line(f"{block.directory}/device/name")


def _serial(tree: Tree, block: Block) -> str | None:
    own = block.udev.get("ID_SCSI_SERIAL", "SCSI_IDENT_SERIAL", "ID_SERIAL_SHORT")
    in_sysfs = (tree.line(f"{block.directory}/{name}") for name in ("serial", "device/serial"))
    return own or next(filter(None, in_sysfs), None) or _unit_serial(tree, block) or block.udev.get("ID_SERIAL")


def _unit_serial(tree: Tree, block: Block) -> str | None:
    """Read SCSI's page 0x80: four bytes of header, then the serial number (SPC-4, 7.8.15)."""
    page = tree.data(f"{block.directory}/device/vpd_pg80")
    return unescape(page[4:].decode("ascii", errors="ignore")) or None if page else None


def _wwn(tree: Tree, block: Block) -> str | None:
    wwn = block.udev.get("ID_WWN_WITH_EXTENSION", "ID_WWN")
    wwid = tree.line(f"{block.directory}/wwid") or tree.line(f"{block.directory}/device/wwid") or ""
    if wwn is None and wwid.startswith("naa."):
        return f"0x{wwid.removeprefix('naa.')}"
    return wwn or (wwid if wwid.startswith(("eui.", "uuid.", "nvme.")) else None)


def _links(tree: Tree, block: Block) -> tuple[str, ...]:
    links = [link for link in block.udev.links if link.startswith(f"/{_BY_ID}/")]
    if not links:
        node = block.path.removeprefix("/")
        links = [f"/{_BY_ID}/{name}" for name in tree.names(_BY_ID) if tree.real(f"{_BY_ID}/{name}") == node]
    names = (link.rpartition("/")[2] for link in links)
    of_device = (name for name in names if not name.startswith(_CONTENT_LINKS))
    return tuple(f"/{_BY_ID}/{name}" for name in sorted(of_device, key=_link_order))


def _link_order(name: str) -> tuple[int, str]:
    rank = next((rank for rank, prefix in enumerate(_LINK_RANK) if name.startswith(prefix)), len(_LINK_RANK))
    return rank, name


def _scheme(parts: list[Block]) -> str | None:
    return next(filter(None, (part.udev.get("ID_PART_ENTRY_SCHEME") for part in parts)), None)


def _positive(tree: Tree, path: str) -> int:
    return max(tree.number(path) or 0, 0)


def _natural(name: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """Sort as people count, each kind of name for itself: sda, sdb, sdaa; nvme2n1 before nvme10n1."""
    return name[:2], tuple((len(word), word) for word in re.findall(r"\d+|\D+", name))
