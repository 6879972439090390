"""What waits to be told to a report server, and how it is put. Pure."""

import json

from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.answers.model import Answers, Report
from zeus_installer.checks.report import check_report
from zeus_installer.machine.identity import Identity
from zeus_installer.reporting.messages import Sender, State
from zeus_installer.reporting.outbox import BATCH, Outbox
from zeus_installer.system.events import Event, Failure, Kind, Result
from zeus_installer.system.secrets import Secret

HASH = "$6$saltsalt$" + "A" * 86
IDENTITY = Identity(serial="SN1", uuid="4c4c4544", product="R640", macs=("52:54:00:12:34:56",))


def event(seq: int, kind: Kind = Kind.LOG, path: str = "install", title: str = "a line", **more: object) -> Event:
    return Event(time="2026-01-01T00:00:00.000Z", run="r1", seq=seq, kind=kind, path=path, title=title, **more)  # type: ignore[arg-type]


def waiting(*events: Event, most: int = 2000) -> Outbox:
    outbox = Outbox(most=most)
    for one in events:
        outbox.add(one)
    return outbox


EVENTS = st.lists(st.sampled_from(Kind), max_size=60).map(
    lambda kinds: [event(seq, kind, path=f"install/{seq % 3}") for seq, kind in enumerate(kinds, start=1)]
)


@given(EVENTS, st.integers(1, 20))
def test_what_waits_has_an_end_and_starts_and_ends_stay(events: list[Event], most: int) -> None:
    outbox = waiting(*events, most=most)
    kept = outbox.take()
    essential = [one for one in events if one.kind in (Kind.START, Kind.FINISH)]
    assert [one for one in kept if one.kind in (Kind.START, Kind.FINISH)] == essential
    assert len(kept) <= max(most, len(essential))
    assert [one.seq for one in kept] == sorted(one.seq for one in kept)
    assert len(outbox) == 0


def test_of_progress_only_the_newest_waits() -> None:
    first = [event(seq, Kind.PROGRESS, done=seq) for seq in (1, 2, 3)]
    other = event(4, Kind.PROGRESS, path="install/other", done=4)
    outbox = waiting(*first, other)
    assert [one.seq for one in outbox.take()] == [3, 4]
    assert outbox.dropped == 0


def test_the_oldest_progress_goes_first_and_then_the_oldest_line() -> None:
    events = [
        event(1, Kind.START),
        event(2),
        event(3, Kind.PROGRESS),
        event(4),
        event(5, Kind.PROGRESS, path="install/other"),
        event(6),
    ]
    assert [one.seq for one in waiting(*events, most=5).take()] == [1, 2, 4, 5, 6]
    assert [one.seq for one in waiting(*events, most=4).take()] == [1, 2, 4, 6]
    outbox = waiting(*events, most=3)
    assert [one.seq for one in outbox.take()] == [1, 4, 6]
    assert outbox.dropped == 3


def test_a_message_has_so_many_events_at_most() -> None:
    outbox = waiting(*(event(seq) for seq in range(1, BATCH + 3)))
    assert [len(outbox.take()) for _ in range(3)] == [BATCH, 2, 0]


def test_a_message() -> None:
    sender = Sender(identity=IDENTITY, hostname="xen1", run="r1", name="0a1b2c3d")
    failure = Failure(code="web.refused", message="refused", hint="look")
    body = sender.message(7, state=State.RUNNING, events=[event(3, Kind.FINISH, result=Result.FAILED, error=failure)])
    assert json.loads(body) == {
        "version": 1,
        "machine": {"serial": "SN1", "uuid": "4c4c4544", "macs": ["52:54:00:12:34:56"], "hostname": "xen1"},
        "run": "r1",
        "sender": "0a1b2c3d",
        "sequence": 7,
        "state": "running",
        "events": [
            {
                "time": "2026-01-01T00:00:00.000Z",
                "run": "r1",
                "seq": 3,
                "kind": "finish",
                "path": "install",
                "title": "a line",
                "result": "failed",
                "error": {"code": "web.refused", "message": "refused", "hint": "look"},
            }
        ],
        "dropped": 0,
    }


def test_no_secret_leaves_the_machine() -> None:
    sender = Sender(identity=IDENTITY, hostname=None, run=None)
    body = sender.message(
        1,
        state=State.FAILED,
        events=[event(1, title=f"root:{HASH}:"), event(2, title="GET http://me:geheim@192.0.2.1/")],
        report={"findings": [{"seen": "https://me:geheim@192.0.2.1/xapi"}], "steps": [HASH]},
        log=f"root has {HASH}",
    ).decode()
    assert "geheim" not in body
    assert HASH not in body
    assert json.loads(body)["report"] == {
        "findings": [{"seen": "https://me:********@192.0.2.1/xapi"}],
        "steps": ["********"],
    }


@given(st.text() | st.just("\udcff"))
def test_whatever_a_program_prints_can_be_sent(title: str) -> None:
    body = Sender(identity=IDENTITY, hostname=None, run="r1").message(
        1, state=State.RUNNING, events=[event(1, title=title)]
    )
    assert isinstance(json.loads(body)["events"][0]["title"], str)


def test_a_server_without_tls_is_warned_of() -> None:
    def found(url: str) -> list[tuple[str, str]]:
        report = Report(url=Secret(url))
        return [(finding.verdict, finding.seen) for finding in check_report(Answers(report=report))]

    assert check_report(None) == check_report(Answers()) == ()
    assert found("https://192.0.2.1/") == []
    assert found("http://me:geheim@192.0.2.1/reports?token=x") == [
        (
            "warning",
            "reports go to http://192.0.2.1/reports?… without encryption: "
            "whoever is on the way can read and change them",
        )
    ]
