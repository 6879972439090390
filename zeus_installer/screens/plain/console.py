"""Standard input and output, line by line; and what goes on while a line is awaited: jobs, timers, signals."""

import os
import select
import signal
import subprocess
import termios
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Final

from zeus_installer.screens.form import Line
from zeus_installer.screens.jobs import Job
from zeus_installer.screens.tui.look import Look

WIDTH: Final = 79
_TICK: Final = 1.0
_DEEPEST: Final = 20
_IN: Final = 0
_OUT: Final = 1
_ECHO: Final = 3  # where termios has the local flags


class Interrupted(BaseException):
    """Ctrl-C was pressed."""


class InputEnded(BaseException):
    """Nobody types any more."""


def _nothing() -> None:
    """Do nothing."""


def spoken(text: str) -> str:
    """Give a line of a note as it is read aloud; see `form.Line`."""
    head, tab, rest = text.partition("\t")
    if not tab:
        return text
    return f"{head}: {rest}" if head else f"  {rest.replace('→', 'remedy:', 1)}"


class Console:
    """A terminal, or pipes. Nothing is ever written but lines and prompts: no colour, no movement."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._jobs: list[Job] = []
        self._timers: list[tuple[float, Callable[[], None]]] = []
        self._tick: Callable[[], None] = _nothing
        self._next_tick = 0.0
        self._typed = b""
        self._ended = False
        self._interrupted = False
        self._wake, self._waker = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._settings = termios.tcgetattr(_IN) if os.isatty(_IN) else None
        self._hidden = False
        self._fresh = True
        self.rows = 0

    def open(self, tick: Callable[[], None], end_by: Callable[[int, FrameType | None], None]) -> None:
        """Call `tick` every second from now on, and `end_by` when a signal says that it is over."""
        self._tick = tick
        self._next_tick = time.monotonic() + _TICK
        signal.set_wakeup_fd(self._waker, warn_on_full_buffer=False)
        signal.signal(signal.SIGINT, self._interrupt)
        signal.signal(signal.SIGQUIT, lambda *_: None)
        for number in (signal.SIGHUP, signal.SIGTERM):
            signal.signal(number, end_by)

    def close(self) -> None:
        """Leave the terminal as it was found."""
        self._hide(hidden=False)
        if not self._fresh:
            with suppress(OSError):
                os.write(_OUT, b"\n")

    def say(self, text: str = "") -> None:
        """Write lines, wrapped, each as far in as it begins."""
        if not self._fresh:
            self._write("\n")
            self._fresh = True
        for line in self._look.words(text).split("\n"):
            parts = _wrapped(line)
            self._write("".join(f"{part}\n" for part in parts))
            self.rows += len(parts)

    def say_lines(self, lines: Sequence[Line]) -> None:
        """Write the lines of a note."""
        for _style, text in lines:
            self.say(spoken(text))

    def line(self, prompt: str = "", *, secret: bool = False, watch: Callable[[], None] = _nothing) -> str:
        """Give the next line that is typed. What `watch` says meanwhile stands above a new prompt."""
        with self._echo(hidden=secret):
            self._prompt(prompt)
            while b"\n" not in self._typed and not self._ended:
                self.turn(reading=True)
                watch()
                self._prompt(prompt)
        if not self._typed:
            raise InputEnded
        raw, _, self._typed = self._typed.partition(b"\n")
        if self._settings is None or secret:
            self._write("\n" if not self._fresh else "")
        self._fresh = True
        return raw.decode("utf-8", "replace").removesuffix("\r")

    def turn(self, *, reading: bool) -> None:
        """Wait for what comes first, be it input, a job's message, a timer or a signal, and see to it."""
        due = min([self._next_tick, *(at for at, _ in self._timers)])
        awaited: list[Job | int] = [*self._jobs, self._wake, *([_IN] if reading else [])]
        ready, _, _ = select.select(awaited, [], [], max(0.0, due - time.monotonic()))
        for one in ready:
            if isinstance(one, Job):
                if not one.read():
                    self._jobs.remove(one)
                    one.end()
            elif one == _IN:
                self._read()
            else:
                os.read(self._wake, 4096)
        self._call_timers()
        if self._interrupted:
            self._interrupted = False
            raise Interrupted

    def listen(self, job: Job) -> None:
        """Read a job whenever it has something to say."""
        self._jobs.append(job)

    def after(self, seconds: float, call: Callable[[], None]) -> None:
        """Call something a little later."""
        self._timers.append((time.monotonic() + seconds, call))

    @property
    def has_timers(self) -> bool:
        """Whether something will be called later."""
        return bool(self._timers)

    def shell(self) -> None:
        """Run a shell on the same terminal."""
        subprocess.run([os.environ.get("SHELL") or "/bin/sh"], check=False)
        self._interrupted = False

    def _read(self) -> None:
        try:
            data = os.read(_IN, 65536)
        except OSError:  # the terminal has gone
            data = b""
        self._typed += data
        self._ended = not data

    def _call_timers(self) -> None:
        now = time.monotonic()
        due = [timer for timer in self._timers if timer[0] <= now]
        self._timers = [timer for timer in self._timers if timer[0] > now]
        for _, call in due:
            call()
        if self._next_tick <= now:
            self._next_tick = now + _TICK
            self._tick()

    def _prompt(self, prompt: str) -> None:
        if prompt and self._fresh:
            self._write("\n".join(_wrapped(self._look.words(prompt))) + " ")
            self._fresh = False

    def _write(self, text: str) -> None:
        data = text.encode()
        try:
            while data:
                data = data[os.write(_OUT, data) :]
        except OSError:
            raise InputEnded from None

    @contextmanager
    def _echo(self, *, hidden: bool) -> Iterator[None]:
        before = self._hidden
        self._hide(hidden=hidden)
        try:
            yield
        finally:
            self._hide(hidden=before)

    def _hide(self, *, hidden: bool) -> None:
        """Switch off that the terminal shows what is typed, or on again."""
        if self._settings is not None and hidden != self._hidden:
            settings = list(self._settings)
            if hidden:
                settings[_ECHO] &= ~termios.ECHO
            with suppress(termios.error):  # the terminal has gone
                termios.tcsetattr(_IN, termios.TCSANOW, settings)
        self._hidden = hidden

    def _interrupt(self, *_: object) -> None:
        self._interrupted = True


def _wrapped(line: str) -> Sequence[str]:
    bare = line.lstrip(" ")
    pad = " " * min(len(line) - len(bare), _DEEPEST)
    hang = f"{pad}  " if pad else ""
    return textwrap.wrap(bare, WIDTH - 1, initial_indent=pad, subsequent_indent=hang, break_on_hyphens=False) or [""]
