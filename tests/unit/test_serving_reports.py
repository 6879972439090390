"""Reports as a bench reads them: ours as they are, and whatever else comes without harm."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.machine.identity import Identity
from zeus_installer.pxe.serving.reports import NoReportError, read_message
from zeus_installer.reporting.messages import Sender, State
from zeus_installer.system.events import Event, Failure, Kind, Result

IDENTITY = Identity(serial="S3Z8", uuid=None, macs=("52:54:00:12:34:56",))
EVENT = Event(time="t", run="r", seq=1, kind=Kind.FINISH, path="install/x", title="Install", result=Result.FAILED)
LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8)


def message(**changes: Any) -> bytes:
    body = Sender(identity=IDENTITY, hostname="xen1", run="r", name="a").message(3, state=State.RUNNING, events=[EVENT])
    return json.dumps({**json.loads(body), **changes}).encode()


def test_what_a_machine_sends_is_read() -> None:
    read = read_message(message())
    assert (read.serial, read.macs, read.hostname) == ("S3Z8", ["52:54:00:12:34:56"], "xen1")
    assert (read.sender, read.sequence, read.state, read.error) == ("a", 3, State.RUNNING, None)
    (event,) = read.events
    assert (event.kind, event.path, event.title, event.result) == (Kind.FINISH, "install/x", "Install", "failed")


def test_the_error_of_a_report_is_read_with_its_table() -> None:
    error = {"code": "storage.disks", "message": "matches no disk\n  SAMSUNG  S1", "hint": "name one"}
    read = read_message(message(state="refused", report={"result": "refused", "error": error}))
    assert read.error == Failure(code="storage.disks", message="matches no disk\n  SAMSUNG  S1", hint="name one")


def test_a_terminal_is_told_nothing_by_a_machine() -> None:
    read = read_message(message(machine={"serial": "\x1b[2JS1\x07", "macs": ["\x9b1m"], "hostname": "a\tb"}))
    assert (read.serial, read.macs, read.hostname) == (" [2JS1 ", [" 1m"], "a b")


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"version": 2}, "another version"),
        ({"machine": None}, "machine is no object"),
        ({"state": "happy"}, "no known state"),
        ({"sender": ""}, "no sender"),
        ({"events": [{"kind": "party"}]}, "no known kind"),
        ({"events": [7]}, "an event is no object"),
    ],
)
def test_what_is_no_report_is_refused(changes: dict[str, Any], why: str) -> None:
    with pytest.raises(NoReportError, match=f"^{why}$"):
        read_message(message(**changes))


@pytest.mark.parametrize("body", [b"", b"\xff", b"[" * 100_000, b"7"])
def test_what_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(NoReportError):
        read_message(body)


@given(
    st.dictionaries(st.sampled_from(["version", "machine", "sender", "sequence", "state", "events", "report"]), VALUES)
)
def test_nothing_that_is_json_breaks_the_reader(changes: dict[str, Any]) -> None:
    try:
        read = read_message(message(**changes))
    except NoReportError:
        return
    texts = [read.serial or "", *read.macs, read.sender, *(event.title for event in read.events)]
    assert all(sign.isprintable() or sign == "\n" for text in texts for sign in text)
