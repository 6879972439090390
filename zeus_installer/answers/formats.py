"""What a string in the answers may look like: each format with words, pattern (for the JSON Schema too) and test."""

import binascii
import ipaddress
import re
import struct
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

from zeus_installer.answers import sizes

_HASH_HINT = "make one with `mkpasswd` or `openssl passwd -6`; clear text is never taken from a file"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST_NAME = rf"{_LABEL}(?:\.{_LABEL})*"
# crypt(5) of libxcrypt: its methods that are fit for new hashes.
_CRYPT = (
    r"\$g?y\$[./A-Za-z0-9]+\$[./A-Za-z0-9]{0,86}\$[./A-Za-z0-9]{43}"
    r"|\$7\$[./A-Za-z0-9]{11,97}\$[./A-Za-z0-9]{43}"
    r"|\$2[aby]\$[0-9]{2}\$[./A-Za-z0-9]{53}"
    r"|\$6\$(?:rounds=[0-9]{1,9}\$)?[^$:\n\s]{1,16}\$[./A-Za-z0-9]{86}"
    r"|\$5\$(?:rounds=[0-9]{1,9}\$)?[^$:\n\s]{1,16}\$[./A-Za-z0-9]{43}"
)
_SSH_KEY = (
    r"(?:ssh-(?:ed25519|rsa)|ecdsa-sha2-nistp(?:256|384|521)|sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """A format of strings. `wants` follows the word "wants" in errors; `pattern` must allow all that `test` does."""

    wants: str
    pattern: str
    test: Callable[[str], bool] | None = None
    hint: str = ""

    def allows(self, text: str) -> bool:
        """Whether `text` is of this format."""
        return re.fullmatch(self.pattern, text) is not None and (self.test is None or self.test(text))


def _is_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    return not (address.is_unspecified or address.is_multicast or "%" in text)


def _is_interface(text: str) -> bool:
    """An address that a host can have, with the length of its prefix, and not the name of its network."""
    try:
        interface = ipaddress.ip_interface(text)
    except ValueError:
        return False
    network, address = interface.network, interface.ip
    if not 0 < network.prefixlen < network.max_prefixlen or not _is_address(str(address)) or address.is_loopback:
        return False
    reserved = {network.network_address}
    if network.version == 4:
        reserved.add(network.broadcast_address)
    return network.num_addresses == 2 or address not in reserved


def _is_host_or_address(text: str) -> bool:
    return _is_address(text) or (len(text) <= 253 and re.fullmatch(_HOST_NAME, text) is not None)


def _is_url(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises when it is no number
    except ValueError:
        return False
    return parts.path.startswith("/") if parts.scheme == "file" else bool(parts.hostname)


def _is_ssh_key(text: str) -> bool:
    """The blob of a key begins with the key's type (RFC 4253 §6.6): a torn line shows there."""
    kind, blob = text.split(" ")[:2]
    try:
        data = b64decode(blob, validate=True)
        (length,) = struct.unpack_from(">I", data)
    except (binascii.Error, struct.error):
        return False
    return data[4 : 4 + length] == kind.encode() and len(data) > 4 + length


def _is_mac(text: str) -> bool:
    return int(text[:2], 16) % 2 == 0 and set(text) - set(":") != {"0"}


TEXT = Format(wants="a text without blanks at its ends", pattern=r"\S(?:[^\x00-\x1f\x7f]*\S)?")
# 64 is Linux's own limit (HOST_NAME_MAX); the DNS would allow 253.
HOST_NAME = Format(
    wants="a host name: letters, digits and hyphens between dots, 64 characters at most",
    pattern=_HOST_NAME,
    test=lambda text: len(text) <= 64,
)
PASSWORD_HASH = Format(wants="a crypt(5) hash", pattern=_CRYPT, hint=_HASH_HINT)
SSH_KEY = Format(
    wants="an OpenSSH public key on one line",
    pattern=_SSH_KEY + r" [A-Za-z0-9+/]+={0,2}(?: [^\x00-\x1f\x7f]*)?",
    test=_is_ssh_key,
    hint="it is the content of a file like ~/.ssh/id_ed25519.pub",
)
TIME_ZONE = Format(
    wants='a time zone like "Europe/Prague"', pattern=r"[A-Za-z][A-Za-z0-9_+-]*(?:/[A-Za-z0-9_+-]+){0,2}"
)
DISK_LINK = Format(
    wants="a link below /dev/disk/by-id/",
    pattern=r"/dev/disk/by-id/[^/\s]+",
    test=lambda text: text.rpartition("/")[2] not in {".", ".."},
    hint="names like /dev/sda change from boot to boot; `zeus probe` shows the links",
)
SIZE_RULE = Format(
    wants='a comparison with a size like ">=200G" (G is 10^9 bytes, GiB 2^30)',
    pattern=sizes.PATTERN,
    test=lambda text: sizes.parse_size_rule(text) is not None,
)
MAC = Format(
    wants='the MAC address of one NIC like "52:54:00:12:34:56"',
    pattern=r"[0-9A-Fa-f]{2}(?::[0-9A-Fa-f]{2}){5}",
    test=_is_mac,
)
INTERFACE = Format(
    wants='the address of a host with its prefix length like "192.0.2.10/24"',
    pattern=r"[0-9A-Fa-f:.]+/[0-9]{1,3}",
    test=_is_interface,
)
ADDRESS = Format(wants='an IP address like "192.0.2.1"', pattern=r"[0-9A-Fa-f:.]+", test=_is_address)
HOST_OR_ADDRESS = Format(wants="a host name or an IP address", pattern=r"[0-9A-Za-z:.-]+", test=_is_host_or_address)
NAME = Format(wants="a name of letters, digits and -_.:", pattern=r"[A-Za-z0-9_.:-]+")
URL = Format(wants="a URL: http://, https:// or file:///", pattern=r"(?:https?://|file:///)[\x21-\x7e]+", test=_is_url)
WEB_URL = Format(wants="a URL: http:// or https://", pattern=r"https?://[\x21-\x7e]+", test=_is_url)
SHA256 = Format(wants="a SHA-256: 64 hexadecimal digits", pattern=r"[0-9A-Fa-f]{64}", hint="`sha256sum FILE` prints it")
FINGERPRINT = Format(
    wants="the SHA-256 fingerprint of a certificate",
    pattern=r"[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}",
    hint="`openssl x509 -in CERTIFICATE -noout -fingerprint -sha256` prints it",
)
ABSOLUTE_PATH = Format(wants="an absolute path", pattern=r"/[^\x00-\x1f\x7f]*")
