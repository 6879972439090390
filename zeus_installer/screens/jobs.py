"""Orders to the worker process. The UI never waits for one: it reads what has come when something has come."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import IO, Any, Final, cast

from zeus_installer.system.codec import Json
from zeus_installer.system.events import Failure
from zeus_installer.system.own import start_own

Message = Mapping[str, Any]
_GONE: Final = Failure(code="worker.gone", message="the process that did the work has ended", hint="try it again")
_CANCELLED: Final = Failure(code="worker.cancelled", message="cancelled", hint="")


class Job:
    """One order under way: a process of its own. `title` is what it is doing now, `done` of `total` how far that is,
    `result` what came of it.

    `heard` is called with each message as it comes, and once more with `{}` after the end.
    """

    def __init__(
        self, order: Mapping[str, Json], *, title: str, heard: Callable[["Job", Message], None], stdin: bool = False
    ) -> None:
        self.title = title
        self.done: int | None = None
        self.total: int | None = None
        self.began = time.monotonic()
        self.took: float | None = None
        self.result: Mapping[str, Any] | None = None
        self.error: Failure | None = None
        self._heard = heard
        self._rest = b""
        self._process = start_own("worker", stderr=subprocess.DEVNULL)
        self._stdin = cast("IO[str]", self._process.stdin)
        self._send(order)
        if not stdin:
            with suppress(OSError):
                self._stdin.close()
        os.set_blocking(self.fileno(), False)

    @property
    def running(self) -> bool:
        """Whether it goes on."""
        return self.took is None

    @property
    def seconds(self) -> int:
        """How long it has taken so far, or took."""
        return int(time.monotonic() - self.began if self.took is None else self.took)

    def fileno(self) -> int:
        """Give what to wait on for messages."""
        return cast("IO[str]", self._process.stdout).fileno()

    def tell(self, message: Mapping[str, Json]) -> None:
        """Send one more line to an order that listens."""
        self._send(message)

    def read(self) -> bool:
        """Take in some of what has come: keys come in between. Gives whether more may come; after that, call `end`."""
        try:
            chunk = os.read(self.fileno(), 65536)
        except BlockingIOError:
            return True
        except OSError:
            return False
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._take(line)
        return bool(chunk)

    def cancel(self) -> None:
        """Stop it; what it was doing to its own files it cleans up itself."""
        if self.running:
            self.error = _CANCELLED
            with suppress(OSError):
                self._process.send_signal(signal.SIGTERM)

    def _take(self, line: bytes) -> None:
        try:
            message = json.loads(line)
        except ValueError:
            return
        if "result" in message:
            self.result = message["result"]
        elif "error" in message and self.error is None:
            told = message["error"]
            self.error = Failure(**{key: str(told.get(key) or "") for key in ("code", "message", "hint")})
        else:
            event = message.get("event")
            if event and event["kind"] != "finish":
                self.title, self.done, self.total = event["title"], event.get("done"), event.get("total")
            self._heard(self, message)

    def end(self) -> None:
        """Take leave of the process, and say so. Nobody may wait on `fileno` any more: the next job may have it."""
        if self.took is not None:
            return
        self.took = time.monotonic() - self.began
        with suppress(OSError):
            self._stdin.close()
        cast("IO[str]", self._process.stdout).close()
        self._process.wait()
        if self.result is None and self.error is None:
            self.error = _GONE
        self._heard(self, {})

    def _send(self, message: Mapping[str, Json]) -> None:
        with suppress(OSError):
            self._stdin.write(json.dumps(message) + "\n")
            self._stdin.flush()
