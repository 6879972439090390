"""A web server with a certificate of its own making, on 127.0.0.1, that answers as a test says."""

import ssl
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What came in; the names of headers in lower case."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes out. `length` is announced in the place of the true one; `raw` goes out as it is."""

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    length: int | None = None
    raw: bytes | None = None


@dataclass(slots=True)
class Site:
    """A server: its address, what it was asked, and what it answers (the last answer is for all that follow)."""

    url: str
    answers: list[Answer]
    asked: list[Request] = field(default_factory=list)

    def next(self, request: Request) -> Answer:
        """Write the request down, and give the answer to it."""
        self.asked.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def site(*answers: Answer, certificate: Path | None = None, host: str = "127.0.0.1") -> Iterator[Site]:
    """Serve; with a certificate (and its key in the same file) by TLS."""
    here = Site(url="", answers=list(answers) or [Answer()])

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            answer = here.next(
                Request(
                    method=self.command,
                    path=self.path,
                    headers={name.lower(): value for name, value in self.headers.items()},
                    body=body,
                )
            )
            self.close_connection = True
            if answer.raw is not None:
                self.wfile.write(answer.raw)
                return
            self.send_response(answer.status)
            self.send_header("Content-Length", str(len(answer.body) if answer.length is None else answer.length))
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_GET = do_POST = _any  # noqa: N815

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_: Any) -> None:
            pass  # a client that does not like our certificate

    server = Server(("127.0.0.1", 0), Handler)
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    here.url = f"{'http' if certificate is None else 'https'}://{host}:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def make_certificate(file: Path, name: str = "IP:127.0.0.1") -> str:
    """Make a certificate that signs itself, with its key in the same file; gives its SHA-256 fingerprint."""
    key, crt = file.with_suffix(".key"), file.with_suffix(".crt")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 9 -subj /CN=zeus-test"
    _openssl(*command.split(), "-addext", f"subjectAltName={name}", "-keyout", str(key), "-out", str(crt))
    file.write_text(key.read_text() + crt.read_text())
    shown = _openssl("openssl", "x509", "-in", str(crt), "-noout", "-fingerprint", "-sha256")
    return shown.strip().partition("=")[2]


def _openssl(*argv: str) -> str:
    return subprocess.run(argv, check=True, capture_output=True, text=True).stdout
