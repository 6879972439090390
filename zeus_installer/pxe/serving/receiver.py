"""The receiver of reports: an HTTP server on a Unix socket, behind nginx."""

import hmac
import socketserver
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Final

from zeus_installer.pxe.serving.reports import LARGEST, Message, NoReportError, read_message

_SILENCE: Final = 30.0

Take = Callable[[Message, str | None], object]


class _Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, socket: Path, take: Take, authorization: str | None) -> None:
        self.take = take
        self.authorization = authorization
        super().__init__(str(socket), _Handler)


class _Handler(BaseHTTPRequestHandler):
    timeout = _SILENCE

    def do_POST(self) -> None:
        """Take one message."""
        server = self.server
        if not isinstance(server, _Server):
            return
        if server.authorization is not None and not hmac.compare_digest(
            (self.headers.get("Authorization") or "").encode(), server.authorization.encode()
        ):
            self._answer(401)
            return
        length = self.headers.get("Content-Length") or ""
        if not length.isdecimal() or int(length) > LARGEST:
            self._answer(411 if not length else 413)
            return
        body = self.rfile.read(int(length))
        try:
            message = read_message(body)
        except NoReportError:
            self._answer(400)
            return
        # Told only when it is taken: a message whose answer is lost comes again.
        server.take(message, self.headers.get("X-Real-IP"))
        self._answer(204)

    def address_string(self) -> str:
        """Give who asks: a Unix socket has no addresses."""
        return "nginx"

    def log_message(self, *_: object) -> None:
        """Say nothing: nginx has the log."""

    def _answer(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()


@contextmanager
def receiving(socket: Path, take: Take, *, authorization: str | None) -> Iterator[None]:
    """Give each report to `take`, in threads. With `authorization`, only from whoever has this header."""
    server = _Server(socket, take, authorization)
    # nginx's workers are nobody, in a directory that others cannot list.
    socket.chmod(0o666)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
