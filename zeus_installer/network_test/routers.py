"""Hearing IPv6 routers. It must begin before the interface is set up: the kernel asks for them just then."""

import socket
import struct
import sys
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv6Address

from zeus_installer.network_test import adverts
from zeus_installer.network_test.adverts import Advertisement
from zeus_installer.network_test.deadline import Deadline
from zeus_installer.network_test.malformed import MalformedError

_LARGEST = 4096
_NEAR = 255  # the hop limit of what no router has passed on
_FILTER = 1  # ICMP6_FILTER, linux/icmpv6.h
_ADVERTISEMENT = 134


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A router and what it said."""

    router: IPv6Address
    advertisement: Advertisement


class Routers:
    """A socket that hears router advertisements on one interface, in the network namespace in which it is made."""

    def __init__(self, interface: str) -> None:
        """An OSError where the kernel has no IPv6."""
        self._socket = socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, interface.encode())
        self._socket.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_RECVHOPLIMIT, 1)
        blocked = [0xFFFFFFFF] * 8
        blocked[_ADVERTISEMENT >> 5] &= ~(1 << (_ADVERTISEMENT & 31))
        self._socket.setsockopt(socket.IPPROTO_ICMPV6, _FILTER, struct.pack("=8I", *blocked))

    def close(self) -> None:
        """Hear no more."""
        self._socket.close()

    def first(self, deadline: Deadline) -> Seen | None:
        """Give the first router that says something valid (RFC 4861, 6.1.2)."""
        while not deadline.over:
            self._socket.settimeout(max(deadline.left, 0.01))
            with suppress(OSError, MalformedError):
                data, extra, _, source = self._socket.recvmsg(_LARGEST, socket.CMSG_SPACE(4))
                router = IPv6Address(source[0].partition("%")[0])
                if router.is_link_local and _hop_limit(extra) == _NEAR:
                    return Seen(router=router, advertisement=adverts.read(data))
        return None


def _hop_limit(extra: list[tuple[int, int, bytes]]) -> int | None:
    limits = (data for level, kind, data in extra if (level, kind) == (socket.IPPROTO_IPV6, socket.IPV6_HOPLIMIT))
    return next((int.from_bytes(data[:4], sys.byteorder) for data in limits), None)
