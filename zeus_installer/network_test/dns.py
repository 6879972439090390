"""DNS messages (RFC 1035): one question, and the addresses that the answer has. Pure."""

import struct
from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address

from zeus_installer.network_test.malformed import MalformedError

Address = IPv4Address | IPv6Address

_HEADER = struct.Struct("!HHHHHH")
_QUESTION = struct.Struct("!HH")
_RECORD = struct.Struct("!HHIH")
_INTERNET = 1
_RESPONSE, _RECURSION = 0x8000, 0x0100
_OPCODE, _STATUS = 0x7800, 0x000F
_POINTER = 0xC0
_MOST_RECORDS = 64
_LONGEST_LABEL, _LONGEST_NAME = 63, 253


class Kind(IntEnum):
    """What is asked for."""

    A = 1
    NS = 2
    AAAA = 28


class Status(IntEnum):
    """How the server took the question; numbers that are not here are left as numbers."""

    OK = 0
    FORMAT = 1
    SERVER_FAILURE = 2
    NO_SUCH_NAME = 3
    NOT_IMPLEMENTED = 4
    REFUSED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A server's answer: its status, and the addresses of the kind that was asked for."""

    status: int
    addresses: tuple[Address, ...] = ()


def is_name(name: str) -> bool:
    """Whether `name` can be asked for: labels of letters, digits, hyphens and underscores."""
    labels = name.removesuffix(".").split(".")
    return len(name) <= _LONGEST_NAME and all(
        0 < len(label) <= _LONGEST_LABEL and label.isascii() and label.replace("-", "").replace("_", "").isalnum()
        for label in labels
    )


def write(name: str, kind: Kind, *, number: int) -> bytes:
    """Write the question for `name`; an empty name is the root."""
    return _HEADER.pack(number, _RECURSION, 1, 0, 0, 0) + _encoded(name) + _QUESTION.pack(kind, _INTERNET)


def read(data: bytes, name: str, kind: Kind, *, number: int) -> Answer:
    """Read the answer to what `write` wrote."""
    if len(data) < _HEADER.size:
        raise MalformedError("shorter than a DNS message")
    ours, flags, questions, answers, _, _ = _HEADER.unpack_from(data)
    question = _encoded(name) + _QUESTION.pack(kind, _INTERNET)
    place = _HEADER.size + len(question)
    if ours != number or not flags & _RESPONSE or flags & _OPCODE:
        raise MalformedError("not an answer to us")
    if questions != 1 or data[_HEADER.size : place].lower() != question.lower():
        raise MalformedError("an answer to another question")
    addresses: list[Address] = []
    for _ in range(min(answers, _MOST_RECORDS)):
        place, type_, content = _record(data, place)
        # A server that looks names up for us puts the end of a chain of aliases into the same answer.
        if type_ == kind and (type_, len(content)) == (Kind.A, 4):
            addresses.append(IPv4Address(content))
        elif type_ == kind and (type_, len(content)) == (Kind.AAAA, 16):
            addresses.append(IPv6Address(content))
    return Answer(status=flags & _STATUS, addresses=tuple(dict.fromkeys(addresses)))


def _encoded(name: str) -> bytes:
    labels = name.removesuffix(".").encode("ascii").split(b".") if name else []
    return b"".join(bytes([len(label)]) + label for label in labels) + b"\0"


def _record(data: bytes, place: int) -> tuple[int, int, bytes]:
    """Give the place behind a record, its type (0 for another class) and its content."""
    place = _behind_name(data, place)
    if place + _RECORD.size > len(data):
        raise MalformedError("a record ends behind the message")
    kind, class_, _, length = _RECORD.unpack_from(data, place)
    start, end = place + _RECORD.size, place + _RECORD.size + length
    if end > len(data):
        raise MalformedError("a record ends behind the message")
    return end, kind if class_ == _INTERNET else 0, data[start:end]


def _behind_name(data: bytes, place: int) -> int:
    """Pass over a name. What it is does not matter, so no pointer is followed."""
    while place < len(data):
        length = data[place]
        if length & _POINTER == _POINTER:
            return place + 2
        if length & _POINTER:
            break
        place += 1 + length
        if length == 0:
            return place
    raise MalformedError("a name ends behind the message")
