"""How the machines of a bench stand, by what they report in whichever order."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from zeus_installer.pxe.serving.board import Board, Host, Row
from zeus_installer.pxe.serving.reports import Message, ReportedEvent
from zeus_installer.reporting.messages import State
from zeus_installer.system.events import Failure, Kind

XEN1 = Host(name="xen1", macs=["52:54:00:00:00:01"])
XEN2 = Host(name="xen2", serial="S2")
ERROR = Failure(code="a.b", message="it failed", hint="repair it")


def message(sequence: int, state: State = State.RUNNING, *events: ReportedEvent, **changes: Any) -> Message:
    given_: dict[str, Any] = {"serial": None, "macs": ["52:54:00:00:00:01"], "hostname": None, "sender": "a"}
    return Message(**{**given_, "sequence": sequence, "state": state, "events": events, **changes})


def event(kind: Kind, path: str, **more: Any) -> ReportedEvent:
    return ReportedEvent(kind=kind, path=path, title=f"title of {path}", **more)


def row(board: Board, name: str = "xen1") -> Row:
    return next(row for row in board.rows if row.name == name)


def test_a_machine_is_known_by_any_mac_or_by_its_serial_number() -> None:
    board = Board([XEN1, XEN2])
    board.take(message(1, macs=["52:54:00:00:00:99", "52:54:00:00:00:01"]), "10.0.0.1")
    board.take(message(1, sender="b", macs=[], serial="S2"), None)
    assert [(row.name, row.state, row.address) for row in board.rows] == [
        ("xen1", "running", "10.0.0.1"),
        ("xen2", "running", None),
    ]


def test_the_innermost_step_is_what_goes_on() -> None:
    board = Board([XEN1])
    begun = (event(Kind.START, "install"), event(Kind.START, "install/packages"))
    board.take(message(1, State.RUNNING, *begun, event(Kind.PROGRESS, "install/packages", done=1, total=3)), None)
    assert (row(board).step, row(board).percent) == ("title of install/packages", 33)
    board.take(message(2, State.RUNNING, event(Kind.FINISH, "install/packages")), None)
    assert (row(board).step, row(board).percent) == ("title of install", None)
    board.take(message(3, State.RUNNING, event(Kind.START, "install/boot"), event(Kind.FINISH, "install")), None)
    assert row(board).step == ""


def test_a_message_that_comes_again_changes_nothing() -> None:
    board = Board([XEN1])
    board.take(message(2, State.FAILED, error=ERROR), None)
    assert board.take(message(2), None) is None
    assert board.take(message(1), None) is None
    assert (row(board).state, row(board).error) == ("failed", ERROR)


def test_a_late_message_of_the_installer_does_not_hide_what_dom0_says() -> None:
    board = Board([XEN1])
    board.take(message(1), None)
    board.take(message(1, State.FINISHING, sender="dom0"), None)
    assert board.take(message(2, State.READY_TO_REBOOT), None) is None
    assert row(board).state == "finishing"


def test_a_refused_machine_that_begins_anew_has_no_error_any_more() -> None:
    board = Board([XEN1])
    board.take(message(1, State.REFUSED, error=ERROR), None)
    assert (row(board).ended, row(board).error, board.all_ended) == (True, ERROR, True)
    board.take(message(1, sender="again"), None)
    assert (row(board).state, row(board).error, board.all_ended) == ("running", None, False)


def test_what_a_machine_fetches_counts_until_it_reports() -> None:
    board = Board([XEN1])
    board.saw("xen1", "has got boot/vmlinuz", "10.0.0.7")
    assert (row(board).state, row(board).message) == ("booting", "has got boot/vmlinuz")
    assert board.name_of(address="10.0.0.7") == board.name_of(mac="52:54:00:00:00:01") == "xen1"
    board.take(message(1), None)
    board.saw("xen1", "has got a package", "10.0.0.8")
    assert (row(board).state, row(board).address) == ("running", "10.0.0.8")


def test_strangers_are_shown_apart_and_decide_nothing() -> None:
    board = Board([XEN1])
    board.take(message(1, sender="s", macs=["52:54:00:00:00:99"], serial="xen1"), None)
    board.take(message(1, State.DONE), None)
    assert [(row.name, row.stranger) for row in board.rows] == [("xen1", False), ("52:54:00:00:00:99", True)]
    assert board.all_ended


def test_strangers_do_not_fill_the_memory() -> None:
    board = Board([XEN1])
    for number in range(3000):
        board.take(message(1, sender=f"s{number}", macs=[], serial=f"S{number}"), None)
    assert len(board.rows) == 101
    for number in range(3000):
        board.take(message(1, sender=f"x{number}"), None)
    assert row(board).state == "running"


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(1, 4), st.sampled_from(list(State))), max_size=12))
def test_the_state_is_always_that_of_a_message_that_counted(heard: list[tuple[str, int, State]]) -> None:
    board = Board([XEN1])
    last = "waiting"
    for sender, sequence, state in heard:
        if board.take(message(sequence, state, sender=sender), None) is not None:
            last = state.value
    assert row(board).state == last
