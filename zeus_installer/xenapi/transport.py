"""XML-RPC over a unix socket: one connection a call, and no call is ever sent twice.

The SDK's own transport finds its socket by turning `_` into `/`, so cannot name every path, and inherits a silent
second attempt from `xmlrpc.client`, which would create a storage repository twice.
"""

import http.client
import socket
import xmlrpc.client
from pathlib import Path
from typing import Any


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path: Path, *, seconds: float) -> None:
        super().__init__("xapi", timeout=seconds)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(str(self._path))


class UnixTransport(xmlrpc.client.Transport):
    """Speaks to the socket at `path`; a call without an answer for `seconds` raises TimeoutError."""

    def __init__(self, path: Path, *, seconds: float) -> None:
        super().__init__()
        self._path = path
        self._seconds = seconds

    def make_connection(self, host: Any) -> http.client.HTTPConnection:  # noqa: ANN401 - as the base class has it
        """Open a connection of its own for one call."""
        connection = _UnixConnection(self._path, seconds=self._seconds)
        self._connection = host, connection
        return connection

    def request(self, host: Any, handler: str, request_body: Any, verbose: bool = False) -> Any:  # noqa: ANN401
        """Send one call, once."""
        try:
            return self.single_request(host, handler, request_body, verbose)
        finally:
            self.close()
