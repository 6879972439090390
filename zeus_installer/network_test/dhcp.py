"""DHCP messages (RFC 2131, RFC 2132): what a client writes, and what it can read of a server's. Pure."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address, IPv4Interface

from zeus_installer.network_test.malformed import MalformedError

_FIXED = struct.Struct("!BBBBIHH4s4s4s4s16s64s128s4s")
_COOKIE = b"\x63\x82\x53\x63"
_ETHERNET = (1, 6)  # hardware type, length of an address
_BROADCAST = 0x8000
_LEAST = 300  # BOOTP's own size, which old relays insist on
_MOST_SERVERS = 3  # as many name servers as a resolver asks
_NOWHERE = IPv4Address(0)


class Type(IntEnum):
    """What a message is."""

    DISCOVER = 1
    OFFER = 2
    REQUEST = 3
    DECLINE = 4
    ACK = 5
    NAK = 6
    RELEASE = 7


class _Option(IntEnum):
    PAD = 0
    MASK = 1
    ROUTERS = 3
    NAME_SERVERS = 6
    REQUESTED = 50
    LEASE = 51
    OVERLOAD = 52
    TYPE = 53
    SERVER = 54
    WANTED = 55
    LARGEST = 57
    CLIENT = 61
    END = 255


_WANTED = bytes([_Option.MASK, _Option.ROUTERS, _Option.NAME_SERVERS, _Option.LEASE, _Option.SERVER])


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a server said: OFFER, ACK or NAK. `seconds` is the length of the lease; a NAK has no `address`."""

    type: Type
    server: IPv4Address
    address: IPv4Interface | None = None
    routers: tuple[IPv4Address, ...] = ()
    name_servers: tuple[IPv4Address, ...] = ()
    seconds: int | None = None


def write(
    kind: Type,
    *,
    transaction: int,
    mac: bytes,
    elapsed: int = 0,
    own: IPv4Address = _NOWHERE,
    requested: IPv4Address | None = None,
    server: IPv4Address | None = None,
    also: bytes = b"",
) -> bytes:
    """Write a client's message. `own` is the address that it has, `requested` the one that it means.

    `also` are the numbers of options that are asked for beside the usual.
    """
    flags = _BROADCAST if kind in (Type.DISCOVER, Type.REQUEST) else 0
    addresses = (own.packed, bytes(4), bytes(4), bytes(4))
    fixed = _FIXED.pack(1, *_ETHERNET, 0, transaction, elapsed, flags, *addresses, mac, b"", b"", _COOKIE)
    options = [(_Option.TYPE, bytes([kind])), (_Option.CLIENT, b"\x01" + mac)]
    if requested is not None:
        options.append((_Option.REQUESTED, requested.packed))
    if server is not None:
        options.append((_Option.SERVER, server.packed))
    if kind in (Type.DISCOVER, Type.REQUEST):
        options += [(_Option.LARGEST, struct.pack("!H", 1500)), (_Option.WANTED, _WANTED + also)]
    body = b"".join(bytes([code, len(value)]) + value for code, value in options)
    return (fixed + body + bytes([_Option.END])).ljust(_LEAST, b"\0")


def read(data: bytes, *, transaction: int, mac: bytes) -> Reply:
    """Read a server's message to us."""
    if len(data) < _FIXED.size:
        raise MalformedError("shorter than a DHCP message")
    operation, hardware, length, _, number, _, _, _, given, _, _, to, name, file, cookie = _FIXED.unpack_from(data)
    if operation != 2 or (hardware, length) != _ETHERNET or cookie != _COOKIE:
        raise MalformedError("not a DHCP reply")
    if number != transaction or to[: len(mac)] != mac:
        raise MalformedError("for another client")
    options = _options(data[_FIXED.size :], file=file, name=name)
    kind = options.get(_Option.TYPE, b"")
    servers = _addresses(options.get(_Option.SERVER, b""))
    if kind not in (bytes([Type.OFFER]), bytes([Type.ACK]), bytes([Type.NAK])) or not servers:
        raise MalformedError("not a server's message, or from a server without a name")
    if kind[0] == Type.NAK:
        return Reply(type=Type.NAK, server=servers[0])
    return Reply(
        type=Type(kind[0]),
        server=servers[0],
        address=_interface(IPv4Address(given), options.get(_Option.MASK)),
        routers=_addresses(options.get(_Option.ROUTERS, b"")),
        name_servers=_addresses(options.get(_Option.NAME_SERVERS, b""))[:_MOST_SERVERS],
        seconds=int.from_bytes(options[_Option.LEASE]) if len(options.get(_Option.LEASE, b"")) == 4 else None,
    )


def read_option(data: bytes, code: int) -> bytes:
    """Give an option of a message that `read` took; empty when it has none."""
    *_, name, file, _ = _FIXED.unpack_from(data)
    return _options(data[_FIXED.size :], file=file, name=name).get(code, b"")


def _options(data: bytes, *, file: bytes, name: bytes) -> dict[int, bytes]:
    """Give the options by number. They may go on in `file` and `name`; parts of one are put together (RFC 3396)."""
    found: dict[int, bytes] = {}
    for code, value in _each_option(data):
        found[code] = found.get(code, b"") + value
    overload = int.from_bytes(found.get(_Option.OVERLOAD, b"")[:1])
    for field in ([file] if overload & 1 else []) + ([name] if overload & 2 else []):
        for code, value in _each_option(field):
            found[code] = found.get(code, b"") + value
    return found


def _each_option(data: bytes) -> Iterator[tuple[int, bytes]]:
    place = 0
    while place < len(data) and data[place] != _Option.END:
        if data[place] == _Option.PAD:
            place += 1
            continue
        end = place + 2 + data[place + 1] if place + 1 < len(data) else len(data) + 1
        if end > len(data):
            raise MalformedError("an option ends behind the message")
        yield data[place], data[place + 2 : end]
        place = end


def _addresses(data: bytes) -> tuple[IPv4Address, ...]:
    """Give the addresses in an option that can be a host's, each once."""
    every = (IPv4Address(data[place : place + 4]) for place in range(0, len(data) // 4 * 4, 4))
    return tuple(dict.fromkeys(address for address in every if _is_host(address)))


def _interface(address: IPv4Address, mask: bytes | None) -> IPv4Interface:
    """The address with its network; without a mask it is alone."""
    if not _is_host(address):
        raise MalformedError("offers what is no host's address")
    host_bits = 0 if mask is None else ~int.from_bytes(mask) & 0xFFFFFFFF
    if (mask is not None and len(mask) != 4) or host_bits & (host_bits + 1) or host_bits == 0xFFFFFFFF:
        raise MalformedError("offers a wrong network mask")
    return IPv4Interface((int(address), 32 - host_bits.bit_length()))


def _is_host(address: IPv4Address) -> bool:
    return not (address.is_multicast or address.is_loopback or address.is_reserved or int(address) >> 24 == 0)
