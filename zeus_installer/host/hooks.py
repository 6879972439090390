"""Hooks: programs of the operator's, fetched, held against their SHA-256, kept on the target, and run inside it."""

import hashlib
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import IO, Final, cast

from zeus_installer.answers.model import Hook
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Reporter
from zeus_installer.system.secrets import redact
from zeus_installer.system.target import Target
from zeus_installer.web.places import Place, shown

DIRECTORY: Final = "/var/lib/zeus/hooks"
# A hook may bring its data along, but not a disk image.
MOST_BYTES: Final = 16 << 20
PATIENT_SECONDS: Final = 120.0
_SECONDS: Final = 1800.0
# What is still on its way when the hook has ended.
_LINGER_SECONDS: Final = 2.0
_TAIL: Final = 12
_MOST_LINES: Final = 2000
_LONGEST_LINE: Final = 1000
_REMEDY: Final = (
    "put right what it complains of, then: zeus resume, which runs it again from its beginning; "
    "another version of it has another sha256, and needs a new installation: zeus abandon"
)


def fetch_hook(hook: Hook, *, seconds: float = PATIENT_SECONDS) -> bytes:
    """Fetch a hook, and hold it against its SHA-256. What does not match is a `ZeusError`.

    A server that does not answer is asked again for so many seconds.
    """
    # Here: only who has hooks loads what speaks HTTP.
    from zeus_installer.web.client import Patience, fetch

    content = fetch(Place(hook.url), limit=MOST_BYTES, patience=Patience(seconds=seconds))
    found = hashlib.sha256(content).hexdigest()
    if found != hook.sha256.lower():
        raise ZeusError(
            "hooks.checksum",
            f"the hook {shown(hook.url)} has the SHA-256 {found}, wants {hook.sha256.lower()}",
            hint="if you have changed it, name its new sha256 in [[hooks]]; if not, find out who did",
        )
    return content


def place_of(hook: Hook) -> str:
    """Give the path on the target where a hook is kept."""
    return f"{DIRECTORY}/{hook.sha256.lower()}"


def is_kept(target: Target, hook: Hook) -> bool:
    """Whether the target has the hook, whole."""
    try:
        content = target.path(place_of(hook)).read_bytes()
    except FileNotFoundError:
        return False
    return hashlib.sha256(content).hexdigest() == hook.sha256.lower()


def keep(target: Target, hook: Hook) -> None:
    """Have the hook on the target, for root alone; it is fetched when it is not there, or is another one."""
    if not is_kept(target, hook):
        content = fetch_hook(hook)
        target.path(DIRECTORY).mkdir(mode=0o700, parents=True, exist_ok=True)
        target.write_atomic(place_of(hook), content, mode=0o700)


def run_hook(target: Target, hook: Hook, report: Reporter, *, arguments: Sequence[str] = ()) -> None:
    """Run a hook that the target has; what it prints goes into the events.

    Another exit status than 0 is a `ZeusError`, and so is one that runs for more than half an hour. What it leaves
    running in the background ends with it.
    """
    output = _Output(report)
    process = _start(target, hook, arguments)
    with output.reading(cast("IO[str]", process.stdout)):
        try:
            status: int | None = process.wait(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            status = None
        finally:
            _end(process)
    if status != 0:
        raise _failed(hook, _how_it_ended(status), output)


def _start(target: Target, hook: Hook, arguments: Sequence[str]) -> subprocess.Popen[str]:
    inside = [] if target.is_running_system else ["chroot", str(target.root)]
    stage = {"ZEUS_STAGE": hook.stage, "XS_STAGE": hook.stage}
    try:
        return subprocess.Popen(
            [*inside, place_of(hook), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd="/",
            env={**os.environ, "LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", **stage},
            start_new_session=True,
        )
    except OSError as error:
        # No `#!` in its first line, or an interpreter that is not there.
        raise _failed(hook, (error.strerror or str(error)).lower(), _Output(None)) from error


def _end(process: subprocess.Popen[str]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _how_it_ended(status: int | None) -> str:
    if status is None:
        return f"no end after {_SECONDS:g} s"
    return f"killed by signal {-status}" if status < 0 else f"exit status {status}"


class _Output:
    """What a hook prints: each line an event, as long as they are not too many, and the last ones for its error."""

    def __init__(self, report: Reporter | None) -> None:
        self._report = report
        self._last: deque[str] = deque(maxlen=_TAIL)
        self._count = 0

    @contextmanager
    def reading(self, stream: IO[str]) -> Iterator[None]:
        """Read in a thread: somebody whom the hook has left behind may keep the stream open."""
        thread = threading.Thread(target=self._read, args=(stream,), name="hook", daemon=True)
        thread.start()
        try:
            yield
        finally:
            thread.join(timeout=_LINGER_SECONDS)

    @property
    def tail(self) -> str:
        """The last lines, for an error."""
        return "".join(f"\n  {line}" for line in tuple(self._last))

    def _read(self, stream: IO[str]) -> None:
        with stream:
            while line := stream.readline(_LONGEST_LINE):
                self._take("".join(sign if sign.isprintable() else " " for sign in line).rstrip())

    def _take(self, line: str) -> None:
        if not line:
            return
        self._last.append(redact(line))
        self._count += 1
        if self._report is not None and self._count <= _MOST_LINES:
            self._report.log(line)
            if self._count == _MOST_LINES:
                self._report.log("it prints more, which is left out")


def _failed(hook: Hook, how: str, output: _Output) -> ZeusError:
    return ZeusError("hooks.failed", f"the hook {shown(hook.url)} at {hook.stage}: {how}{output.tail}", hint=_REMEDY)
