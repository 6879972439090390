"""The way back to the user interface: one JSON object of one key a line."""

import json
import os
from typing import Self, TextIO

from zeus_installer.system.codec import Json
from zeus_installer.system.errors import ExitStatus
from zeus_installer.system.events import Event, Reporter


class Channel:
    """Sends lines. When nobody reads any more, that is the end of the process: `SystemExit`."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    @classmethod
    def take_stdout(cls) -> Self:
        """Keep standard output for ourselves: what libraries and programs print there goes to standard error."""
        stream = os.fdopen(os.dup(1), "w", encoding="utf-8", errors="backslashreplace")
        os.dup2(2, 1)
        return cls(stream)

    @property
    def descriptor(self) -> int:
        """The descriptor that lines are written to."""
        return self._stream.fileno()

    def say(self, kind: str, content: Json) -> None:
        """Send one line."""
        self._send(json.dumps({kind: content}, ensure_ascii=False))

    def event(self, event: Event) -> None:
        """Send an event."""
        self._send(f'{{"event": {event.to_line()}}}')

    def reporter(self) -> Reporter:
        """Give a reporter whose events are sent."""
        return Reporter(self.event, run="worker")

    def _send(self, line: str) -> None:
        try:
            self._stream.write(line + "\n")
            self._stream.flush()
        except OSError:
            raise SystemExit(ExitStatus.DONE) from None
