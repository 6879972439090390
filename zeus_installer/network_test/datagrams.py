"""IPv4 and UDP headers, for a host that has no address yet. Pure."""

import struct
from ipaddress import IPv4Address

from zeus_installer.network_test.malformed import MalformedError

_UDP = 17
_HEADER = struct.Struct("!BBHHHBBH4s4s")
_UDP_HEADER = struct.Struct("!HHHH")
_FRAGMENT = 0x3FFF  # offset and "more fragments"


def wrap(payload: bytes, *, source: tuple[IPv4Address, int], target: tuple[IPv4Address, int]) -> bytes:
    """Put `payload` into a UDP datagram in an IPv4 packet."""
    addresses = source[0].packed, target[0].packed
    length = _UDP_HEADER.size + len(payload)
    pseudo = struct.pack("!4s4sBBH", *addresses, 0, _UDP, length)
    checksum = _checksum(pseudo + _UDP_HEADER.pack(source[1], target[1], length, 0) + payload) or 0xFFFF
    header = (0x45, 0, _HEADER.size + length, 0, 0, 64, _UDP)
    first = _HEADER.pack(*header, _checksum(_HEADER.pack(*header, 0, *addresses)), *addresses)
    return first + _UDP_HEADER.pack(source[1], target[1], length, checksum) + payload


def unwrap(packet: bytes, *, port: int) -> tuple[IPv4Address, bytes]:
    """Give the sender and the content of a whole UDP datagram to `port`.

    UDP's checksum is not looked at: a packet socket sees it before the hardware has filled it in.
    """
    if len(packet) < _HEADER.size:
        raise MalformedError("shorter than an IPv4 header")
    version, _, total, _, fragment, _, protocol, _, source, _ = _HEADER.unpack_from(packet)
    start = (version & 0xF) * 4
    if version >> 4 != 4 or start < _HEADER.size or protocol != _UDP or fragment & _FRAGMENT:
        raise MalformedError("not a UDP datagram in one piece")
    if not start + _UDP_HEADER.size <= total <= len(packet):
        raise MalformedError("not all of it is there")
    _, target, length, _ = _UDP_HEADER.unpack_from(packet, start)
    if target != port or not _UDP_HEADER.size <= length <= total - start:
        raise MalformedError("for another port, or not all of it is there")
    return IPv4Address(source), packet[start + _UDP_HEADER.size : start + length]


def _checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    padded = data + bytes(len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF
