"""Asking Anaconda's other modules over D-Bus. A module that is not there, or does not know, is None: nothing fails."""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from dasbus.error import DBusError
from dasbus.typing import get_native
from pyanaconda.modules.common.constants.objects import DEVICE_TREE, DISK_SELECTION
from pyanaconda.modules.common.constants.services import NETWORK, STORAGE

from zeus_installer.addon.keyfiles import ipv4_of, read_keyfiles
from zeus_installer.addon.surroundings import BootDevice, Surroundings
from zeus_installer.machine.model import Machine, Nic

T = TypeVar("T")

log: Final = logging.getLogger(__name__)
_ROOT: Final = Path("/")


def look_around(machine: Machine) -> Surroundings:
    """Ask them all."""
    nic = _asked(lambda: _activated(machine))
    names = _asked(_names_of_claimed) or {}
    return Surroundings(
        nic=nic.mac if nic else None,
        ipv4=ipv4_of(nic, read_keyfiles(_ROOT)) if nic else None,
        claimed=frozenset(names.values()),
        free=_asked(lambda: _free(names)),
        boot=_asked(_boot_device),
    )


def _asked(question: Callable[[], T]) -> T | None:
    try:
        return question()
    except DBusError as error:
        log.warning("not known: %s", error)
        return None


def _activated(machine: Machine) -> Nic | None:
    """Give the only NIC with an active connection; with several of them nobody knows which is meant."""
    names = NETWORK.get_proxy().GetActivatedInterfaces()
    nics = [nic for nic in machine.nics if nic.name in names and nic.mac]
    return nics[0] if len(nics) == 1 else None


def _names_of_claimed() -> dict[str, str]:
    """Give the disks that Anaconda may use: by its own ids for them, their kernel names."""
    selection = STORAGE.get_proxy(DISK_SELECTION)
    left_alone = {*selection.IgnoredDisks, *selection.ProtectedDevices}
    return {disk: _name(disk) for disk in selection.SelectedDisks if disk not in left_alone}


def _name(device: str) -> str:
    try:
        return str(_device(device)["name"])
    except DBusError:
        return device  # the id of a disk was its name before there were others


def _free(names: Mapping[str, str]) -> dict[str, int] | None:
    tree = STORAGE.get_proxy(DEVICE_TREE)
    if not tree.GetMountPoints():
        return None
    return {name: int(tree.GetDiskFreeSpace([disk])) for disk, name in names.items()}


def _boot_device() -> BootDevice | None:
    tree = STORAGE.get_proxy(DEVICE_TREE)
    points = tree.GetMountPoints()
    device = points.get("/boot") or points.get("/")
    if device is None:
        return None
    below: Sequence[str] = tree.GetAncestors([device])
    return BootDevice(
        format=str(get_native(tree.GetFormatData(device))["type"]),
        layers=tuple(str(_device(name)["type"]) for name in (device, *below)),
        separate="/boot" in points,
    )


def _device(name: str) -> dict[str, Any]:
    native: dict[str, Any] = get_native(STORAGE.get_proxy(DEVICE_TREE).GetDeviceData(name))
    return native
