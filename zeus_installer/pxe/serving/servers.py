"""dnsmasq and nginx as children of ours: started, watched, ended."""

import contextlib
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from zeus_installer.pxe.serving.place import Place
from zeus_installer.system.errors import RefusedError, ZeusError

_PATIENCE: Final = 10.0
_LAST_WORDS: Final = 6
# Where distributions have servers, and a user's PATH may lack.
_PATH: Final = "/usr/sbin:/sbin:/usr/bin:/bin:/usr/local/sbin"
# dnsmasq gives up root, and with that the kernel's signal at the end of a parent (prctl(2), PR_SET_PDEATHSIG).
_GUARD: Final = 'read -r _; kill "$@" 2>/dev/null; rm -rf "$0"'

Hear = Callable[[str], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """A server: its program, the package that has it, and how it says that it listens, if it says so by a line."""

    name: str
    package: str
    options: Sequence[str | Path]
    ready: str | None = None
    pid_file: Path | None = None


def find(name: str, package: str) -> str:
    """Give the path of a program; one that is not there is an error with the package's name."""
    found = shutil.which(name) or shutil.which(name, path=_PATH)
    if found is None:
        raise RefusedError(
            "pxe.missing",
            f"{name} is not installed",
            hint=f"dnf install {package} (or apt install {package}) brings it",
        )
    return found


@contextmanager
def running(program: Program, place: Place, hear: Hear) -> Iterator[subprocess.Popen[str]]:
    """Start a server, wait until it listens, and end it with the context. `hear` is given each line that it says."""
    words = [find(program.name, program.package), *program.options]
    with ExitStack() as stack:
        process = subprocess.Popen(
            place.command(*words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            cwd="/",
            start_new_session=True,
        )
        stack.callback(_end, process)
        listener = _Listener(program, process, hear)
        stack.callback(listener.thread.join, 2.0)
        stack.callback(_end, process)
        listener.wait()
        yield process


@contextmanager
def guarded(private: Path, processes: Iterable[subprocess.Popen[str]]) -> Iterator[None]:
    """End the servers and remove their directory also when we are killed: a shell waits for our end of a pipe."""
    pids = [str(process.pid) for process in processes]
    guard = subprocess.Popen(
        ["sh", "-c", _GUARD, str(private), *pids], stdin=subprocess.PIPE, cwd="/", start_new_session=True
    )
    try:
        yield
    finally:
        guard.kill()
        guard.communicate()


class _Listener:
    """Reads what a server says, in a thread of its own."""

    def __init__(self, program: Program, process: subprocess.Popen[str], hear: Hear) -> None:
        self._program = program
        self._process = process
        self._hear = hear
        self._words: list[str] = []
        self._ready = threading.Event()
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def wait(self) -> None:
        """Wait until the server listens; one that ends instead is a `ZeusError` with its last words."""
        for _ in range(int(_PATIENCE / 0.05)):
            if self._ready.wait(0.05) and self._process.poll() is None:
                return
            if self._process.poll() is not None:
                self.thread.join(2.0)
                raise failure(self._program.name, self._words)
            pid_file = self._program.pid_file
            if pid_file is not None and pid_file.exists() and pid_file.read_text().strip():
                return
        raise ZeusError("pxe.server", f"{self._program.name} does not start within {_PATIENCE:g} s{_tail(self._words)}")

    def _read(self) -> None:
        stream: IO[str] | None = self._process.stdout
        for line in stream or ():
            text = line.rstrip("\n")
            if not self._ready.is_set() and len(self._words) < 1000:
                self._words.append(text)
            if self._program.ready is not None and self._program.ready in text:
                self._ready.set()
            self._hear(text)


def failure(name: str, words: Sequence[str]) -> ZeusError:
    """Say why a server has ended."""
    text = "\n".join(words)
    if "in use" in text:
        line = next(word for word in words if "in use" in word)
        hint = (
            "another server has the port: ss -lntup names it; serve on another interface, or in a namespace (--netns)"
        )
        return RefusedError("pxe.port", f"{name} cannot listen: {line.strip()}", hint=hint)
    return ZeusError("pxe.server", f"{name} has ended{_tail(words)}")


def _tail(words: Sequence[str]) -> str:
    return "".join(f"\n  {word}" for word in [word for word in words if word.strip()][-_LAST_WORDS:])


def _end(process: subprocess.Popen[str]) -> None:
    """End a server: politely, then not."""
    if process.poll() is None:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(5)
    if process.poll() is None:
        process.kill()
        process.wait()
    # nginx's children hold the pipe no longer than it takes them to end.
