"""The one way to ask a web server: `fetch` and `post`.

Certificates are always checked: by the system's authorities and the host's name, or, when the place has a fingerprint,
by that alone (a certificate that is pinned needs no authority and no name). A redirect never leaves TLS. No more than
`limit` bytes are taken. Whatever may pass by itself is tried again for as long as the patience lasts. Proxies of the
environment are not used. Works with urllib3 1.26 and 2.
"""

import logging
import queue
import random
import ssl
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import urljoin

import urllib3
from urllib3.exceptions import HTTPError
from urllib3.util import Timeout, make_headers
from urllib3.util.ssl_ import create_urllib3_context

from zeus_installer import __version__
from zeus_installer.system.errors import UsageError
from zeus_installer.web.errors import StatusError, WebError, broken, too_big, too_slow, translate
from zeus_installer.web.places import Place, credentials, plain_fingerprint, shown, split

__all__ = ["PATIENT", "Patience", "Place", "StatusError", "WebError", "fetch", "post", "shown"]

log = logging.getLogger(__name__)

_MOST: Final = 1 << 20
_CHUNK: Final = 1 << 16
_MOST_REDIRECTS: Final = 5
_SAME_METHOD: Final = frozenset({307, 308})
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_LONGEST_PAUSE: Final = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long to try, in seconds.

    For `seconds` it is tried again, first after `pause`, then after twice as long each time; 0 is one try. A try waits
    `connect` for a connection, `silence` for the next byte, and takes no longer than `transfer` in all.
    """

    seconds: float = 120.0
    pause: float = 1.0
    connect: float = 10.0
    silence: float = 20.0
    transfer: float = 60.0


PATIENT: Final = Patience()


def fetch(place: Place, *, limit: int = _MOST, patience: Patience = PATIENT) -> bytes:
    """Give what is at the place. What cannot be had is a `WebError`; a wrong address is a `UsageError`."""
    return _persist(_Request(place=place, method="GET", limit=limit, patience=patience))


def post(place: Place, body: bytes, *, content_type: str, limit: int = _MOST, patience: Patience = PATIENT) -> bytes:
    """Post `body`, and give the answer. It may arrive more than once: a try whose answer was lost is repeated."""
    headers = {"Content-Type": content_type}
    return _persist(_Request(place=place, method="POST", body=body, headers=headers, limit=limit, patience=patience))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Request:
    place: Place
    method: str
    limit: int
    patience: Patience
    body: bytes | None = None
    headers: Mapping[str, str] | None = None

    @property
    def where(self) -> str:
        return shown(self.place.url)


def _persist(request: _Request) -> bytes:
    """Try until it works, until the error is one that stays, or until the patience is over."""
    end = time.monotonic() + request.patience.seconds
    pause = request.patience.pause
    while True:
        try:
            return _bounded(request)
        except WebError as error:
            # A thousand machines that start at once shall not come back at once.
            wait = max(pause * random.uniform(0.5, 1.0), getattr(error, "wait", None) or 0.0)  # noqa: S311
            if not error.passing or time.monotonic() + wait >= end:
                raise
            log.info("%s; another try in %.1f s", error.message, wait)
            time.sleep(wait)
            pause = min(2 * pause, _LONGEST_PAUSE)


def _bounded(request: _Request) -> bytes:
    """Give a try no more than its time.

    urllib3's own limits are those of a single read: a byte now and then would keep a try alive for ever, and nothing
    there limits how long a name is looked up.
    """
    outcome: queue.SimpleQueue[bytes | Exception] = queue.SimpleQueue()
    end = time.monotonic() + request.patience.transfer

    def work() -> None:
        try:
            outcome.put(_follow(request, end))
        except Exception as error:  # noqa: BLE001 - it is raised again where it is waited for
            outcome.put(error)

    threading.Thread(target=work, name="web", daemon=True).start()
    try:
        came = outcome.get(timeout=request.patience.transfer)
    except queue.Empty:
        raise too_slow(request.where) from None
    if isinstance(came, Exception):
        raise came
    return came


def _follow(request: _Request, end: float) -> bytes:
    """Ask, and follow redirects."""
    for _ in range(_MOST_REDIRECTS + 1):
        answer = _ask(request, end)
        if isinstance(answer, bytes):
            return answer
        if split(request.place.url).scheme == "https" and split(answer).scheme != "https":
            message = f"{request.where}: the server sends us on to {shown(answer)}, without TLS"
            raise WebError("web.redirect", message, hint="let it send us to an https address")
        request = replace(request, place=replace(request.place, url=answer))
    raise WebError("web.redirect", f"{request.where}: the server sends us on and on", hint="look at the server")


def _ask(request: _Request, end: float) -> bytes | str:
    """Ask once; gives what came, or the address to which the server sends us."""
    parts = split(request.place.url)
    pinned = _pinned(request)
    host = parts.hostname or ""
    user = credentials(parts)
    headers = {
        "User-Agent": f"zeus-installer/{__version__}",
        "Accept-Encoding": "identity",
        **(make_headers(basic_auth=user) if user is not None else {}),
        **(request.headers or {}),
    }
    address = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()
    patience = request.patience
    try:
        with _manager(parts.scheme, pinned) as manager:
            response = manager.request(
                request.method,
                address,
                body=request.body,
                headers=headers,
                redirect=False,
                retries=False,
                preload_content=False,
                timeout=Timeout(connect=patience.connect, read=patience.silence),
            )
            try:
                return _answer(request, response, end)
            finally:
                response.close()
    except (HTTPError, OSError) as error:
        raise translate(request.where, host, error, wanted=pinned) from error


def _answer(request: _Request, response: "urllib3.BaseHTTPResponse", end: float) -> bytes | str:
    number = response.status
    target = response.headers.get("Location")
    if number in _REDIRECTS and target and (request.method == "GET" or number in _SAME_METHOD):
        return _target(request, target)
    if not 200 <= number < 300:
        raise StatusError(request.where, number, wait=_wait(response.headers.get("Retry-After")))
    return _body(request, response, end)


def _target(request: _Request, target: str) -> str:
    address = urljoin(request.place.url, target)
    try:
        split(address)
    except UsageError as error:
        message = f"{request.where}: the server sends us on to {shown(address)}, which is no web address"
        raise WebError("web.redirect", message, hint="look at the server") from error
    return address


def _body(request: _Request, response: "urllib3.BaseHTTPResponse", end: float) -> bytes:
    announced = response.headers.get("Content-Length", "")
    length = int(announced) if announced.isascii() and announced.isdigit() else None
    if length is not None and length > request.limit:
        raise too_big(request.where, request.limit)
    data = bytearray()
    for chunk in response.stream(_CHUNK, decode_content=False):
        data += chunk
        if len(data) > request.limit:
            raise too_big(request.where, request.limit)
        if time.monotonic() > end:
            raise too_slow(request.where)
    # urllib3 1.26 takes a body that broke off for a whole one.
    if length is not None and len(data) < length:
        raise broken(request.where)
    return bytes(data)


def _wait(text: str | None) -> float | None:
    """Read Retry-After (RFC 9110): seconds; a date is left out."""
    return float(text) if text and text.isascii() and text.isdigit() else None


def _pinned(request: _Request) -> str | None:
    """Give the fingerprint that the certificate must have. A pin without TLS would be none."""
    fingerprint = request.place.fingerprint
    if fingerprint is None:
        return None
    if split(request.place.url).scheme != "https":
        message = f"{request.where}: a fingerprint is given, and http has no certificate"
        raise UsageError("web.fingerprint", message, hint="use https, or leave the fingerprint out")
    return plain_fingerprint(fingerprint)


def _manager(scheme: str, pinned: str | None) -> urllib3.PoolManager:
    if scheme == "http":
        return urllib3.PoolManager()
    required = ssl.CERT_REQUIRED if pinned is None else ssl.CERT_NONE
    context = create_urllib3_context(cert_reqs=required)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if pinned is None:
        context.load_default_certs()
    return urllib3.PoolManager(ssl_context=context, cert_reqs=required, assert_fingerprint=pinned)
