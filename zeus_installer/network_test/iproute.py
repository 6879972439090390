"""What `ip` tells and does, in the network namespace that the process is in."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Interface, IPv6Interface, ip_interface
from typing import Any

from zeus_installer.network_test.dns import Address
from zeus_installer.system.run import run

_SECONDS = 5
Interface = IPv4Interface | IPv6Interface


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """An interface: set up or not, with a carrier or not, and the bridge or bond that it is a port of."""

    name: str
    mac: str
    up: bool
    carrier: bool
    master: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """An address on an interface. `tentative`: its uniqueness is being looked into; `taken`: another host has it."""

    interface: str
    address: Interface
    tentative: bool = False
    taken: bool = False
    dynamic: bool = False


def ip(*words: str) -> None:
    """Run `ip`."""
    run(["ip", *words], timeout=_SECONDS)


def link(name: str) -> Link | None:
    """Look at one interface; None when there is none of that name."""
    rows = _ask("link", "show")
    row = next((row for row in rows if row["ifname"] == name), None)
    if row is None:
        return None
    flags = row["flags"]
    return Link(name=name, mac=row["address"], up="UP" in flags, carrier="LOWER_UP" in flags, master=row.get("master"))


def vlan_on(name: str, number: int) -> str | None:
    """Name the VLAN interface that already takes these frames off the interface, if there is one."""
    for row in _ask("-details", "link", "show", "type", "vlan"):
        if row.get("link") == name and row["linkinfo"]["info_data"]["id"] == number:
            return str(row["ifname"])
    return None


def addresses() -> list[Placed]:
    """Give all addresses of all interfaces."""
    return [
        Placed(
            interface=row["ifname"],
            address=ip_interface(f"{info['local']}/{info['prefixlen']}"),
            tentative=info.get("tentative", False),
            taken=info.get("dadfailed", False),
            dynamic=info.get("dynamic", False),
        )
        for row in _ask("address", "show")
        for info in row["addr_info"]
        if "local" in info
    ]


def neighbour(address: Address, interface: str) -> str | None:
    """Give the hardware address that the kernel has found for a neighbour."""
    rows = _ask("neighbour", "show", "to", str(address), "dev", interface)
    known = (row["lladdr"] for row in rows if "lladdr" in row and "FAILED" not in row["state"])
    return next(known, None)


def _ask(*words: str) -> Sequence[dict[str, Any]]:
    rows = json.loads(run(["ip", "-json", *words], timeout=_SECONDS).stdout or "[]")
    return [row for row in rows if row]  # iproute2 before 6.2 prints {} for what it filters out
