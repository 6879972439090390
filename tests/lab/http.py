"""An HTTP server for one directory, on 127.0.0.1 if not told otherwise, that can be told to misbehave path by path."""

import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

CHUNK = 64 * 1024


@dataclass(frozen=True, slots=True)
class Missing:
    """The path is not found (404)."""


@dataclass(frozen=True, slots=True)
class Broken:
    """The server says 503."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The connection is closed after `after` bytes of the body, though more were announced."""

    after: int = 0


@dataclass(frozen=True, slots=True)
class Hang:
    """No more than `after` bytes of the body come; the connection stays open until the server ends."""

    after: int = 0


@dataclass(frozen=True, slots=True)
class Slow:
    """The body comes at `rate` bytes a second."""

    rate: int


@dataclass(frozen=True, slots=True)
class Die:
    """The whole server stops answering: this connection is cut and every later one refused."""


Fault = Missing | Broken | Cut | Hang | Slow | Die


@contextmanager
def serve(
    directory: Path,
    *,
    faults: Mapping[str, Fault] | None = None,
    log: list[str] | None = None,
    port: int = 0,
    host: str = "127.0.0.1",
) -> Iterator[str]:
    """Serve the files below `directory`, on a free port when none is named; yields the base URL without a final slash.

    `faults` maps a path relative to `directory` to how it misbehaves and is read anew at each request, so that a test
    may change it. `log` is given a line `METHOD path` for each request.
    """
    server = Server(directory, faults if faults is not None else {}, log if log is not None else [], (host, port))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield f"http://{host}:{server.server_address[1]}"
    finally:
        server.ending.set()
        server.shutdown()
        server.server_close()
        thread.join()


class Server(ThreadingHTTPServer):
    """A thread for each connection."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, directory: Path, faults: Mapping[str, Fault], log: list[str], address: tuple[str, int]) -> None:
        super().__init__(address, Handler)
        self.directory = directory.resolve()
        self.faults = faults
        self.log = log
        self.ending = threading.Event()

    def die(self) -> None:
        """Close the listening socket without waiting for anyone."""
        self.socket.close()


class Handler(BaseHTTPRequestHandler):
    """GET and HEAD of regular files, with single byte ranges (RFC 9110 section 14)."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        self.answer()

    def do_HEAD(self) -> None:
        self.answer()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep quiet: the log is the server's list."""

    def answer(self) -> None:
        """Answer one request, or misbehave as told."""
        path = unquote(urlsplit(self.path).path).lstrip("/")
        self.server.log.append(f"{self.command} {path}")
        fault = self.server.faults.get(path)
        match fault:
            case Missing():
                self.send_error(HTTPStatus.NOT_FOUND)
            case Broken():
                self.send_error(HTTPStatus.SERVICE_UNAVAILABLE)
            case Die():
                self.server.die()
                self.close_connection = True
            case _:
                self.send_file(self.server.directory / path, fault)

    def send_file(self, file: Path, fault: Cut | Hang | Slow | None) -> None:
        """Send the file or the range asked for; links are followed wherever they lead."""
        if ".." in file.parts or not file.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        size = file.stat().st_size
        span = byte_range(self.headers.get("Range"), size)
        if span is None:
            self.send_response(HTTPStatus.OK)
            span = range(size)
        elif not span:
            self.send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            return
        else:
            self.send_response(HTTPStatus.PARTIAL_CONTENT)
            self.send_header("Content-Range", f"bytes {span.start}-{span.stop - 1}/{size}")
        self.send_header("Content-Length", str(len(span)))
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Last-Modified", self.date_time_string(int(file.stat().st_mtime)))
        self.end_headers()
        if self.command == "GET":
            with file.open("rb") as stream:
                stream.seek(span.start)
                self.send_body(stream, len(span), fault)

    def send_body(self, stream: BinaryIO, length: int, fault: Cut | Hang | Slow | None) -> None:
        """Send `length` bytes, or fewer when the fault says so."""
        match fault:
            case Cut(after):
                self.copy(stream, min(after, length), CHUNK)
                self.close_connection = True
            case Hang(after):
                self.copy(stream, min(after, length), CHUNK)
                self.server.ending.wait()
                self.close_connection = True
            case Slow(rate):
                self.copy(stream, length, max(1, rate // 10), pause=0.1)
            case None:
                self.copy(stream, length, CHUNK)

    def copy(self, stream: BinaryIO, length: int, chunk: int, *, pause: float = 0) -> None:
        """Copy `length` bytes to the client in pieces with a pause (seconds) after each; a client that left is no
        error."""
        try:
            while length and (data := stream.read(min(chunk, length))):
                self.wfile.write(data)
                length -= len(data)
                if pause:
                    time.sleep(pause)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True


def byte_range(header: str | None, size: int) -> range | None:
    """The bytes that a Range header names in a file of `size` bytes: None for the whole, empty if it cannot be met."""
    match = re.fullmatch(r"bytes=(\d*)-(\d*)", header or "")
    if not match or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    return range(int(first), min(int(last) + 1, size) if last else size)
