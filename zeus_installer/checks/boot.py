"""Can the first boot into Xen be one that happens once?"""

from zeus_installer.answers.model import Answers
from zeus_installer.checks.model import Finding, failed, passed, unknown, warning
from zeus_installer.machine.model import Boot, Machine
from zeus_installer.system.errors import sentence_list

_ONE_SHOT = "boot.one_shot"
# GRUB writes grubenv in place, block by block (grub-core/commands/loadenv.c): it has to find plain blocks on a disk.
_WRITABLE = frozenset({"ext2", "ext3", "ext4", "xfs", "vfat"})
_LAYERS = {"lvm": "LVM", "md": "Linux RAID", "luks": "LUKS", "bcache": "bcache", "holder": "a device-mapper layer"}
_OWN_BOOT = "give /boot a partition of its own with ext4 or XFS"


def check_one_shot(machine: Machine, answers: Answers | None) -> Finding:
    """Judge whether GRUB can write its environment block: else a trial boot would never be over."""
    boot = machine.boot
    if boot.file_system is None:
        return unknown(_ONE_SHOT, "what holds /boot is not known", remedy="run the check on the machine itself")
    obstacle = _obstacle(boot)
    if not obstacle:
        return passed(
            _ONE_SHOT, f"GRUB can write its environment block: /boot is {boot.file_system} on a plain partition"
        )
    seen = f"GRUB cannot write its environment block: /boot is {obstacle}"
    if answers is None or answers.boot.trial:
        remedy = f"{_OWN_BOOT}, or do without a trial boot: [boot] trial = false"
        return failed(_ONE_SHOT, seen, remedy=remedy)
    return warning(_ONE_SHOT, f"{seen}; the first boot into Xen is no trial", remedy=_OWN_BOOT)


def _obstacle(boot: Boot) -> str:
    """Say what is between GRUB and plain blocks, or nothing. Multipath is not: GRUB sees one of the paths."""
    layers = [_LAYERS[layer] for layer in boot.stack if layer in _LAYERS]
    if layers:
        return f"on {sentence_list(layers)}"
    return "" if boot.file_system in _WRITABLE else f"on {boot.file_system}"
