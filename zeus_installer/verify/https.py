"""The host's HTTPS door, as a client finds it. The certificate is the host's own: it is recorded, not trusted."""

import hashlib
import http.client
import ssl
from dataclasses import dataclass

_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """What answered: the HTTP status of `/`, the TLS version, and the certificate's SHA-256 fingerprint."""

    status: int
    tls: str
    fingerprint: str


def knock(address: str, *, port: int = 443) -> Door:
    """Ask `https://address/`. No answer, or none in TLS and HTTP, is an OSError or an http.client.HTTPException."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    connection = http.client.HTTPSConnection(address, port, timeout=_SECONDS, context=context)
    try:
        connection.connect()
        certificate, version = _certificate(connection)
        connection.request("GET", "/")
        status = connection.getresponse().status
    finally:
        connection.close()
    return Door(status=status, tls=version, fingerprint=fingerprint(certificate))


def fingerprint(certificate: bytes) -> str:
    """Give the SHA-256 fingerprint of a DER certificate as openssl writes it: `AB:CD:...`."""
    return hashlib.sha256(certificate).digest().hex(":").upper()


def _certificate(connection: http.client.HTTPSConnection) -> tuple[bytes, str]:
    """The peer's certificate: the only way to it is the TLS socket itself."""
    socket = connection.sock
    if not isinstance(socket, ssl.SSLSocket):
        raise http.client.HTTPException("the connection is not encrypted")
    return socket.getpeercert(binary_form=True) or b"", socket.version() or "unknown"
