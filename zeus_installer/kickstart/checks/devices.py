"""Disks and NICs that a kickstart names and a machine, when it is known, does not have."""

import re
from collections.abc import Iterator
from typing import Final

from zeus_installer.kickstart.claims import Claim, claims, names_disk
from zeus_installer.kickstart.context import Context
from zeus_installer.kickstart.messages import Message
from zeus_installer.system.errors import sentence_list

# The kernel's names for disks; what is put together of several (md, dm, volume groups) the kickstart may make itself.
_DISK: Final = re.compile(r"(?:hd|nvme|sd|vd|xvd|mmcblk)[a-z0-9*?\[\]-]*|disk/by-id/.+")
_MAC: Final = re.compile(r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}")
_NIC: Final = re.compile(r"(?:eth|en)[a-z0-9]+")


def check_devices(context: Context) -> Iterator[Message]:
    """Hold every name of a device against the machine."""
    machine = context.machine
    if machine is None:
        return
    ignored = context.commands.ignoredisk
    dropped = [Claim(ignored.lineno, f"ignoredisk --drives={name}", name) for name in ignored.ignoredisk]
    disks = sentence_list(disk.name for disk in machine.disks) or "none"
    for claim in (*claims(context.commands), *dropped):
        name = claim.name.removeprefix("/dev/")
        if _DISK.fullmatch(name) and not any(names_disk(name, disk) for disk in machine.disks):
            yield context.command(claim.number, f"{claim.command}: the machine has no such disk", f"it has {disks}")
    nics = {name.lower(): nic.name for nic in machine.nics for name in (nic.name, nic.mac or "")}
    for entry in context.commands.network.network:
        name = entry.device or ""
        if (_MAC.fullmatch(name) or _NIC.fullmatch(name)) and name.lower() not in nics:
            has = sentence_list(f"{nic.name} ({nic.mac})" for nic in machine.nics) or "none"
            yield context.command(
                entry.lineno, f"network --device={name}: the machine has no such NIC", f"it has {has}"
            )
