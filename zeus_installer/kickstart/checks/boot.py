"""Whether there will be a GRUB for the Xen entry, and a /boot in which it can keep the one-shot of the trial boot."""

from collections.abc import Iterator
from typing import Any, Final

from zeus_installer.kickstart.context import Context
from zeus_installer.kickstart.messages import Message

# pykickstart/constants.py (AUTOPART_TYPE_PLAIN)
_PLAIN: Final = 0
_REMEDY: Final = "give it a partition (part /boot --fstype=ext4 --size=2048), or say trial = false in [boot]"


def check_boot(context: Context) -> Iterator[Message]:
    """Hold the bootloader command and the place of /boot against what Zeus needs.

    Without the command Anaconda installs GRUB on a disk of its choice (modules/storage/bootloader/bootloader.py).
    """
    loader = context.commands.bootloader
    if not loader.seen and context.wanted is not None and context.knows("other"):
        text = "no bootloader command: on which disk GRUB is installed is Anaconda's choice"
        yield Message(place=context.start, text=text, hint="add: bootloader", level="warning")
    elif loader.seen and (why := _no_grub(loader)):
        yield context.command(loader.lineno, f"bootloader {why}: Xen is started by GRUB", "leave that out")
    if context.wanted is not None and context.wanted.answers.boot.trial:
        yield from _one_shot(context)


def _no_grub(loader: Any) -> str:  # noqa: ANN401 - pykickstart has no types
    options = {
        "--location=none": loader.location == "none",
        "--disabled": loader.disabled,
        "--extlinux": loader.extlinux,
        "--sdboot": getattr(loader, "sdboot", False),
    }
    return next((name for name, given in options.items() if given), "")


def _one_shot(context: Context) -> Iterator[Message]:
    """GRUB can write only to a plain file system on a plain partition (zeus_installer/checks/boot.py)."""
    places = list(_mounts(context.commands))
    for point in ("/boot", "/"):
        for number, where, kind in places:
            if where == point:
                if kind:
                    named = "/boot" if point == "/boot" else "/, and /boot with it,"
                    text = f"{named} {kind}, where GRUB cannot write, and boot.trial needs that"
                    yield context.command(number, text, _REMEDY)
                return
    auto = context.commands.autopart
    if auto.seen and auto.noboot and (auto.encrypted or auto.type != _PLAIN):
        text = "autopart --noboot puts /boot where GRUB cannot write, and boot.trial needs that"
        yield context.command(auto.lineno, text, "leave --noboot out, or say trial = false in [boot]")


def _mounts(commands: Any) -> Iterator[tuple[int, str, str]]:  # noqa: ANN401 - pykickstart has no types
    """Give every mount point that is named: its line, the point, and what keeps GRUB from writing there, or nothing."""
    for part in commands.partition.partitions:
        kind = "is encrypted" if part.encrypted else "is btrfs" if part.fstype == "btrfs" else ""
        yield part.lineno, part.mountpoint, kind
    for number, point, kind in (
        *((volume.lineno, volume.mountpoint, "is on LVM") for volume in commands.logvol.lvList),
        *((array.lineno, array.mountpoint, "is on software RAID") for array in commands.raid.raidList),
        *((volume.lineno, volume.mountpoint, "is btrfs") for volume in getattr(commands.btrfs, "btrfsList", ())),
    ):
        yield number, point, kind
