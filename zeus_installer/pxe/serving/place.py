"""Where a bench is served: an interface of this machine, or of a network namespace, and its address."""

import ipaddress
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface
from pathlib import Path
from typing import Final

from zeus_installer.system.errors import UsageError, sentence_list
from zeus_installer.system.run import run

_NAMESPACES: Final = Path("/run/netns")


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An interface and its address, in the namespace `netns` if there is one."""

    interface: str
    address: IPv4Interface
    netns: str | None = None

    def command(self, *words: str | Path) -> list[str]:
        """Give the command that runs there."""
        return [*_inside(self.netns), *map(str, words)]


@dataclass(frozen=True, slots=True)
class _Port:
    name: str
    addresses: Sequence[IPv4Interface]


def find_place(host: str, *, interface: str | None, netns: str | None) -> Place:
    """Find the interface that has the address of the tree, `host`. None, or another one, is a `UsageError`."""
    if netns is not None and not Path(_NAMESPACES, netns).exists():
        known = sorted(path.name for path in _NAMESPACES.iterdir()) if _NAMESPACES.is_dir() else []
        hint = f"there are {sentence_list(known)}" if known else f"ip netns add {netns} makes it"
        raise UsageError("pxe.netns", f"there is no network namespace {netns}", hint=hint)
    wanted = _address(host)
    ports = list(_ports(netns))
    if interface is not None:
        ports = [port for port in ports if port.name == interface]
        if not ports:
            raise UsageError("pxe.interface", f"there is no interface {interface}", hint="ip link lists them")
        if not ports[0].addresses:
            hint = (
                f"ip address add {wanted}/24 dev {interface} gives it one, or --address {wanted}/24 while it is served"
            )
            raise UsageError("pxe.interface", f"the interface {interface} has no IPv4 address", hint=hint)
    for port in ports:
        for address in port.addresses:
            if address.ip == wanted:
                return Place(interface=port.name, address=address, netns=netns)
    found = [f"{address} ({port.name})" for port in ports for address in port.addresses]
    raise UsageError(
        "pxe.base_url",
        f"the tree was rendered for {wanted}, which is not an address "
        + (f"of {interface}" if interface else "of this machine")
        + (f": {sentence_list(found)}" if found else ""),
        hint=f"render it for the address that it is served at, or give the interface that one: --address {wanted}/24",
    )


class Address:
    """An address that an interface has for as long as it is served; one that it had before stays."""

    def __init__(self, address: IPv4Interface, *, interface: str, netns: str | None) -> None:
        self._words = ["address", "{}", str(address), "dev", interface]
        self._netns = netns
        self._added = False
        self._there = any(
            address.ip == one.ip for port in _ports(netns) for one in port.addresses if port.name == interface
        )

    def __enter__(self) -> None:
        if not self._there:
            self._ip("add")
            self._added = True

    def __exit__(self, *_: object) -> None:
        if self._added:
            self._ip("del")

    def _ip(self, verb: str) -> None:
        run(
            [
                "ip",
                *(["-n", self._netns] if self._netns else []),
                *(verb if word == "{}" else word for word in self._words),
            ]
        )


def read_interface(text: str) -> IPv4Interface:
    """Read an address with the length of its network's prefix. Another text is a `UsageError`."""
    try:
        if "/" not in text:
            raise ValueError(text)
        return IPv4Interface(text)
    except ValueError as error:
        raise UsageError("pxe.address", f"{text} is no address", hint="write it like 10.0.0.1/24") from error


def read_range(text: str, place: Place) -> tuple[IPv4Address, IPv4Address]:
    """Read `FIRST,LAST`, both of the interface's network. Another text is a `UsageError`."""
    network = place.address.network
    try:
        first, last = (ipaddress.IPv4Address(word.strip()) for word in text.split(","))
    except ValueError as error:
        hosts = list(network.hosts()) if network.num_addresses <= 1 << 16 else []
        like = f"{hosts[len(hosts) // 2]},{hosts[-1]}" if hosts else "10.0.0.100,10.0.0.199"
        raise UsageError("pxe.range", f"{text} is no range of addresses", hint=f"write it like {like}") from error
    for address in (first, last):
        if address not in network:
            raise UsageError("pxe.range", f"{address} is not in {network}, the network of {place.interface}")
    if first > last or first <= place.address.ip <= last:
        why = "ends before it begins" if first > last else f"has {place.address.ip}, the address of this server"
        raise UsageError("pxe.range", f"the range {first} to {last} {why}")
    return first, last


def _address(host: str) -> IPv4Address:
    try:
        return IPv4Address(host)
    except ValueError as error:
        raise UsageError(
            "pxe.base_url",
            f"the tree was rendered for {host}, which is no IPv4 address",
            hint="machines that boot cannot look names up here: render it with the address that it is served at",
        ) from error


def _ports(netns: str | None) -> Iterator[_Port]:
    words = ["ip", *(["-n", netns] if netns else []), "-json", "-4", "address", "show"]
    listed = {port["ifname"]: port["addr_info"] for port in json.loads(run(words).stdout or "[]") if port}
    words = ["ip", *(["-n", netns] if netns else []), "-json", "link", "show"]
    for link in json.loads(run(words).stdout or "[]"):
        found = listed.get(link["ifname"], [])
        yield _Port(link["ifname"], [IPv4Interface(f"{one['local']}/{one['prefixlen']}") for one in found])


def _inside(netns: str | None) -> list[str]:
    return ["ip", "netns", "exec", netns] if netns else []
