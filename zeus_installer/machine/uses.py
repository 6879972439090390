"""What is on a disk or a partition, and what holds it: signatures, the devices that stand on it, mounts and swap."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from zeus_installer.machine.blocks import Block, Blocks
from zeus_installer.machine.model import Use
from zeus_installer.machine.mounts import Mount, parse_swaps, read_mounts
from zeus_installer.machine.tree import Tree

_SYSTEM_POINTS = frozenset({"/", "/boot", "/boot/efi", "/efi", "/usr", "/var"})
_MEDIUM_POINTS = (
    "/run/initramfs/live",
    "/run/initramfs/isoscan",
    "/run/install/repo",
    "/run/install/isodir",
    "/run/install/source",
)
# Types of libblkid that are no file systems.
_KIND_OF_SIGNATURE = {
    "LVM2_member": "lvm",
    "LVM1_member": "lvm",
    "crypto_LUKS": "luks",
    "mpath_member": "multipath",
    "bcache": "bcache",
    "zfs_member": "zfs",
    "swap": "swap",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Occupation:
    """Who uses which device now: mounts and swap by the name of each device that they reach down to."""

    mounts: dict[str, tuple[str, ...]] = field(default_factory=dict)
    swaps: frozenset[str] = frozenset()

    def is_system(self, name: str) -> bool:
        """Whether the running system lies on this device."""
        return name in self.swaps or not _SYSTEM_POINTS.isdisjoint(self.mounts.get(name, ()))

    def is_install_medium(self, name: str) -> bool:
        """Whether an installer or a live system was started from this device."""
        return any(point.startswith(_MEDIUM_POINTS) for point in self.mounts.get(name, ()))


def read_occupation(tree: Tree, blocks: Blocks, command_line: str) -> Occupation:
    """Follow every mount and every swap down to the disks."""
    points: dict[str, list[str]] = {}
    mounts = read_mounts(tree)
    if not mounts:
        tree.note("disks.system", "no list of mounts can be read: which disks the system lies on is not known")
    for mount in mounts:
        for block in devices_of(mount, blocks, command_line):
            for foundation in blocks.foundations(block):
                points.setdefault(foundation.name, []).append(mount.point)
    swapped = (blocks.find(path=path) for path in parse_swaps(tree.text("proc/swaps") or ""))
    swaps = {below.name for block in swapped if block for below in blocks.foundations(block)}
    return Occupation(
        mounts={name: tuple(dict.fromkeys(found)) for name, found in points.items()}, swaps=frozenset(swaps)
    )


def devices_of(mount: Mount, blocks: Blocks, command_line: str = "") -> tuple[Block, ...]:
    """Give the devices that hold a mounted file system: several for btrfs and ZFS."""
    source = mount.source
    if mount.point == "/" and source in ("/dev/root", "rootfs"):
        source = next((word[5:] for word in command_line.split() if word.startswith("root=")), source)
    if mount.kind == "zfs":
        return tuple(block for block in blocks.by_name.values() if _is_in_pool(block, source.partition("/")[0]))
    block = blocks.find(path=source, number=mount.device)
    if block is None:
        return ()
    uuid = block.udev.get("ID_FS_UUID")
    if mount.kind != "btrfs" or uuid is None:
        return (block,)
    return tuple(other for other in blocks.by_name.values() if other.udev.get("ID_FS_UUID") == uuid)


def uses_of(block: Block, blocks: Blocks, occupation: Occupation) -> tuple[Use, ...]:
    """Give what is on one device, what holds it, and what is mounted from it through any number of layers."""
    held = tuple(_holders(block, blocks))
    points = occupation.mounts.get(block.name, ())
    swapped = block.name in occupation.swaps
    if block.parent is None:
        # A disk's partitions have their own uses: what only they carry is not the bare disk's.
        points, swapped = _of_the_bare_disk(block, blocks, occupation)
    found = _signature(block, active=bool(points) or swapped)
    if found is not None and all(found.kind != use.kind for use in held):
        held = (found, *held)
    swap = (Use(kind="swap", name="", active=True),) if swapped and not (found and found.kind == "swap") else ()
    return (*held, *(Use(kind="mount", name=point, active=True) for point in points), *swap)


def volume_group(block: Block) -> str:
    """Give the volume group in the name of an LVM device, where hyphens of its own are doubled."""
    name = block.mapper_name or ""
    return name.replace("--", "\0").partition("-")[0].replace("\0", "-")


def _of_the_bare_disk(disk: Block, blocks: Blocks, occupation: Occupation) -> tuple[tuple[str, ...], bool]:
    parts = [block.name for block in blocks.by_name.values() if block.parent == disk.name]
    below_parts = {point for name in parts for point in occupation.mounts.get(name, ())}
    points = tuple(point for point in occupation.mounts.get(disk.name, ()) if point not in below_parts)
    return points, disk.name in occupation.swaps and occupation.swaps.isdisjoint(parts)


def _signature(block: Block, *, active: bool) -> Use | None:
    kind = block.udev.get("ID_FS_TYPE")
    if kind is None:
        ambiguous = block.udev.get("ID_FS_AMBIVALENT")
        return Use(kind="signature", name=ambiguous) if ambiguous else None
    label = block.udev.get("ID_FS_LABEL") or ""
    if kind.endswith("_raid_member"):
        return Use(kind="md", name=label, active=active)
    if kind == "LVM2_member":
        return Use(
            kind="lvm", name=block.udev.get("LVM_VG_NAME_COMPLETE", "LVM_VG_NAME_INCOMPLETE") or "", active=active
        )
    if kind in _KIND_OF_SIGNATURE:
        return Use(kind=_KIND_OF_SIGNATURE[kind], name=label, active=active)
    usage = block.udev.get("ID_FS_USAGE") or "filesystem"
    return Use(kind="filesystem" if usage == "filesystem" else "signature", name=kind, active=active)


def _holders(block: Block, blocks: Blocks) -> Iterator[Use]:
    found: dict[tuple[str, str], Use] = {}
    for name in blocks.above.get(block.name, ()):
        holder = blocks.by_name[name]
        kind = "holder" if holder.kind == "device" else holder.kind
        title = volume_group(holder) if kind == "lvm" else holder.mapper_name or holder.name
        found.setdefault((kind, title), Use(kind=kind, name=title, active=True))
    return iter(found.values())


def _is_in_pool(block: Block, pool: str) -> bool:
    return block.udev.get("ID_FS_TYPE") == "zfs_member" and block.udev.get("ID_FS_LABEL") == pool
