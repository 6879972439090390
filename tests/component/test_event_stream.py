"""The events of a run, over its socket: whoever comes, whenever, sees what happened and what happens."""

import json
import socket
import threading
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from zeus_installer.engine import stream
from zeus_installer.engine.store import Store
from zeus_installer.engine.stream import EventStream, follow, size_of_log, watch_all
from zeus_installer.system.errors import RefusedError
from zeus_installer.system.events import Event, Kind
from zeus_installer.system.target import Target

TORN = '{"time": "2026-01-01T00:00:00.000Z", "ru'


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(Target(tmp_path))
    store.prepare()
    return store


def event(title: str, seq: int = 1) -> Event:
    return Event(time="2026-01-01T00:00:00.000Z", run="r1", seq=seq, kind=Kind.LOG, path="install", title=title)


def titles(events: Iterator[Event]) -> list[str]:
    return [event.title for event in events]


def run(store: Store, *names: str) -> None:
    with store.lock(), EventStream(store) as events:
        for name in names:
            events.write(event(name))


def test_a_viewer_of_all_sees_earlier_runs_too(store: Store) -> None:
    run(store, "first", "second")
    with store.lock(), EventStream(store) as events:
        since = size_of_log(store)
        events.write(event("third"))
        of_all, of_run = watch_all(store), follow(store, since=since)
        assert titles(islice(of_all, 3)) == ["first", "second", "third"]
        assert titles(islice(of_run, 1)) == ["third"]
        events.write(event("fourth"))
        assert titles(islice(of_all, 1)) == titles(islice(of_run, 1)) == ["fourth"]
    assert titles(of_all) == titles(of_run) == []


def test_without_a_run_the_file_says_it_all(store: Store) -> None:
    assert titles(watch_all(store)) == []
    run(store, "first")
    run(store, "second")
    assert titles(watch_all(store)) == ["first", "second"]


def test_a_torn_line_is_left_out_and_spoils_no_other(store: Store) -> None:
    run(store, "first")
    with store.events.open("a") as file:
        file.write(TORN)
    assert titles(watch_all(store)) == ["first"]
    since = size_of_log(store)
    with store.lock(), EventStream(store) as events:
        events.write(event("second"))
        assert titles(islice(watch_all(store), 2)) == ["first", "second"]
        assert titles(islice(follow(store, since=since), 1)) == ["second"]
    assert titles(watch_all(store)) == ["first", "second"]


def test_what_a_killed_run_did_not_send_is_in_the_file(store: Store) -> None:
    run(store, "first", "second", "third")
    lines = store.events.read_bytes()

    def serve_half(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(4)
            connection.sendall(lines[: len(lines) // 2])

    with socket.socket(socket.AF_UNIX) as listener, store.lock():
        listener.bind(str(store.socket))
        listener.listen()
        thread = threading.Thread(target=serve_half, args=(listener,))
        thread.start()
        assert titles(watch_all(store)) == ["first", "second", "third"]
        thread.join()


@pytest.mark.parametrize("said", [b"", b"everything\n", b"alle", b"\n", b"GET / HTTP/1.1\r\n"])
def test_who_does_not_ask_is_dropped(store: Store, monkeypatch: pytest.MonkeyPatch, said: bytes) -> None:
    monkeypatch.setattr(stream, "_ASK_SECONDS", 0.2)
    with store.lock(), EventStream(store) as events, socket.socket(socket.AF_UNIX) as viewer:
        events.write(event("first"))
        viewer.connect(str(store.socket))
        viewer.sendall(said)
        try:
            answer = viewer.recv(100)
        except ConnectionResetError:
            answer = b""
        assert answer == b""


def test_a_viewer_that_does_not_read_delays_nobody(store: Store) -> None:
    count = 2000
    with store.lock(), EventStream(store) as events, socket.socket(socket.AF_UNIX) as sleeper:
        sleeper.connect(str(store.socket))
        sleeper.sendall(b"all\n")
        for number in range(count):
            events.write(event("x" * 1000, number))
        assert [event.seq for event in islice(watch_all(store), count)] == list(range(count))
    assert len(store.events.read_bytes().splitlines()) == count


def test_who_asks_whether_a_run_is_under_way_hinders_none(store: Store) -> None:
    ended = threading.Event()

    def ask() -> None:
        while not ended.is_set():
            store.is_locked()

    threads = [threading.Thread(target=ask) for _ in range(2)]
    for thread in threads:
        thread.start()
    for _ in range(50):
        with store.lock():
            pass
    ended.set()
    for thread in threads:
        thread.join()
    with store.lock(), pytest.raises(RefusedError, match="another run is under way"), store.lock():
        pass


def test_the_socket_speaks_lines_of_json(store: Store) -> None:
    with store.lock(), EventStream(store) as events, socket.socket(socket.AF_UNIX) as viewer:
        assert store.socket.stat().st_mode & 0o777 == 0o600
        events.write(event("první"))
        viewer.connect(str(store.socket))
        viewer.sendall(b"run\n")
        with viewer.makefile() as lines:
            assert json.loads(lines.readline())["title"] == "první"


def test_nothing_is_left_of_the_socket_when_the_run_has_ended(store: Store) -> None:
    """Anaconda unmounts the system that the run was on while our process lives: the socket would keep it busy."""
    with store.lock(), EventStream(store):
        assert str(store.socket) in Path("/proc/net/unix").read_text()
    assert str(store.socket) not in Path("/proc/net/unix").read_text()
