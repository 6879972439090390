"""Asking Anaconda's other modules over D-Bus. A module that is not there, or does not know, is None: nothing fails."""

import logging
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

from dasbus.error import DBusError
from dasbus.typing import get_native
from gi.repository import GLib
from pyanaconda.core.configuration.anaconda import conf
from pyanaconda.modules.common.constants.objects import DEVICE_TREE, DISK_SELECTION
from pyanaconda.modules.common.constants.services import NETWORK, PAYLOADS, STORAGE

from zeus_installer.addon.keyfiles import ipv4_of, read_keyfiles
from zeus_installer.addon.surroundings import BootDevice, Surroundings
from zeus_installer.machine.model import Machine, Nic
from zeus_installer.system.secrets import redact

T = TypeVar("T")

log: Final = logging.getLogger(__name__)
_ROOT: Final = Path("/")
# An error of the module's, one of the connection, no answer in time, something that this version does not have
# (dasbus/client/handler.py, dasbus/client/proxy.py).
_NO_ANSWER: Final = (DBusError, GLib.Error, TimeoutError, AttributeError, KeyError)


def look_around(machine: Machine) -> Surroundings:
    """Ask them all."""
    nic = _asked(lambda: _activated(machine))
    names = _asked(_names_of_claimed)
    return Surroundings(
        nic=nic.mac if nic else None,
        ipv4=ipv4_of(nic, read_keyfiles(_ROOT)) if nic else None,
        claimed=None if names is None else frozenset(name for each in names.values() for name in each),
        free=None if names is None else _asked(lambda: _free(names)),
        boot=_asked(_boot_device),
        payload=_asked(lambda: str(_payload().Type)),
        sources=_asked(_sources),
        hardware=conf.target.is_hardware,
    )


def _asked(question: Callable[[], T]) -> T | None:
    try:
        return question()
    except _NO_ANSWER as error:
        log.warning("not known: %s", redact(str(error)))
        return None


def _activated(machine: Machine) -> Nic | None:
    """Give the only NIC with an active connection; with several of them nobody knows which is meant."""
    names = NETWORK.get_proxy().GetActivatedInterfaces()
    nics = [nic for nic in machine.nics if nic.name in names and nic.mac]
    return nics[0] if len(nics) == 1 else None


def _names_of_claimed() -> dict[str, tuple[str, ...]]:
    """Give the disks that Anaconda may use: by its own ids for them, their kernel names and those of their parts.

    A multipath device or a firmware RAID is one disk to Anaconda, and several to the kernel.
    """
    selection = STORAGE.get_proxy(DISK_SELECTION)
    left_alone = {*selection.IgnoredDisks, *selection.ProtectedDevices}
    return {disk: _names(disk) for disk in selection.SelectedDisks if disk not in left_alone}


def _names(device: str) -> tuple[str, ...]:
    try:
        below = STORAGE.get_proxy(DEVICE_TREE).GetAncestors([device])
        return tuple(str(_device(name)["name"]) for name in (device, *below))
    except _NO_ANSWER:
        return (device,)  # the id of a disk was its name before there were others


def _free(names: Mapping[str, Sequence[str]]) -> dict[str, int] | None:
    tree = STORAGE.get_proxy(DEVICE_TREE)
    if not tree.GetMountPoints():
        return None
    return {name: int(tree.GetDiskFreeSpace([disk])) for disk, (name, *_) in names.items()}


def _payload() -> Any:  # noqa: ANN401 - a proxy has no types
    payloads = PAYLOADS.get_proxy()
    return PAYLOADS.get_proxy(payloads.ActivePayload)


def _sources() -> frozenset[str]:
    repositories = [get_native(each) for each in _payload().Repositories]
    return frozenset(str(text) for each in repositories for text in (each.get("name"), each.get("url")) if text)


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
