"""The IPv6 part. The kernel looks for duplicates and takes addresses from routers; we watch it."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from ipaddress import IPv6Address, IPv6Interface

from zeus_installer.answers.model import Static
from zeus_installer.checks.model import Finding, failed, passed, unknown
from zeus_installer.network_test.deadline import Deadline
from zeus_installer.network_test.dns import Address
from zeus_installer.network_test.gateway import go_out
from zeus_installer.network_test.iproute import Interface, Placed, addresses, ip, neighbour
from zeus_installer.network_test.names import where
from zeus_installer.network_test.outcome import Bench, Check, Outcome, judge_conflict, stopped
from zeus_installer.network_test.routers import Routers, Seen

_DUPLICATE_SECONDS = 4.0
_ROUTER_SECONDS = 8.0
_NEIGHBOUR_SECONDS = 3.5
_LOOK_AGAIN = 0.2
_DISCARD = 9
_OTHER = "another host"


def static_ipv6(static: Static, bench: Bench) -> Outcome:
    """Test a static address. In a place that is not ours it is there already, and only looked at."""
    address = IPv6Interface(static.address)
    with bench.report.task("conflict", f"Does another host use {address.ip}?"), bench.place.enter():
        if bench.place.ours:
            ip("address", "add", str(address), "dev", bench.place.interface)
        placed = _settled(bench, lambda one: one.address.ip == address.ip)
    if placed is None:
        return stopped([unknown(Check.CONFLICT, f"{address.ip}: the search for duplicates did not end")], "no address")
    conflict = judge_conflict(address.ip, _OTHER if placed.taken else None)
    if placed.taken:
        return stopped([conflict], f"{address.ip} is in use")
    seen = f"{address} could be set" if bench.place.ours else f"{address} is set on {bench.place.interface} already"
    gateway = IPv6Address(static.gateway) if static.gateway is not None else None
    found = [passed(Check.ADDRESS, seen), conflict]
    return go_out(found, address=address, gateway=gateway, bench=bench, find=find_by_kernel)


def automatic_ipv6(bench: Bench, routers: Routers, *, dhcp: bool) -> Outcome:
    """Wait for a router and for the address that comes of it. Of DHCPv6 it is only told that it should be used."""
    with bench.report.task("router", "Wait for an IPv6 router"):
        seen = routers.first(bench.deadline.within(_ROUTER_SECONDS))
    if seen is None:
        remedy = "; ".join(
            ["check the VLAN and that a router advertises itself, or set a static address", *bench.remarks]
        )
        return stopped([failed(Check.ADDRESS, "no IPv6 router advertises itself", remedy=remedy)], "no IPv6 address")
    if dhcp or not seen.advertisement.prefix:
        return stopped([judge_no_prefix(seen, dhcp=dhcp)], "no IPv6 address")
    with bench.report.task("conflict", "Does another host use the address?"):
        placed = _settled(bench, lambda one: one.dynamic and not one.address.is_link_local)
    if placed is None:
        remedy = "look at the router's settings, or set a static address"
        finding = failed(Check.ADDRESS, f"no address came of the prefix of router {seen.router}", remedy=remedy)
        return stopped([finding], "no IPv6 address")
    conflict = judge_conflict(placed.address.ip, _OTHER if placed.taken else None)
    found = [passed(Check.ADDRESS, f"router {seen.router} gives {placed.address}"), conflict]
    if placed.taken:
        return stopped(found, f"{placed.address.ip} is in use")
    gateway = seen.router if seen.advertisement.router else None
    servers = seen.advertisement.name_servers
    return go_out(found, address=placed.address, gateway=gateway, servers=servers, bench=bench, find=find_by_kernel)


def find_by_kernel(target: Address, _own: Interface, bench: Bench) -> str | None:
    """Let the kernel look for a neighbour: it does so when something is to be sent there."""
    deadline = bench.deadline.within(_NEIGHBOUR_SECONDS)
    with suppress(OSError), socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as sender:
        sender.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, bench.place.interface.encode())
        sender.sendto(b"", where(target, _DISCARD, bench.place.interface))
    while True:
        mac = neighbour(target, bench.place.interface)
        if mac is not None or deadline.over:
            return mac
        time.sleep(_LOOK_AGAIN)


def judge_no_prefix(seen: Seen, *, dhcp: bool) -> Finding:
    """Say why there is no address to go on with: DHCPv6 is not asked."""
    if dhcp:
        return unknown(
            Check.ADDRESS,
            f"router {seen.router} is there; DHCPv6 is not part of this test",
            remedy="see that a DHCPv6 server serves this network, or set a static address",
        )
    managed = " and says that addresses come by DHCPv6" if seen.advertisement.managed else ""
    return failed(
        Check.ADDRESS,
        f"router {seen.router} gives no prefix to make an address of{managed}",
        remedy="look at the router's settings, use DHCP, or set a static address",
    )


def _settled(bench: Bench, wanted: Callable[[Placed], bool]) -> Placed | None:
    """Give the address once the kernel has looked for duplicates of it."""
    deadline: Deadline = bench.deadline.within(_DUPLICATE_SECONDS)
    while True:
        for one in addresses():
            if one.interface == bench.place.interface and wanted(one) and (one.taken or not one.tentative):
                return one
        if deadline.over:
            return None
        time.sleep(_LOOK_AGAIN)
