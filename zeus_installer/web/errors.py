"""What can go wrong with a web server, as errors for people: which address, what happened, what to look at."""

import re
import socket
import ssl
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

import urllib3.exceptions as lower
from urllib3.util.ssl_match_hostname import CertificateError

from zeus_installer.system.errors import ZeusError
from zeus_installer.web.places import spaced_fingerprint

_GOT: Final = re.compile(r'got "?(?:b\')?([0-9a-f]{64})')
_PIN: Final = "give it a certificate of an authority that this system trusts, or pin its own by its SHA-256 fingerprint"
_SERVER: Final = "look at the server, and at the network of this machine"
# X509_V_ERR_HOSTNAME_MISMATCH and X509_V_ERR_IP_ADDRESS_MISMATCH (openssl/x509_vfy.h).
_OTHER_NAME: Final = frozenset({62, 64})
# What may be over by itself: a server that starts, one that has too much to do (RFC 9110, RFC 6585).
_PASSING: Final = frozenset({408, 425, 429, 500, 502, 503, 504})


class WebError(ZeusError):
    """A web server could not be asked, or did not answer as it should. `passing`: it may be over by itself."""

    def __init__(self, code: str, message: str, *, hint: str = "", passing: bool = False) -> None:
        super().__init__(code, message, hint=hint)
        self.passing = passing


class StatusError(WebError):
    """The server says `number`, and that is not success. `wait` is what it says itself of trying again (seconds)."""

    def __init__(self, where: str, number: int, *, wait: float | None = None) -> None:
        super().__init__(
            "web.status",
            f"{where}: the server says {status_words(number)}",
            hint=_hint(number),
            passing=_passes(number),
        )
        self.number = number
        self.wait = wait


def status_words(number: int) -> str:
    """Give a status with its standard name: the server's own words are not shown."""
    try:
        return f"{number} {HTTPStatus(number).phrase}"
    except ValueError:
        return str(number)


def broken(where: str) -> WebError:
    """The connection ended before the answer did."""
    return WebError("web.broken", f"{where}: the answer broke off", hint=_SERVER, passing=True)


def too_slow(where: str) -> WebError:
    """Nothing, or not enough, came in time."""
    return WebError("web.timeout", f"{where}: the server does not answer in time", hint=_SERVER, passing=True)


def too_big(where: str, limit: int) -> WebError:
    """The answer is larger than whoever asked can use."""
    return WebError("web.too_big", f"{where}: the answer has more than {limit} bytes", hint="is it the right address?")


def translate(where: str, host: str, error: Exception, *, wanted: str | None) -> WebError:
    """Say in our words what urllib3 says of a request, in those of the lowest layer that knows."""
    causes = tuple(_causes(error))
    if wanted is not None and any("ingerprint" in str(cause) for cause in causes):
        return _other_certificate(where, wanted, causes)
    for cause in causes:
        known = _about_tls(where, host, cause) or _about_network(where, host, cause)
        if known is not None:
            return known
    for cause in causes:
        if isinstance(cause, OSError) and cause.strerror:
            said = f"{where}: no connection: {cause.strerror.lower()}"
            return WebError("web.unreachable", said, hint=_SERVER, passing=True)
    return WebError("web.no_http", f"{where}: the answer is not HTTP", hint="is it the right address?", passing=True)


def _about_tls(where: str, host: str, cause: BaseException) -> WebError | None:
    match cause:
        case ssl.SSLCertVerificationError() if cause.verify_code not in _OTHER_NAME:
            said = f"{where}: its certificate is not trusted: {cause.verify_message}"
            return WebError("web.certificate", said, hint=_PIN)
        case ssl.SSLCertVerificationError() | CertificateError():
            said = f"{where}: its certificate is for another name than {host}"
            return WebError("web.certificate", said, hint=_PIN)
        case ssl.SSLEOFError() | ssl.SSLZeroReturnError() | ssl.SSLSyscallError():
            return WebError("web.tls", f"{where}: the server ends the connection", hint=_SERVER, passing=True)
        case ssl.SSLError():
            return WebError("web.tls", f"{where}: it does not speak TLS as we do", hint=_SERVER)
    return None


def _about_network(where: str, host: str, cause: BaseException) -> WebError | None:
    match cause:
        case socket.gaierror():
            said = f"{where}: the name {host} is not known"
            return WebError("web.name", said, hint="look at the name, and at the name servers", passing=True)
        case ConnectionRefusedError():
            return WebError("web.refused", f"{where}: connection refused", hint=_SERVER, passing=True)
        # urllib3 counts a connection that could not be made among the timeouts.
        case lower.NewConnectionError():
            return None
        case TimeoutError() | lower.TimeoutError():
            return too_slow(where)
        case ConnectionResetError() | BrokenPipeError() | lower.IncompleteRead():
            return broken(where)
    return None


def _other_certificate(where: str, wanted: str, causes: tuple[BaseException, ...]) -> WebError:
    seen = next((found[1] for cause in causes if (found := _GOT.search(str(cause)))), None)
    has = f"has the fingerprint {spaced_fingerprint(seen)}" if seen else "has another fingerprint"
    return WebError(
        "web.fingerprint",
        f"{where}: its certificate {has}, wants {spaced_fingerprint(wanted)}",
        hint="pin the new certificate if it was exchanged; else somebody stands between",
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Give the error, and what it came from: urllib3 chains, and 1.26 also wraps."""
    seen: set[int] = set()
    pending: list[BaseException | None] = [error]
    while pending:
        one = pending.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        pending += [argument for argument in one.args if isinstance(argument, BaseException)]
        pending += [one.__cause__, one.__context__]


def _passes(number: int) -> bool:
    return number in _PASSING


def _hint(number: int) -> str:
    match number:
        case 401 | 403:
            return "look at the user and the password in the address, and at what the server allows"
        case 404 | 410:
            return "is it the right address?"
        case _:
            return "look at the server's log"
