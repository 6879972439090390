"""A guest's serial console: a thread logs every byte; callers wait for text, type, and run commands as root."""

import codecs
import contextlib
import itertools
import re
import shlex
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PIECE: Final = 32
PAUSE: Final = 0.02
TAIL: Final = 2000
# Xen writes on the same serial line whenever it has something to say.
XEN_SAYS: Final = re.compile(r"^\(XEN\) .*\n", re.MULTILINE)


class ConsoleError(Exception):
    """The text did not come; the message ends with the console's tail."""


@dataclass(frozen=True, slots=True)
class Result:
    """A command's exit status and what it printed (both streams; without carriage returns and Xen's own lines)."""

    status: int
    output: str


class Console:
    """One end of the serial line. `log` grows while the machine runs, whether or not anybody waits.

    Text for reading has no carriage returns; a terminal (screen.py) needs them and gets all that comes.
    """

    def __init__(self, connection: socket.socket, log: Path) -> None:
        self.log = log
        self._connection = connection
        self._raw = ""
        self._text = ""
        self._cursor = 0
        self._closed = False
        self._terminal: Callable[[str], None] | None = None
        self._changed = threading.Condition()
        self._commands = itertools.count(1)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        """All that came so far."""
        with self._changed:
            return self._text

    @property
    def raw(self) -> str:
        """All that came so far, carriage returns included."""
        with self._changed:
            return self._raw

    def attach(self, terminal: Callable[[str], None]) -> None:
        """Call `terminal` with all that comes from now on, as it comes; one that was there before is taken away."""
        with self._changed:
            self._terminal = terminal

    def _read(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")("replace")
        with self.log.open("ab", buffering=0) as log:
            while data := self._receive():
                log.write(data)
                with self._changed:
                    self._take(decoder.decode(data))
                    self._changed.notify_all()
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _take(self, piece: str) -> None:
        self._raw += piece
        self._text += piece.replace("\r", "")
        if self._terminal:
            self._terminal(piece)

    def _receive(self) -> bytes:
        try:
            return self._connection.recv(65536)
        except OSError:
            return b""

    def expect(self, pattern: str, timeout: float) -> re.Match[str]:
        """Wait (seconds) for the pattern after what was matched before; the match is consumed."""
        compiled = re.compile(pattern)
        deadline = time.monotonic() + timeout
        with self._changed:
            while not (match := compiled.search(self._text, self._cursor)):
                self._wait(pattern, deadline)
            self._cursor = match.end()
            return match

    def wait_until(self, condition: Callable[[], bool], timeout: float) -> bool:
        """Wait (seconds) until the condition holds, tried whenever something came; gives whether it does."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while not (holds := condition()) and not self._closed and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
            return holds

    def wait_count(self, pattern: str, count: int, timeout: float) -> None:
        """Wait until the whole log holds the pattern `count` times; nothing is consumed."""
        compiled = re.compile(pattern)
        deadline = time.monotonic() + timeout
        with self._changed:
            while sum(1 for _ in compiled.finditer(self._text)) < count:
                self._wait(f"{pattern} ({count} times)", deadline)

    def _wait(self, pattern: str, deadline: float) -> None:
        left = deadline - time.monotonic()
        if self._closed or left <= 0:
            why = "the machine ended" if self._closed else "timed out"
            raise ConsoleError(f"{why} waiting for {pattern!r}; {self.log} ends:\n{self._text[-TAIL:]}")
        self._changed.wait(left)

    def send(self, text: str) -> None:
        """Type the text, no faster than Xen's 128-byte receive ring can take it."""
        data = text.encode()
        for start in range(0, len(data), PIECE):
            self._connection.sendall(data[start : start + PIECE])
            time.sleep(PAUSE)

    def prepare_shell(self) -> None:
        """Make a shell quiet, for `run`: echo, prompts and bracketed paste off."""
        self.send("stty -echo; PS1= PS2=; bind 'set enable-bracketed-paste off' 2>/dev/null\n")
        self.send("export TERM=dumb PAGER=cat SYSTEMD_PAGER=; echo shell''-ready\n")
        self.expect("shell-ready\n", 30)

    def run(self, command: str, timeout: float = 60) -> Result:
        """Run a shell command at the prompt and wait (seconds) for its end."""
        mark = f"end-{next(self._commands)}-"
        with self._changed:
            start = self._cursor = len(self._text)
        self.send(f"{command}\necho {mark[:3]}''{mark[3:]}$?\n")
        match = self.expect(rf"{mark}(\d+)\n", timeout)
        return Result(int(match[1]), XEN_SAYS.sub("", match.string[start : match.start()]))

    def check(self, command: str, timeout: float = 60) -> str:
        """Run a command that must succeed; its output."""
        result = self.run(command, timeout)
        if result.status:
            raise AssertionError(f"{command!r} ended with {result.status} in the guest:\n{result.output}")
        return result.output

    def write_file(self, path: str, content: str) -> None:
        """Type a small file."""
        quoted = shlex.quote(path)
        self.check(f"cat > {quoted} <<'END-OF-FILE'\n{content.removesuffix(chr(10))}\nEND-OF-FILE")

    def close(self) -> None:
        """Hang up and wait for the reader."""
        with contextlib.suppress(OSError):
            self._connection.shutdown(socket.SHUT_RDWR)
        self._reader.join(timeout=5)
        self._connection.close()
