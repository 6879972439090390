"""ARP packets (RFC 826) and the probe for a conflict of addresses (RFC 5227). Pure."""

import struct
from dataclasses import dataclass
from ipaddress import IPv4Address

from zeus_installer.network_test.malformed import MalformedError

_PACKET = struct.Struct("!HHBBH6s4s6s4s")
_ETHERNET_IPV4 = (1, 0x0800, 6, 4)
_REQUEST, _REPLY = 1, 2
NOBODY = IPv4Address(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Arp:
    """A request or a reply: who says (or asks) what."""

    reply: bool
    mac: bytes
    sender: IPv4Address
    target: IPv4Address

    def claims(self, address: IPv4Address, *, by_others_than: bytes) -> bool:
        """Whether another host uses `address`, or is about to (RFC 5227, 2.1.1)."""
        probes = not self.reply and self.sender == NOBODY and self.target == address
        return self.mac != by_others_than and (self.sender == address or probes)


def ask(target: IPv4Address, *, mac: bytes, sender: IPv4Address = NOBODY) -> bytes:
    """Write the request for `target`; with no sender it is a probe, which leaves everybody's tables alone."""
    return _PACKET.pack(*_ETHERNET_IPV4, _REQUEST, mac, sender.packed, bytes(6), target.packed)


def read(data: bytes) -> Arp:
    """Read a packet."""
    if len(data) < _PACKET.size:
        raise MalformedError("shorter than an ARP packet")
    *kind, operation, mac, sender, _, target = _PACKET.unpack_from(data)
    if tuple(kind) != _ETHERNET_IPV4 or operation not in (_REQUEST, _REPLY):
        raise MalformedError("not ARP for IPv4 on Ethernet")
    return Arp(reply=operation == _REPLY, mac=mac, sender=IPv4Address(sender), target=IPv4Address(target))
