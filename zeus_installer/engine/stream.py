"""The event stream of a run: kept in a file, served on a socket, followed by any number of viewers."""

import contextlib
import os
import socket
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Final, Self

from zeus_installer.engine.store import Store
from zeus_installer.system.events import Event

_CONNECT_SECONDS: Final = 20.0
_POLL_SECONDS: Final = 0.05

# What a viewer may ask for, in one line: the events of this run of the service, or all that the file has.
_RUN: Final = b"run\n"
_ALL: Final = b"all\n"
# It asks at once: whoever does not is no viewer.
_ASK_SECONDS: Final = 5.0
# How long the end of a run waits for viewers that are behind.
_LINGER_SECONDS: Final = 2.0


class EventStream:
    """The writing end. `write` is the sink of the run's reporter; viewers come and go without it noticing.

    Each viewer has a thread that copies the file to its connection: a slow viewer delays nobody.
    """

    def __init__(self, store: Store) -> None:
        self._path = store.events
        self._socket = store.socket
        self._grown = threading.Condition()
        self._closed = False
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> Self:
        self._file = os.open(self._path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        self._start = _close_torn_line(self._file)
        self._socket.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)
        try:
            self._listener.bind(str(self._socket))
        finally:
            os.umask(mask)
        self._listener.listen()
        self._acceptor = threading.Thread(target=self._accept, name="events", daemon=True)
        self._acceptor.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.unlink(missing_ok=True)
        # A thread that waits in accept() keeps the closed socket, and that the file system of its path, in use.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join()
        self._listener.close()
        with self._grown:
            self._closed = True
            self._grown.notify_all()
        deadline = time.monotonic() + _LINGER_SECONDS
        for thread in self._threads:
            thread.join(timeout=max(0.0, deadline - time.monotonic()))
        os.close(self._file)

    def write(self, event: Event) -> None:
        """Add an event. It is not fsynced: what must survive a power cut stands in the journal."""
        with self._grown:
            os.write(self._file, (event.to_line() + "\n").encode())
            self._grown.notify_all()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(connection,), name="viewer", daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, self._path.open("rb") as file:
            wish = _read_wish(connection)
            if wish not in (_RUN, _ALL):
                return
            file.seek(self._start if wish == _RUN else 0)
            while True:
                with self._grown:
                    chunk = file.read()
                    if not chunk and self._closed:
                        return
                    if not chunk:
                        self._grown.wait()
                        continue
                try:
                    connection.sendall(chunk)
                except OSError:
                    return


def follow(store: Store, *, since: int) -> Iterator[Event]:
    """Yield the events of the run that is starting or under way, until it ends.

    A run that ends before we connect has left its events in the file: they are read from byte `since`.
    """
    deadline = time.monotonic() + _CONNECT_SECONDS

    def may_come() -> bool:
        return time.monotonic() < deadline and (size_of_log(store) <= since or store.is_locked())

    connection = _connect(store, may_come)
    received = 0 if connection is None else (yield from _receive(connection, _RUN))
    if not received:
        yield from read_events(store.events, since)


def watch_all(store: Store) -> Iterator[Event]:
    """Yield all events of the stored plan's runs from the first on, until the run that is under way ends.

    When none is, these are the events that the file has.
    """
    connection = _connect(store, store.is_locked)
    received = 0 if connection is None else (yield from _receive(connection, _ALL))
    # A run that ended before it served us, or was killed, has left the rest in the file.
    yield from read_events(store.events, received)


def size_of_log(store: Store) -> int:
    """Give how long the event file is now, for `follow`."""
    return store.events.stat().st_size if store.events.exists() else 0


def _connect(store: Store, may_come: Callable[[], bool]) -> socket.socket | None:
    """Connect to a run, or give None when there is none and none may come any more."""
    while True:
        goes_on = may_come()
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(store.socket))
        except OSError:
            connection.close()
        else:
            return connection
        if not goes_on:
            return None
        time.sleep(_POLL_SECONDS)


def _receive(connection: socket.socket, wish: bytes) -> Generator[Event, None, int]:
    """Yield what a run sends until it ends; gives how many bytes of whole lines that was."""
    received = 0
    with connection, connection.makefile("rb") as lines, contextlib.suppress(OSError):
        connection.sendall(wish)
        for line in lines:
            if line.endswith(b"\n"):
                received += len(line)
                yield from _parse([line])
    return received


def read_events(path: Path, since: int) -> Iterator[Event]:
    """Yield the events of a file from byte `since` on."""
    if path.exists():
        with path.open("rb") as file:
            file.seek(since)
            yield from _parse(file)


def _parse(lines: Iterable[bytes]) -> Iterator[Event]:
    """Read lines of the stream. A torn line, as a power cut leaves it, says nothing and is left out."""
    for line in lines:
        try:
            event = Event.from_line(line.decode())
        except (ValueError, KeyError, TypeError, AttributeError):
            continue
        yield event


def _read_wish(connection: socket.socket) -> bytes:
    """Read what a viewer asks for; empty when it hangs up or takes its time."""
    deadline = time.monotonic() + _ASK_SECONDS
    wish = b""
    try:
        while not wish.endswith(b"\n") and len(wish) < len(_RUN):
            connection.settimeout(max(0.001, deadline - time.monotonic()))
            piece = connection.recv(len(_RUN) - len(wish))
            if not piece:
                return b""
            wish += piece
        connection.settimeout(None)
    except OSError:
        return b""
    return wish


def _close_torn_line(descriptor: int) -> int:
    """End the line that a power cut has torn, so that the next one stands alone; gives where that begins."""
    size = os.fstat(descriptor).st_size
    if size and os.pread(descriptor, 1, size - 1) != b"\n":
        size += os.write(descriptor, b"\n")
    return size
