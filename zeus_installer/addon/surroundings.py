"""What Anaconda's other modules know and the answers may leave to them: the network, and whose the disks are. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from zeus_installer.addon.keyfiles import Ipv4
from zeus_installer.addon.wishes import Key, Wishes, with_value
from zeus_installer.answers.model import Answers
from zeus_installer.checks.nics import choose_nics
from zeus_installer.machine.model import Machine
from zeus_installer.system.errors import UsageError

_MANAGEMENT: Final[Key] = ("network", "management")


@dataclass(frozen=True, slots=True, kw_only=True)
class BootDevice:
    """Where Anaconda will put /boot: the type of its format, and the types of the devices that it lies on.

    Types are blivet's: `ext4`; `partition`, `lvmlv`, `disk`, ... `separate`: it is not part of the root file system.
    """

    format: str
    layers: tuple[str, ...]
    separate: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What was found out; None where nobody could be asked.

    `nic` is the MAC address of the only NIC that Anaconda has activated, `ipv4` its configuration; `claimed` are the
    kernel names of the disks that Anaconda may use, `free` the bytes that its partitioning will leave on each of them.
    `payload` is the type of what it installs (`DNF`, `LIVE_OS`, ...), `sources` the names and addresses of the
    repositories that it was given; `hardware`: it installs to this machine, and not into a directory or an image.
    """

    nic: str | None = None
    ipv4: Ipv4 | None = None
    claimed: frozenset[str] | None = None
    free: Mapping[str, int] | None = None
    boot: BootDevice | None = None
    payload: str | None = None
    sources: frozenset[str] | None = None
    hardware: bool = True


def completed(wishes: Wishes, around: Surroundings, machine: Machine) -> Wishes:
    """Give the wishes with Anaconda's own network in the place of what they leave open.

    The host name needs no place in them: Anaconda writes it into the system before we look.
    """
    if around.nic is None:
        return wishes
    data = wishes.data
    if not wishes.says(*_MANAGEMENT, "nic"):
        data = with_value(data, (*_MANAGEMENT, "nic"), {"mac": around.nic})
    # A configuration belongs to its NIC: another one that was asked for has its own.
    if wishes.says(*_MANAGEMENT, "ipv4") or not _is_meant(around.nic, Wishes(data).answers, machine):
        return Wishes(data)
    if around.ipv4 is not None and around.ipv4.static:
        gateway = {"gateway": around.ipv4.gateway} if around.ipv4.gateway else {}
        data = with_value(data, (*_MANAGEMENT, "ipv4"), {"address": around.ipv4.address, **gateway})
        if around.ipv4.dns and not wishes.says(*_MANAGEMENT, "dns"):
            data = with_value(data, (*_MANAGEMENT, "dns"), list(around.ipv4.dns))
    return Wishes(data)


def marked(machine: Machine, around: Surroundings) -> Machine:
    """Give the machine with Anaconda's disks marked as such."""
    return replace(
        machine,
        disks=tuple(replace(disk, claimed=disk.name in (around.claimed or ())) for disk in machine.disks),
    )


def _is_meant(mac: str, answers: Answers, machine: Machine) -> bool:
    try:
        nics = choose_nics(answers, machine)
    except UsageError:
        return False
    return [(nic.mac or "").lower() for nic in nics] == [mac.lower()]
