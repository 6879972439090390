"""A program in a real pty, its screen, and the hands of whoever sits there.

with Terminal(["zeus", "wizard"]) as terminal: terminal.expect("Storage"); terminal.press("down", "enter")
"""

import contextlib
import fcntl
import os
import re
import select
import signal
import struct
import subprocess
import tempfile
import termios
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from tests.terminal.display import Cell, Display
from tests.terminal.keys import key_bytes

QUIET: Final = 0.15
PATIENCE: Final = 20.0
_INHERITED: Final = ("PATH", "HOME", "PYTHONPATH")


class TerminalError(AssertionError):
    """What was waited for did not come; the message shows the screen and what the program said on stderr."""


class Terminal:
    """A terminal with a program in it, which ends with the context, come what may.

    The program's environment is PATH, HOME and what is given here. `locale` decides on the terminal's encoding too.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        columns: int = 80,
        rows: int = 24,
        term: str = "xterm-256color",
        locale: str = "C.UTF-8",
        environment: Mapping[str, str] | None = None,
        directory: Path | None = None,
    ) -> None:
        self._term = term
        self._encoding = "utf-8" if "utf" in locale.lower() else "latin-1"
        self._display = Display(columns, rows, utf8=self._encoding == "utf-8", answer=self._answer)
        self._raw = bytearray()
        self._last = time.monotonic()
        self._arrivals: list[tuple[float, int]] = []
        self._closed = False
        self._changed = threading.Condition()
        self._stderr = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as we do
        self._master, slave = os.openpty()
        self._slave_name = os.ttyname(slave)
        os.set_blocking(self._master, False)
        self._stop_reading, self._stop = os.pipe()
        self._set_size(columns, rows)
        inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        self.process = subprocess.Popen(
            ["setsid", "--ctty", *command],
            stdin=slave,
            stdout=slave,
            stderr=self._stderr,
            cwd=directory,
            env={**inherited, "TERM": term, "LANG": locale, "LC_ALL": locale, **(environment or {})},
        )
        os.close(slave)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Children that the program left behind are in its process group too.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        # A program that has only just begun has no group of its own yet.
        self.process.kill()
        self.process.wait()
        self.hang_up()
        os.close(self._stop)
        os.close(self._stop_reading)
        self._stderr.close()

    def _read(self) -> None:
        poll = select.poll()
        poll.register(self._master, select.POLLIN)
        poll.register(self._stop_reading, select.POLLHUP | select.POLLIN)
        while not any(descriptor == self._stop_reading for descriptor, _ in poll.poll()):
            try:
                data = os.read(self._master, 65536)
            except OSError:  # Nobody has the other end open any more.
                break
            now = time.monotonic()
            with self._changed:
                self._raw += data
                self._last = time.monotonic()
                self._arrivals.append((now, len(self._raw)))
                self._display.feed(data)
                self._changed.notify_all()
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    # What goes in.

    def press(self, *keys: str) -> None:
        """Press keys, by name: down, tab, shift-tab, enter, esc, f1, ctrl-c, alt-x, or one character."""
        for key in keys:
            with self._changed:
                application = self._display.application_keys
            self._send(key_bytes(key, term=self._term, application=application))
            if key == "esc":
                self.settle()  # Esc and another key at once would be that key with Alt.

    def type(self, text: str) -> None:
        """Type the text, as fast as the program reads it."""
        self._send(text.encode(self._encoding))

    def _send(self, data: bytes) -> None:
        deadline = time.monotonic() + PATIENCE
        while data:
            try:
                data = data[os.write(self._master, data) :]
            except BlockingIOError:
                if time.monotonic() > deadline:
                    raise TerminalError(f"the program reads no input\n{self._evidence()}") from None
                select.select([], [self._master], [], 0.1)

    def _answer(self, data: bytes) -> None:
        with contextlib.suppress(OSError):
            os.write(self._master, data)

    def resize(self, columns: int, rows: int) -> None:
        """Change the size; the program gets SIGWINCH."""
        with self._changed:
            self._display.resize(columns, rows)
        self._set_size(columns, rows)

    def _set_size(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def hang_up(self) -> None:
        """Drop the line: the program gets SIGHUP, and errors from its terminal. The screen stays as it was."""
        if self._master >= 0:
            os.write(self._stop, b"x")
            self._reader.join()
            os.close(self._master)
            self._master = -1

    # What comes out.

    @property
    def text(self) -> str:
        """What can be read on the screen: lines without the blanks at their ends."""
        with self._changed:
            return self._display.text

    @property
    def attributes(self) -> list[list[Cell]]:
        """Every place of the screen, row by row."""
        with self._changed:
            return self._display.cells

    @property
    def cursor(self) -> tuple[int, int] | None:
        """Row and column of the cursor, None when it is hidden."""
        with self._changed:
            return self._display.cursor

    @property
    def output(self) -> bytes:
        """All bytes that the program ever sent to the terminal."""
        with self._changed:
            return bytes(self._raw)

    @property
    def bytes_sent(self) -> int:
        """How many bytes the program sent to the terminal so far."""
        with self._changed:
            return len(self._raw)

    @property
    def arrivals(self) -> list[tuple[float, int]]:
        """When output came, by time.monotonic, and how many bytes there were in all then."""
        with self._changed:
            return list(self._arrivals)

    @property
    def stderr(self) -> str:
        """What the program wrote to its standard error, which is not the terminal."""
        size = os.fstat(self._stderr.fileno()).st_size
        return os.pread(self._stderr.fileno(), size, 0).decode(errors="replace")

    def cell(self, text: str) -> Cell:
        """Give the place where the text begins on the screen; the first, when it is there more than once."""
        for row in self.attributes:
            starts = [place for place, cell in enumerate(row) for _ in cell.text]
            found = "".join(cell.text for cell in row).find(text)
            if found >= 0:
                return row[starts[found]]
        raise TerminalError(f"{text!r} is not on the screen\n{self._evidence()}")

    # Waiting.

    def expect(self, wanted: str | re.Pattern[str], timeout: float = PATIENCE) -> re.Match[str]:
        """Wait (seconds) until the text, or a match of the pattern, is on the screen."""
        pattern = re.compile(re.escape(wanted)) if isinstance(wanted, str) else wanted
        found: list[re.Match[str]] = []

        def shown(text: str) -> bool:
            found.extend(pattern.finditer(text))
            return bool(found)

        self.wait(shown, f"{pattern.pattern if wanted is pattern else wanted!r} on the screen", timeout)
        return found[0]

    def expect_gone(self, text: str, timeout: float = PATIENCE) -> None:
        """Wait (seconds) until the text is no longer on the screen."""
        self.wait(lambda shown: text not in shown, f"{text!r} to go away", timeout)

    def wait(self, condition: Callable[[str], bool], what: str, timeout: float = PATIENCE) -> None:
        """Wait (seconds) until the condition holds for the screen's text; `what` is said when it never does."""
        deadline = time.monotonic() + timeout
        with self._changed:
            while not condition(self._display.text):
                left = deadline - time.monotonic()
                if self._closed or left <= 0:
                    why = "the program left the terminal" if self._closed else "timed out"
                    raise TerminalError(f"{why} waiting for {what}\n{self._evidence()}")
                self._changed.wait(left)

    def settle(self, timeout: float = 5.0) -> None:
        """Wait until the program has read all input and then writes nothing for a moment; `timeout` seconds at most."""
        deadline = time.monotonic() + timeout
        began = time.monotonic()
        with self._changed:
            while not self._closed and (now := time.monotonic()) < deadline:
                if self._unread():
                    began = now
                quiet = now - max(self._last, began)
                if quiet >= QUIET:
                    return
                self._changed.wait(min(QUIET - quiet, 0.02))

    def _unread(self) -> bool:
        """Whether there is input that the program has not read."""
        try:
            slave = os.open(self._slave_name, os.O_RDONLY | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            return False
        try:
            return bool(struct.unpack("i", fcntl.ioctl(slave, termios.FIONREAD, b"\0" * 4))[0])
        finally:
            os.close(slave)

    def finish(self, timeout: float = PATIENCE) -> int:
        """Wait (seconds) until the program has ended; its exit status, negative for a signal."""
        try:
            status = self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise TerminalError(f"the program did not end\n{self._evidence()}") from None
        # A child that holds the terminal keeps the reader busy: what the program itself wrote is there by then.
        self._reader.join(QUIET)
        self.settle()
        return status

    def _evidence(self) -> str:
        stderr = self.stderr
        return f"{self.text.rstrip()}\n" + (f"--- stderr\n{stderr}" if stderr else "")
