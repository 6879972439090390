"""The sockets: XML-RPC over HTTP on a unix socket (root only), and over TLS on the management address.

Both take POST on `/` and `/RPC2`, and keep connections open between calls.
"""

import contextlib
import http.server
import logging
import os
import socket
import socketserver
import ssl
import threading
from pathlib import Path
from typing import Any, ClassVar

from tests.lab.xapi.dispatch import Dispatcher
from tests.lab.xapi.effects.programs import run
from tests.lab.xapi.errors import XapiError
from tests.lab.xapi.wire import failure, parse_request, success

log = logging.getLogger(__name__)

_PATHS = ("/", "/RPC2")
_LARGEST_REQUEST = 16 << 20
_IDLE_SECONDS = 300.0
_CERTIFICATE_DAYS = "3650"


class _Handler(http.server.BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    timeout = _IDLE_SECONDS
    dispatcher: ClassVar[Dispatcher]
    local: ClassVar[bool]

    def do_POST(self) -> None:
        if self.path.partition("?")[0] not in _PATHS:
            self.send_error(404)
            return
        length = int(self.headers.get("Content-Length") or 0)
        if length > _LARGEST_REQUEST:
            self.send_error(413)
            return
        try:
            method, params = parse_request(self.rfile.read(length))
        except ValueError as error:
            self.send_error(500, str(error).splitlines()[0])
            return
        try:
            body = success(self.dispatcher.answer(method, params, local=self.local))
        except XapiError as error:
            body = failure(error)
        self.send_response(200)
        self.send_header("Content-Type", "text/xml")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def address_string(self) -> str:
        return "local" if self.local else str(self.client_address[0])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the base class's name)
        log.debug("%s: " + format, self.address_string(), *args)


class _Threaded(socketserver.ThreadingMixIn):
    """Threads that end with the process; connections that can all be dropped at once."""

    daemon_threads = True
    request_queue_size = 32

    def track(self) -> None:
        self._open: set[socket.socket] = set()
        self._guard = threading.Lock()

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        with self._guard:
            self._open.add(request)
        try:
            super().process_request_thread(request, client_address)
        finally:
            with self._guard:
                self._open.discard(request)

    def drop_connections(self) -> None:
        with self._guard:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        del request
        log.debug("%s: connection lost", client_address, exc_info=True)


class _UnixServer(_Threaded, socketserver.UnixStreamServer):
    """Plain HTTP on a socket file."""


class _TlsServer(_Threaded, socketserver.TCPServer):
    """HTTPS; the handshake is the connection's own thread's business."""

    allow_reuse_address = True

    def __init__(self, address: tuple[str, int], handler: type[_Handler], context: ssl.SSLContext) -> None:
        super().__init__(address, handler)
        self._context = context

    def get_request(self) -> tuple[ssl.SSLSocket, Any]:
        plain, peer = super().get_request()
        return self._context.wrap_socket(plain, server_side=True, do_handshake_on_connect=False), peer


def serve_unix(path: Path, dispatcher: Dispatcher) -> None:
    """Listen on the socket file, in a thread, for as long as the process lives."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    handler = type("LocalHandler", (_Handler,), {"dispatcher": dispatcher, "local": True})
    # The file must never be there with a mode that lets others in.
    before = os.umask(0o177)
    try:
        server = _UnixServer(str(path), handler)
    finally:
        os.umask(before)
    server.track()
    threading.Thread(target=server.serve_forever, name="unix", daemon=True).start()


class HttpsListener:
    """HTTPS on one address at a time. Moving it drops everyone who is connected, as xapi's rebinding does."""

    def __init__(self, dispatcher: Dispatcher, certificate: Path, *, port: int) -> None:
        self._handler = type("RemoteHandler", (_Handler,), {"dispatcher": dispatcher, "local": False})
        self._certificate = certificate
        self._port = port
        self._server: _TlsServer | None = None
        self._lock = threading.Lock()

    def rebind(self, address: str | None) -> None:
        """Listen on `address`, or nowhere."""
        with self._lock:
            if self._server is not None:
                self._server.shutdown()
                self._server.server_close()
                self._server.drop_connections()
                self._server = None
            if address is None:
                return
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(self._certificate)
            server = _TlsServer((address, self._port), self._handler, context)
            server.track()
            threading.Thread(target=server.serve_forever, name="https", daemon=True).start()
            self._server = server
            log.info("HTTPS on %s port %d", address, self._port)


def ensure_certificate(path: Path, *, name: str) -> None:
    """Make a self-signed certificate with its key in one file, unless there is one."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    key = path.with_suffix(".key.new")
    certificate = path.with_suffix(".crt.new")
    run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *(
                "-nodes",
                "-batch",
                "-days",
                _CERTIFICATE_DAYS,
                "-subj",
                f"/CN={name}",
                "-keyout",
                key,
                "-out",
                certificate,
            ),
        ]
    )
    whole = key.read_text(encoding="ascii") + certificate.read_text(encoding="ascii")
    key.write_text(whole, encoding="ascii")
    key.chmod(0o600)
    certificate.unlink()
    key.replace(path)
