"""Router advertisements (RFC 4861) with the name servers in them (RFC 8106). Pure."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv6Address

from zeus_installer.network_test.malformed import MalformedError

_HEADER = struct.Struct("!BBHBBHII")
_ADVERTISEMENT = 134
_MANAGED = 0x80
_PREFIX, _NAME_SERVERS = 3, 25
_PREFIX_OPTION = struct.Struct("!BBBBIII16s")
_AUTONOMOUS = 0x40
_MOST_SERVERS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Advertisement:
    """What a router says. `router`: it is a default one; `managed`: addresses come by DHCPv6; `prefix`: or by it."""

    router: bool
    managed: bool
    prefix: bool
    name_servers: tuple[IPv6Address, ...] = ()


def read(data: bytes) -> Advertisement:
    """Read an ICMPv6 message; the checksum is the kernel's affair."""
    if len(data) < _HEADER.size:
        raise MalformedError("shorter than a router advertisement")
    kind, code, _, _, flags, lifetime, _, _ = _HEADER.unpack_from(data)
    if (kind, code) != (_ADVERTISEMENT, 0):
        raise MalformedError("not a router advertisement")
    prefix = False
    servers: list[IPv6Address] = []
    for option, body in _options(data[_HEADER.size :]):
        if option == _PREFIX and len(body) == _PREFIX_OPTION.size:
            _, _, _, prefix_flags, valid, *_ = _PREFIX_OPTION.unpack(body)
            prefix = prefix or bool(prefix_flags & _AUTONOMOUS and valid)
        elif option == _NAME_SERVERS:
            servers += [IPv6Address(body[place : place + 16]) for place in range(8, len(body) - 15, 16)]
    usable = dict.fromkeys(server for server in servers if not (server.is_multicast or server.is_unspecified))
    return Advertisement(
        router=lifetime > 0,
        managed=bool(flags & _MANAGED),
        prefix=prefix,
        name_servers=tuple(usable)[:_MOST_SERVERS],
    )


def _options(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give each option's type and all of its bytes."""
    place = 0
    while place < len(data):
        length = data[place + 1] * 8 if place + 1 < len(data) else 0
        if not length or place + length > len(data):
            raise MalformedError("an option ends behind the message")
        yield data[place], data[place : place + length]
        place += length
