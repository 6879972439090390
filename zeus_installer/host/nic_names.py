"""The names eth0, eth1, … of the NICs in dom0, bound to their permanent MAC addresses."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from zeus_installer.machine.model import Nic


@dataclass(frozen=True, slots=True, kw_only=True)
class NicName:
    """The name that the NIC with this MAC address has in dom0."""

    mac: str
    name: str


def dom0_names(nics: Sequence[Nic]) -> tuple[NicName, ...]:
    """Name every NIC whose MAC address is known, by where it is plugged in: the same machine gives the same names."""
    macs = [
        nic.mac.lower() for nic in sorted(nics, key=_place) if nic.mac is not None and not nic.name.startswith("wl")
    ]
    return tuple(NicName(mac=mac, name=f"eth{index}") for index, mac in enumerate(dict.fromkeys(macs)))


def name_of(nic: Nic, names: Sequence[NicName]) -> str:
    """Give the name of `nic` in dom0."""
    return next(one.name for one in names if one.mac == (nic.mac or "").lower())


def link_file(nic: NicName) -> str:
    """Give the systemd.link(5) file of a NIC. It matches in dom0 only.

    By the permanent address: bridges and VLANs on top of the NIC show its address too.
    """
    return (
        f"[Match]\nPermanentMACAddress={nic.mac}\nKernelCommandLine=zeus.dom0\n\n"
        f"[Link]\nName={nic.name}\nAlternativeNamesPolicy=database onboard slot path\n"
    )


def _place(nic: Nic) -> tuple[bool, list[int], list[int], str]:
    """Sort by bus address as the PCI bus counts (in hexadecimal), then by name as people count."""
    bus = [int(number, 16) for number in re.findall(r"[0-9a-fA-F]+", nic.bus or "")]
    return not bus, bus, [int(number) for number in re.findall(r"\d+", nic.name)], nic.name
