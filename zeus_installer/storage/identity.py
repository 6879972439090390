"""Is this still the disk that the plan means? Asked again right before each write."""

from pathlib import Path

from zeus_installer.machine.model import Disk
from zeus_installer.storage.device import Device
from zeus_installer.storage.text import disk_name
from zeus_installer.system.errors import ZeusError


def locate(disk: Disk) -> Device:
    """Find the device that is `disk` now.

    The kernel's names (`sda`) change from boot to boot; the links that udev makes from serial number and WWN do not. So
    the links decide where there are any, and size and sector size must be the planned ones. A disk that is gone or is
    another one now is a `ZeusError` `storage.identity`.
    """
    device = Device(_node(disk))
    seen = {"size": device.size, "sector size": device.sector}
    planned = {"size": disk.size, "sector size": disk.logical_sector}
    for fact, value in planned.items():
        if seen[fact] != value:
            raise _another(disk, f"{device.path} has a {fact} of {seen[fact]} bytes, the plan says {value}")
    return device


def _node(disk: Disk) -> Path:
    if not disk.links:
        return Path(disk.path)
    nodes = {Path(link).resolve() for link in disk.links if Path(link).exists()}
    if not nodes:
        raise _another(disk, f"none of its links is there: {', '.join(disk.links)}")
    if len(nodes) > 1:
        raise _another(disk, f"its links lead to different devices: {', '.join(sorted(map(str, nodes)))}")
    return nodes.pop()


def _another(disk: Disk, seen: str) -> ZeusError:
    return ZeusError(
        "storage.identity",
        f"the disk of the plan cannot be found ({disk_name(disk)}): {seen}",
        hint="nothing was written; connect the disk again, or make a new plan",
    )
