"""The event stream of a run: kept in a file, served on a socket, followed by any number of viewers."""

import os
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Self

from zeus_installer.engine.store import Store
from zeus_installer.system.events import Event

_CONNECT_SECONDS: Final = 20.0
_POLL_SECONDS: Final = 0.05


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
        self._start = self._path.stat().st_size if self._path.exists() else 0

    def __enter__(self) -> Self:
        self._file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        self._socket.unlink(missing_ok=True)
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        mask = os.umask(0o177)
        try:
            self._listener.bind(str(self._socket))
        finally:
            os.umask(mask)
        self._listener.listen()
        threading.Thread(target=self._accept, name="events", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._grown:
            self._closed = True
            self._grown.notify_all()
        for thread in self._threads:
            thread.join(timeout=2)
        self._socket.unlink(missing_ok=True)
        self._listener.close()
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
            file.seek(self._start)
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
    connection = _connect(store, since)
    if connection is None:
        yield from _read_file(store.events, since)
        return
    with connection, connection.makefile("r", encoding="utf-8", errors="replace") as lines:
        for line in lines:
            yield Event.from_line(line)


def size_of_log(store: Store) -> int:
    """Give how long the event file is now, for `follow`."""
    return store.events.stat().st_size if store.events.exists() else 0


def _connect(store: Store, since: int) -> socket.socket | None:
    deadline = time.monotonic() + _CONNECT_SECONDS
    while time.monotonic() < deadline:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.connect(str(store.socket))
        except OSError:
            connection.close()
        else:
            return connection
        if size_of_log(store) > since and not store.is_locked():
            return None
        time.sleep(_POLL_SECONDS)
    return None


def _read_file(path: Path, since: int) -> Iterator[Event]:
    if path.exists():
        with path.open("r", encoding="utf-8", errors="replace") as file:
            file.seek(since)
            for line in file:
                yield Event.from_line(line)
