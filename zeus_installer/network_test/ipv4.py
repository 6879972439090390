"""The IPv4 part: an address, whether it is ours alone, and the gateway."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface

from zeus_installer.answers.model import Static
from zeus_installer.checks.model import Finding, Verdict, failed, passed
from zeus_installer.network_test import arp
from zeus_installer.network_test.arp import Arp
from zeus_installer.network_test.deadline import Deadline
from zeus_installer.network_test.dns import Address
from zeus_installer.network_test.gateway import go_out
from zeus_installer.network_test.iproute import Interface, ip
from zeus_installer.network_test.lease import Client, Lease, NoLease
from zeus_installer.network_test.malformed import MalformedError
from zeus_installer.network_test.outcome import Bench, Check, Outcome, judge_conflict, stopped
from zeus_installer.network_test.wire import ARP, Wire

_DHCP_SECONDS = 10.0
# RFC 5227 waits 2 s after the last of three probes; a person is waiting.
_TRIES, _SECONDS = 3, 1.0


def static_ipv4(static: Static, bench: Bench) -> Outcome:
    """Test a static address. In a place that is not ours it is there already, and only looked at."""
    address = IPv4Interface(static.address)
    conflict = _look_for_conflict(address, bench)
    if conflict.verdict is not Verdict.PASS:
        return stopped([conflict], f"{address.ip} is in use")
    if bench.place.ours:
        ip("address", "add", str(address), "dev", bench.place.interface)
        seen = f"{address} could be set"
    else:
        seen = f"{address} is set on {bench.place.interface} already"
    gateway = IPv4Address(static.gateway) if static.gateway is not None else None
    found = [passed(Check.ADDRESS, seen), conflict]
    return go_out(found, address=address, gateway=gateway, bench=bench, find=find_by_arp)


def dhcp_ipv4(bench: Bench) -> Outcome:
    """Borrow an address from a DHCP server, for as long as the whole test takes."""
    with bench.report.task("dhcp", "Ask for an address by DHCP"):
        client = Client(bench.place, bench.deadline.within(_DHCP_SECONDS))
        lease = client.borrow()
    if isinstance(lease, NoLease):
        return stopped([judge_silence(lease, bench)], "no IPv4 address")
    conflict = _look_for_conflict(lease.address, bench)
    found = [judge_lease(lease), conflict]
    if conflict.verdict is not Verdict.PASS:
        client.decline(lease)
        return stopped(found, f"{lease.address.ip} is in use")
    ip("address", "add", str(lease.address), "dev", bench.place.interface)
    bench.stack.callback(client.give_back, lease)
    gateway = lease.reply.routers[0] if lease.reply.routers else None
    servers = lease.reply.name_servers
    return go_out(found, address=lease.address, gateway=gateway, servers=servers, bench=bench, find=find_by_arp)


def find_by_arp(target: Address, own: Interface, bench: Bench) -> str | None:
    """Ask for the hardware address of `target`."""
    if not (isinstance(target, IPv4Address) and isinstance(own, IPv4Interface)):
        return None
    for packet in _ask_all(arp.ask(target, mac=bench.place.mac_bytes, sender=own.ip), bench):
        if packet.reply and packet.sender == target:
            return packet.mac.hex(":")
    return None


def judge_lease(lease: Lease) -> Finding:
    """Say what the DHCP server lends."""
    seconds = lease.reply.seconds
    length = "" if seconds is None else f" for {seconds} s"
    return passed(Check.ADDRESS, f"the DHCP server {lease.reply.server} lends {lease.address}{length}")


def judge_silence(result: NoLease, bench: Bench) -> Finding:
    """Say how far DHCP came, and what may be the matter."""
    if result.last is not None:
        refused = result.last.address is None
        said = "refuses the address that it offered" if refused else "does not confirm the address that it offered"
        remedy = "look at the server's log and at its free addresses, or set a static address"
        return failed(Check.ADDRESS, f"the DHCP server {result.last.server} {said}", remedy=remedy)
    causes = ["check the VLAN and that a DHCP server serves this network, or set a static address", *bench.remarks]
    if bench.place.borrowed:
        causes.append(
            f"a server that serves known hardware addresses only does not know the test's ({bench.place.mac})"
        )
    return failed(Check.ADDRESS, f"no DHCP server answers ({result.asked} requests)", remedy="; ".join(causes))


def _look_for_conflict(address: IPv4Interface, bench: Bench) -> Finding:
    with bench.report.task("conflict", f"Does another host use {address.ip}?"), bench.place.enter():
        mac = bench.place.mac_bytes
        packets = _ask_all(arp.ask(address.ip, mac=mac), bench)
        owner = next((packet for packet in packets if packet.claims(address.ip, by_others_than=mac)), None)
    return judge_conflict(address.ip, owner.mac.hex(":") if owner is not None else None)


def _ask_all(question: bytes, bench: Bench) -> Iterator[Arp]:
    """Ask a few times; give all ARP packets that come in."""
    with Wire(bench.place.interface, ARP) as wire:
        for _ in range(_TRIES):
            wire.shout(question)
            yield from _packets(wire, bench.deadline.within(_SECONDS))


def _packets(wire: Wire, deadline: Deadline) -> Iterator[Arp]:
    for data in wire.heard(deadline):
        try:
            yield arp.read(data)
        except MalformedError:
            continue
