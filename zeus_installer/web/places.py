"""Where something is on the web: an address, and which certificate its server must have. Pure."""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from zeus_installer.system.errors import UsageError

_SCHEMES: Final = frozenset({"http", "https"})
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_URL: Final = re.compile(r"[\x21-\x7e]+")
_USER: Final = re.compile(r"(?<=://)[^/?#\s]*@")
_QUERY: Final = re.compile(r"[?#].*$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Place:
    """An address. With a `fingerprint` its server must show exactly the certificate that has it (SHA-256, hex)."""

    url: str
    fingerprint: str | None = None

    def __repr__(self) -> str:
        return f"Place({shown(self.url)})"


def shown(url: str) -> str:
    """Give an address for people: without user and password, and without a query, which may be a secret as well."""
    query = "?…" if "?" in url.partition("#")[0] else ""
    return _USER.sub("", _QUERY.sub("", url)) + query


def split(url: str) -> SplitResult:
    """Take an address apart; one that is neither http nor https, or has no host, is a `UsageError`."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises when it is no number
    except ValueError:
        parts = SplitResult("", "", "", "", "")
    if parts.scheme not in _SCHEMES or not parts.hostname or not _URL.fullmatch(url):
        raise UsageError("web.address", f"{shown(url)} is no web address", hint="write https://HOST/PATH")
    return parts


def credentials(parts: SplitResult) -> str | None:
    """Give `user:password` when the address has a user."""
    if parts.username is None:
        return None
    return f"{unquote(parts.username)}:{unquote(parts.password or '')}"


def plain_fingerprint(text: str) -> str:
    """Give a SHA-256 fingerprint as 64 small hex digits; colons may stand between. Another text is a `UsageError`."""
    digits = text.replace(":", "").strip().lower()
    if not _SHA256.fullmatch(digits):
        hint = "openssl x509 -in CERTIFICATE -noout -fingerprint -sha256 prints it"
        raise UsageError("web.fingerprint", f"{text} is no SHA-256 fingerprint of a certificate", hint=hint)
    return digits


def spaced_fingerprint(digits: str) -> str:
    """Give a fingerprint as openssl writes it: `AB:CD:…`."""
    return ":".join(re.findall("..", digits.upper()))
