"""Asking name servers, one question at a time."""

import secrets
import socket
from contextlib import suppress
from ipaddress import IPv6Address

from zeus_installer.network_test import dns
from zeus_installer.network_test.deadline import Deadline
from zeus_installer.network_test.dns import Address, Answer, Kind
from zeus_installer.network_test.malformed import MalformedError
from zeus_installer.network_test.port import Place

_PORT = 53
_TRIES = 2
_SECONDS = 1.5
_LARGEST = 4096


def ask(server: Address, name: str, kind: Kind, *, place: Place, deadline: Deadline) -> Answer | None:
    """Ask one server; None when it says nothing that we could read."""
    for _ in range(_TRIES):
        if deadline.over:
            break
        with suppress(OSError), place.enter(), _socket(server, place) as asker:
            number = secrets.randbits(16)
            asker.send(dns.write(name, kind, number=number))
            answer = _await(asker, name, kind, number, deadline.within(_SECONDS))
            if answer is not None:
                return answer
    return None


def where(address: Address, port: int, interface: str) -> tuple[object, ...]:
    """Give an address as sockets want it: a link-local one says on which link."""
    if not isinstance(address, IPv6Address):
        return (str(address), port)
    return (str(address), port, 0, socket.if_nametoindex(interface) if address.is_link_local else 0)


def _socket(server: Address, place: Place) -> socket.socket:
    """A socket that hears this server only."""
    made = socket.socket(socket.AF_INET6 if server.version == 6 else socket.AF_INET, socket.SOCK_DGRAM)
    try:
        made.connect(where(server, _PORT, place.interface))
    except OSError:
        made.close()
        raise
    return made


def _await(asker: socket.socket, name: str, kind: Kind, number: int, deadline: Deadline) -> Answer | None:
    while not deadline.over:
        asker.settimeout(max(deadline.left, 0.01))
        data = asker.recv(_LARGEST)  # a timeout is an OSError
        with suppress(MalformedError):
            return dns.read(data, name, kind, number=number)
    return None
