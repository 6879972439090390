"""Public keys in OpenPGP's form (RFC 9580): just enough to tell a key from something else and give its fingerprint."""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass

_ARMORED = re.compile(rb"-----BEGIN PGP PUBLIC KEY BLOCK-----\s*?\n(.*?)-----END PGP PUBLIC KEY BLOCK-----", re.DOTALL)
_PUBLIC_KEY, _USER_ID = 6, 13


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicKey:
    """A primary key: its fingerprint in capital hexadecimal digits and the first user id on it."""

    fingerprint: str
    owner: str

    def __str__(self) -> str:
        groups = (self.fingerprint[start : start + 4] for start in range(0, len(self.fingerprint), 4))
        return f"{' '.join(groups)} ({self.owner})"


def public_keys(data: bytes) -> tuple[PublicKey, ...]:
    """Give the primary keys in a key file, armoured or not; none when it is no key file."""
    try:
        blocks = [_dearmored(block) for block in _ARMORED.findall(data)] or [data]
        return tuple(key for block in blocks for key in _keys(block))
    except (binascii.Error, IndexError, ValueError):
        return ()


def _dearmored(text: bytes) -> bytes:
    """RFC 9580 section 6.2: headers up to a blank line, base64, and maybe a checksum that starts with `=`."""
    lines = [line.strip() for line in text.splitlines()]
    body = lines[lines.index(b"") + 1 :]
    return base64.b64decode(b"".join(line for line in body if not line.startswith(b"=")), validate=True)


def _keys(block: bytes) -> Iterator[PublicKey]:
    fingerprint: str | None = None
    owner = ""
    for tag, body in _packets(block):
        if tag == _PUBLIC_KEY:
            if fingerprint:
                yield PublicKey(fingerprint=fingerprint, owner=owner)
            fingerprint, owner = _fingerprint(body), ""
        elif tag == _USER_ID and not owner:
            owner = body.decode(errors="replace")
    if fingerprint:
        yield PublicKey(fingerprint=fingerprint, owner=owner)


def _fingerprint(body: bytes) -> str:
    """RFC 9580 section 5.5.4: over the public-key packet with a fixed header."""
    if body[0] == 4:
        return hashlib.sha1(b"\x99" + len(body).to_bytes(2) + body, usedforsecurity=False).hexdigest().upper()
    if body[0] == 6:
        return hashlib.sha256(b"\x9b" + len(body).to_bytes(4) + body).hexdigest().upper()
    raise ValueError(f"key version {body[0]}")


def _packets(block: bytes) -> Iterator[tuple[int, bytes]]:
    """RFC 9580 section 4.2: old and new packet headers, without partial lengths, which keys do not have."""
    position = 0
    while position < len(block):
        header = block[position]
        if not header & 0x80:
            raise ValueError("not a packet")
        if header & 0x40:
            tag, (length, start) = header & 0x3F, _new_length(block, position + 1)
        else:
            octets = 1 << (header & 3)
            tag, start = (header >> 2) & 0xF, position + 1 + octets
            length = int.from_bytes(block[position + 1 : start])
        position = start + length
        if header & 0x43 == 3 or position > len(block):
            raise ValueError("packet without an end")
        yield tag, block[start:position]


def _new_length(block: bytes, at: int) -> tuple[int, int]:
    first = block[at]
    if first < 192:
        return first, at + 1
    if first < 224:
        return ((first - 192) << 8) + block[at + 1] + 192, at + 2
    if first == 255:
        return int.from_bytes(block[at + 1 : at + 5]), at + 5
    raise ValueError("partial length")
