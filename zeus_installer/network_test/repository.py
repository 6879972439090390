"""Reaching a repository: an HTTP(S) request for its repodata/repomd.xml, at addresses that we looked up ourselves."""

import http.client
import socket
import ssl
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import quote, urlsplit

from zeus_installer.network_test.deadline import Deadline
from zeus_installer.network_test.dns import Address
from zeus_installer.network_test.names import where
from zeus_installer.network_test.port import Place

_SECONDS = 4.0
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Where a repository is asked. `shown` is its base URL as it was given, without a password in it."""

    shown: str
    secure: bool
    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What came of it: the HTTP status, or why there is none."""

    address: Address
    status: int | None = None
    trouble: str = ""


def door(url: str) -> Door | None:
    """Take a base URL apart; None for one that needs no network. A wrong one is a ValueError."""
    parts = urlsplit(url)
    if parts.scheme == "file":
        return None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is not an http, https or file address")
    path = quote(f"{parts.path.rstrip('/')}/repodata/repomd.xml", safe="/%:@!$&'()*+,;=~")
    return Door(
        shown=parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl(),
        secure=parts.scheme == "https",
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        path=path,
    )


def knock(there: Door, targets: Sequence[tuple[Address, Place]], deadline: Deadline) -> Reached | None:
    """Try the addresses in turn until one answers; gives the last one's trouble when none does."""
    last = None
    for address, place in targets:
        if deadline.over:
            break
        last = _try(there, address, place, deadline)
        if last.status is not None:
            break
    return last


def status_words(status: int) -> str:
    """Give a status with its standard name: the server's own words are not shown."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)


def _try(there: Door, address: Address, place: Place, deadline: Deadline) -> Reached:
    try:
        with place.enter(), closing(_connection(there, address, place, deadline)) as connection:
            connection.request("GET", there.path, headers={"Accept-Encoding": "identity"})
            return Reached(address=address, status=connection.getresponse().status)
    except ssl.SSLCertVerificationError as error:
        return Reached(address=address, trouble=f"its certificate is not trusted: {error.verify_message}")
    except ssl.SSLError:
        return Reached(address=address, trouble="it does not speak TLS as we do")
    except TimeoutError:
        return Reached(address=address, trouble="no answer")
    except OSError as error:
        return Reached(address=address, trouble=(error.strerror or "no connection").lower())
    except http.client.HTTPException:
        return Reached(address=address, trouble="its answer is not HTTP")


def _connection(there: Door, address: Address, place: Place, deadline: Deadline) -> http.client.HTTPConnection:
    """A connection to this address that is addressed to the repository's host, in TLS too."""
    kind = http.client.HTTPSConnection if there.secure else http.client.HTTPConnection
    connection = kind(there.host, there.port)
    made = socket.socket(socket.AF_INET6 if address.version == 6 else socket.AF_INET, socket.SOCK_STREAM)
    try:
        made.settimeout(max(min(_SECONDS, deadline.left), 0.1))
        made.connect(where(address, there.port, place.interface))
        tls = ssl.create_default_context() if there.secure else None
        connection.sock = tls.wrap_socket(made, server_hostname=there.host) if tls else made
    except OSError:
        made.close()
        raise
    return connection
