"""A DHCP client that borrows an address for the length of the test and gives it back (RFC 2131)."""

import secrets
import socket
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface

from zeus_installer.network_test import datagrams, dhcp
from zeus_installer.network_test.deadline import Deadline
from zeus_installer.network_test.dhcp import Reply, Type
from zeus_installer.network_test.malformed import MalformedError
from zeus_installer.network_test.port import Place
from zeus_installer.network_test.wire import IPV4, Wire

_CLIENT, _SERVER = 68, 67
_NOWHERE, _EVERYWHERE = IPv4Address(0), IPv4Address(0xFFFFFFFF)
_PAUSES = (1.0, 2.0, 3.0, 4.0)  # RFC 2131 doubles from 4 s; a person is waiting
_REQUESTS, _PATIENCE = 2, 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """An address that a server has lent us."""

    reply: Reply
    address: IPv4Interface


@dataclass(frozen=True, slots=True, kw_only=True)
class NoLease:
    """How far it came: the last that a server said, if any, and how often it was asked."""

    last: Reply | None
    asked: int


class Client:
    """The client on one interface."""

    def __init__(self, place: Place, deadline: Deadline) -> None:
        self._place = place
        self._deadline = deadline
        self._begun = deadline.left
        self._transaction = secrets.randbits(32)

    def borrow(self) -> Lease | NoLease:
        """Ask for a lease: DISCOVER, OFFER, REQUEST, ACK."""
        last: Reply | None = None
        asked = 0
        with Wire(self._place.interface, IPV4) as wire:
            for pause in _PAUSES:
                if self._deadline.over:
                    break
                asked += 1
                wire.shout(self._packet(Type.DISCOVER))
                offer = self._await(wire, (Type.OFFER,), self._deadline.within(pause))
                if offer is None or offer.address is None:
                    continue
                last = self._take(wire, offer)
                if last.type is Type.ACK and last.address is not None:
                    return Lease(reply=last, address=last.address)
        return NoLease(last=last, asked=asked)

    def decline(self, lease: Lease) -> None:
        """Tell the server that another host has the address."""
        with Wire(self._place.interface, IPV4) as wire:
            wire.shout(self._packet(Type.DECLINE, requested=lease.address.ip, server=lease.reply.server))

    def give_back(self, lease: Lease) -> None:
        """Release the lease: it goes to the server alone, so the address must still be there."""
        with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            sender.bind((str(lease.address.ip), _CLIENT))
            message = self._message(Type.RELEASE, own=lease.address.ip, server=lease.reply.server)
            sender.sendto(message, (str(lease.reply.server), _SERVER))

    def _take(self, wire: Wire, offer: Reply) -> Reply:
        """Request what was offered; give the server's last word, which is the offer when it says no more."""
        wanted = offer.address.ip if offer.address is not None else None
        for _ in range(_REQUESTS):
            wire.shout(self._packet(Type.REQUEST, requested=wanted, server=offer.server))
            answer = self._await(wire, (Type.ACK, Type.NAK), self._deadline.within(_PATIENCE))
            if answer is not None:
                return answer
        return offer

    def _await(self, wire: Wire, wanted: tuple[Type, ...], deadline: Deadline) -> Reply | None:
        replies = (self._read(packet) for packet in wire.heard(deadline))
        return next((reply for reply in replies if reply is not None and reply.type in wanted), None)

    def _read(self, packet: bytes) -> Reply | None:
        try:
            _, content = datagrams.unwrap(packet, port=_CLIENT)
            return dhcp.read(content, transaction=self._transaction, mac=self._place.mac_bytes)
        except MalformedError:
            return None

    def _packet(self, kind: Type, *, requested: IPv4Address | None = None, server: IPv4Address | None = None) -> bytes:
        message = self._message(kind, requested=requested, server=server)
        return datagrams.wrap(message, source=(_NOWHERE, _CLIENT), target=(_EVERYWHERE, _SERVER))

    def _message(
        self,
        kind: Type,
        *,
        own: IPv4Address = _NOWHERE,
        requested: IPv4Address | None = None,
        server: IPv4Address | None = None,
    ) -> bytes:
        return dhcp.write(
            kind,
            transaction=self._transaction,
            mac=self._place.mac_bytes,
            elapsed=int(self._begun - self._deadline.left),
            own=own,
            requested=requested,
            server=server,
        )
