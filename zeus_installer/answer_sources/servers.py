"""Answers from web servers: by the kernel command line, by DHCP, and by telling a server which machine this is."""

import hashlib
import json
from collections.abc import Sequence
from typing import Final
from urllib.parse import urlsplit

from zeus_installer.answer_sources.inquiry import inquiry
from zeus_installer.answer_sources.names import ENDING, names_of
from zeus_installer.answer_sources.search import LIMIT, Found, Search
from zeus_installer.answer_sources.words import FINGERPRINT, SHA256
from zeus_installer.system.errors import UsageError, sentence_list
from zeus_installer.web.client import Place, StatusError, fetch, post
from zeus_installer.web.places import shown, split

_NOT_THERE: Final = frozenset({404, 410})
_CONTENT_TYPE: Final = "application/json"


def ask_server(search: Search, source: str, url: str, *, named_by_us: bool) -> Found:
    """Fetch the answers from a file, or those of this machine from a directory (no `.toml` at its end).

    Answers that are not there, like all else that goes wrong, are a `ZeusError`. `named_by_us`: the address itself is
    to be trusted.
    """
    _refuse_plain(search, source, url)
    addresses = _addresses(search, url)
    for address in addresses:
        try:
            data = fetch(Place(address, _fingerprint(search, address)), limit=LIMIT, patience=search.patience)
        except StatusError as error:
            if error.number not in _NOT_THERE:
                raise
            continue
        return _checked(search, source, data, shown(address), named_by_us=named_by_us)
    asked = "".join(f"\n  {shown(address)}" for address in addresses)
    raise UsageError(
        "answers.none_here",
        f"there are no answers for this machine; asked for:{asked}" if asked else "this machine has no name to ask for",
        hint="put the answers of this machine on the server under one of these names",
    )


def tell_server(search: Search, source: str, url: str) -> Found:
    """Tell a server which machine this is, and take what it returns."""
    _refuse_plain(search, source, url)
    body = json.dumps(inquiry(search), ensure_ascii=False).encode()
    place = Place(url, _fingerprint(search, url))
    try:
        data = post(place, body, content_type=_CONTENT_TYPE, limit=LIMIT, patience=search.patience)
    except StatusError as error:
        if error.number not in _NOT_THERE:
            raise
        data = b""
    if not data.strip():
        message = f"{shown(url)} has no answers for this machine: {_who(search)}"
        raise UsageError("answers.none_here", message, hint="look at the server's log: what it was sent is there")
    return _checked(search, source, data, shown(url), named_by_us=True)


def _who(search: Search) -> str:
    identity = search.identity
    return sentence_list([*([f"serial {identity.serial}"] if identity.serial else []), *identity.macs]) or "nameless"


def _addresses(search: Search, url: str) -> Sequence[str]:
    parts = split(url)
    if parts.path.endswith(ENDING):
        return [url]
    base = parts.path.rstrip("/")
    return [parts._replace(path=f"{base}/{name}").geturl() for name in names_of(search.identity, search.words)]


def _refuse_plain(search: Search, source: str, url: str) -> None:
    if split(url).scheme == "http" and search.words.sha256 is None:
        raise UsageError(
            "answers.plain_http",
            f"{source}: {shown(url)}: the answers would come over plain http: anybody on the way could change them",
            hint=f"give {SHA256}=CHECKSUM on the kernel command line, or use https",
        )


def _fingerprint(search: Search, url: str) -> str | None:
    """Give the certificate that the server must have. Plain http has a checksum instead."""
    if urlsplit(url).scheme == "http" and search.words.sha256 is not None:
        return None
    return search.words.fingerprint


def _checked(search: Search, source: str, data: bytes, origin: str, *, named_by_us: bool) -> Found:
    wanted = search.words.sha256
    seen = hashlib.sha256(data).hexdigest()
    if wanted is not None and seen != wanted:
        raise UsageError(
            "answers.checksum",
            f"these are not the answers that were meant: {origin} has the checksum {seen}, and {SHA256} is {wanted}",
            hint="compare: sha256sum of the file on the server, and the kernel command line",
        )
    trusted = named_by_us or search.words.pinned
    return search.found(source, data, origin, authenticated=trusted)


HOW_TO_PIN: Final = f"give {SHA256}= or {FINGERPRINT}= on the kernel command line"
