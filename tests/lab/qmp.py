"""QEMU's control protocol (QMP): one JSON object a line over a unix socket."""

import json
import socket
import time
from typing import Any


class QmpError(Exception):
    """QEMU refused a command."""


class Qmp:
    """A connection in command mode; events are dropped."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._stream = connection.makefile("rwb")
        self._stream.readline()
        self.command("qmp_capabilities")

    def command(self, name: str, **arguments: object) -> Any:
        """Run a command and return what it returns."""
        self._stream.write(json.dumps({"execute": name, "arguments": arguments}).encode() + b"\n")
        self._stream.flush()
        while True:
            line = self._stream.readline()
            if not line:
                raise QmpError(f"{name}: QEMU ended")
            reply = json.loads(line)
            if "error" in reply:
                raise QmpError(f"{name}: {reply['error']['desc']}")
            if "return" in reply:
                return reply["return"]

    def finish_migration(self, timeout: float) -> None:
        """Wait (seconds) until a migration, in or out, is complete."""
        deadline = time.monotonic() + timeout
        while (status := self.command("query-migrate").get("status")) != "completed":
            if status == "failed" or time.monotonic() > deadline:
                raise QmpError(f"migration {status}")
            time.sleep(0.02)

    def close(self) -> None:
        """Hang up."""
        self._stream.close()
        self._connection.close()
