"""Events to a server, over real connections: what arrives, and that nothing it does is ever in the way."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.component.report_server import receiving, silent_server
from tests.component.web_server import Answer, make_certificate, site
from zeus_installer.answers.model import Report
from zeus_installer.machine.identity import Identity
from zeus_installer.reporting import once, poster
from zeus_installer.reporting.messages import Sender, State
from zeus_installer.reporting.outbox import BATCH
from zeus_installer.reporting.poster import Poster
from zeus_installer.reporting.refusal import tell_refusal
from zeus_installer.system.errors import RefusedError
from zeus_installer.system.events import Event, Kind
from zeus_installer.system.secrets import Secret

IDENTITY = Identity(serial="SN1", macs=("52:54:00:12:34:56",))


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poster, "_APART_SECONDS", 0.02)
    monkeypatch.setattr(poster, "_PAUSE_AT_THE_END", 0.02)


@contextmanager
def posting(url: str, *, fingerprint: str | None = None) -> Iterator[tuple[Poster, list[str]]]:
    """A poster, and what it says of trouble."""
    troubles: list[str] = []
    sender = Sender(identity=IDENTITY, hostname="xen1", run="r1")
    report = Report(url=Secret(url), fingerprint=fingerprint)
    with Poster(report, sender, state=State.RUNNING, trouble=troubles.append) as made:
        yield made, troubles


def event(seq: int, kind: Kind = Kind.START) -> Event:
    return Event(time="2026-01-01T00:00:00.000Z", run="r1", seq=seq, kind=kind, path=f"install/{seq}", title="a step")


def seqs(events: list[dict[str, Any]]) -> list[int]:
    return [one["seq"] for one in events]


def wait_until(there: Callable[[], object]) -> None:
    deadline = time.monotonic() + 60
    while not there():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def unanswered(server: str, what: str) -> list[str]:
    return [f"reports do not arrive: {server}: {what}; the installation goes on without them"]


def test_everything_arrives_once_and_in_its_order() -> None:
    with receiving() as receiver, posting(receiver.url) as (post, troubles):
        post.take(event(1))
        receiver.wait(1)
        for seq in range(2, BATCH + 40):
            post.take(event(seq))
        post.end(State.DONE, report={"result": "done"})
        assert seqs(receiver.events) == list(range(1, BATCH + 40))
        assert [one["sequence"] for one in receiver.messages] == list(range(1, len(receiver.messages) + 1))
        assert len({one["sender"] for one in receiver.messages}) == 1
        *before, last = receiver.messages
        assert {one["state"] for one in before} <= {"running", "done"}
        assert [one for one in before if "report" in one] == []
        assert (last["state"], last["report"], last["dropped"]) == ("done", {"result": "done"}, 0)
        assert (last["machine"]["serial"], last["machine"]["hostname"], last["run"]) == ("SN1", "xen1", "r1")
        assert {one["content-type"] for one in receiver.headers} == {"application/json"}
        assert troubles == []


def test_what_waits_is_sent_without_last_words_when_the_work_is_interrupted() -> None:
    with receiving() as receiver:
        with posting(receiver.url) as (post, _):
            post.take(event(1))
        assert [(one["state"], seqs(one["events"])) for one in receiver.messages] == [("running", [1])]


def test_a_message_that_did_not_arrive_is_sent_again_as_it_was() -> None:
    with receiving(statuses=[503, 500, 204]) as receiver, posting(receiver.url) as (post, troubles):
        post.take(event(1))
        receiver.wait(2)
        post.take(event(2))
        post.end(State.DONE)
        first, second, third, *_ = receiver.bodies
        assert first == second == third
        assert seqs([one for message in receiver.messages[2:] for one in message["events"]]) == [1, 2]
        assert troubles == unanswered(receiver.url, "the server says 503 Service Unavailable")


def test_a_message_that_the_server_will_not_have_does_not_stop_those_that_follow() -> None:
    with receiving(statuses=[413, 204]) as receiver, posting(receiver.url) as (post, _):
        post.take(event(1))
        receiver.wait(1)
        post.take(event(2))
        post.end(State.DONE)
        assert receiver.messages[-1]["dropped"] == 1
        assert seqs([one for message in receiver.messages[1:] for one in message["events"]]) == [2]


def test_a_server_that_dies_midway_and_comes_back_hears_the_rest() -> None:
    with receiving() as receiver, posting(receiver.url) as (post, troubles):
        post.take(event(1))
        receiver.wait(1)
        port = receiver.port
    with posting(receiver.url) as (post, troubles):
        post.take(event(2))
        wait_until(lambda: troubles)
        with receiving(port=port) as again:
            post.end(State.DONE)
            assert seqs(again.events) == [2]
            assert troubles == unanswered(again.url, "connection refused")


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-OpenSSH_9.9\r\n", b"HTTP/1.1 204 No Content\r\n"])
def test_whatever_a_server_says_the_work_ends(answer: bytes) -> None:
    with site(Answer(raw=answer)) as server, posting(server.url) as (post, troubles):
        post.take(event(1))
        post.end(State.DONE, seconds=0.5)
        assert len(troubles) <= 1


def test_a_server_that_does_not_answer_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poster, "TRY_SECONDS", 0.1)
    with silent_server() as url, posting(url) as (post, troubles):
        for seq in range(10_000):
            post.take(event(seq, Kind.LOG))
        wait_until(lambda: troubles)
        post.end(State.DONE, seconds=0.5)
        assert troubles == unanswered(url, "the server does not answer in time")


def test_nobody_is_told_of_trouble_after_the_end() -> None:
    with silent_server() as url, posting(url) as (post, troubles):
        post.take(event(1))
        post.end(State.DONE, seconds=0.1)
        told = list(troubles)
    wait_until(lambda: "reports" not in [thread.name for thread in threading.enumerate()])
    assert troubles == told


def test_a_listener_that_fails_is_no_reason_to_stop() -> None:
    def fail(_words: str) -> None:
        raise OSError("the stream is gone")

    sender = Sender(identity=IDENTITY, hostname=None, run="r1")
    with receiving(statuses=[503, 204]) as receiver:
        report = Report(url=Secret(receiver.url))
        with Poster(report, sender, state=State.RUNNING, trouble=fail) as post:
            post.take(event(1))
            post.end(State.DONE)
        assert receiver.messages[-1]["state"] == "done"


def test_the_certificate_is_the_one_that_is_pinned(tmp_path: Path) -> None:
    fingerprint = make_certificate(tmp_path / "server.pem")
    with site(certificate=tmp_path / "server.pem") as server:
        with posting(server.url, fingerprint=fingerprint) as (post, troubles):
            post.end(State.DONE)
            assert troubles == []
        assert len(server.asked) == 1
        with posting(server.url, fingerprint="00" * 32) as (post, troubles):
            post.end(State.DONE, seconds=1)
            assert troubles[0].startswith(f"reports do not arrive: {server.url}: its certificate has the fingerprint ")
        with posting(server.url) as (post, troubles):
            post.end(State.DONE, seconds=1)
            assert troubles[0].startswith(f"reports do not arrive: {server.url}: its certificate is not trusted: ")
        assert len(server.asked) == 1


def test_user_and_password_go_to_the_server_and_nowhere_else(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        with receiving(statuses=[401]) as receiver:
            url = receiver.url.replace("://", "://zeus:geheim@")
            with posting(url) as (post, troubles):
                post.end(State.DONE, seconds=0.3)
                assert troubles == unanswered(receiver.url, "the server says 401 Unauthorized")
            assert {one["authorization"] for one in receiver.headers} == {"Basic emV1czpnZWhlaW0="}
            tell_refusal(Report(url=Secret(url)), IDENTITY, RefusedError("a.b", "no"))
            shown = caplog.text + repr(Report(url=Secret(url))) + repr(post) + "".join(map(str, receiver.bodies))
        assert "geheim" not in shown


def test_a_refusal_is_told() -> None:
    with receiving(statuses=[503, 204]) as receiver:
        error = RefusedError("storage.disk", "storage.disks[0] matches no disk\n  sda  http://a:b@c/", hint="name one")
        tell_refusal(Report(url=Secret(receiver.url)), IDENTITY, error, hostname="xen1")
        assert receiver.bodies[0] == receiver.bodies[1]
        message = receiver.messages[-1]
        assert (message["state"], message["run"], message["events"]) == ("refused", None, [])
        assert message["machine"]["macs"] == ["52:54:00:12:34:56"]
        report = message["report"]
        assert (report["result"], report["run"]) == ("refused", None)
        assert report["error"] == {
            "code": "storage.disk",
            "message": "storage.disks[0] matches no disk\n  sda  http://a:********@c/",
            "hint": "name one",
        }


def test_a_refusal_that_cannot_be_told_is_only_logged(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(once, "_SECONDS", 0.0)
    monkeypatch.setattr(once, "_TRY_SECONDS", 0.2)
    with silent_server() as url:
        tell_refusal(Report(url=Secret(url)), IDENTITY, RefusedError("a.b", "no"))
    assert [record.message for record in caplog.records if record.name.startswith("zeus_installer.reporting")] == [
        f"reports do not arrive: {url}: the server does not answer in time"
    ]


def test_the_begin_is_told() -> None:
    with receiving() as receiver:
        once.tell_begin(Report(url=Secret(receiver.url)), IDENTITY, hostname="xen1")
        receiver.wait(1)
        [message] = receiver.messages
        assert (message["state"], message["run"], message["events"]) == ("running", None, [])
