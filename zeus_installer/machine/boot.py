"""Where the boot loader's files are: what GRUB has to write to when a boot is to happen only once."""

from zeus_installer.machine.blocks import Block, Blocks
from zeus_installer.machine.model import Boot
from zeus_installer.machine.mounts import Mount, read_mounts
from zeus_installer.machine.tree import Tree
from zeus_installer.machine.uses import devices_of

_GRUB_DIRECTORIES = ("boot/grub2", "boot/grub")
_LAYERS = frozenset({"lvm", "luks", "multipath", "md", "bcache", "holder"})


def probe_boot(tree: Tree, blocks: Blocks, command_line: str) -> Boot:
    """Find the file system that holds /boot, and every layer beneath it."""
    mounts = {mount.point: mount for mount in read_mounts(tree)}
    mount = mounts.get("/boot") or mounts.get("/")
    if mount is None:
        tree.note("boot.file_system", "/proc/self/mountinfo does not show what holds /boot")
        return Boot(grubenv=_grubenv(tree))
    devices = devices_of(mount, blocks, command_line)
    return Boot(
        file_system=_file_system(mount, devices),
        uuid=next((uuid for block in devices if (uuid := block.udev.get("ID_FS_UUID"))), None),
        device=devices[0].path if devices else mount.source,
        stack=_stack(blocks, devices),
        separate=mount.point == "/boot",
        grubenv=_grubenv(tree),
    )


def _file_system(mount: Mount, devices: tuple[Block, ...]) -> str | None:
    by_udev = (kind for block in devices if (kind := block.udev.get("ID_FS_TYPE")))
    # The kernel of an early boot calls the root "rootfs"; udev knows what is on the device.
    return next(by_udev, None) if mount.kind == "rootfs" else mount.kind


def _stack(blocks: Blocks, devices: tuple[Block, ...]) -> tuple[str, ...]:
    below = (foundation for block in devices for foundation in blocks.foundations(block))
    return tuple(dict.fromkeys(block.kind for block in below if block.kind in _LAYERS))


def _grubenv(tree: Tree) -> bool | None:
    found = [tree.exists(f"{directory}/grubenv") for directory in _GRUB_DIRECTORIES]
    if None in found and True not in found:
        tree.note("boot.grubenv", "GRUB's directory cannot be looked into (it needs root)")
        return None
    return True in found
