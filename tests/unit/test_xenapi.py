"""The session's errors and transport, without xapi; and the calls that we make, against the lab's table of XenAPI."""

import ast
import http.client
import socket
import tempfile
import threading
import xmlrpc.client
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from tests.lab.xapi.model import load_table
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import silent
from zeus_installer.system.target import Target
from zeus_installer.xenapi.errors import ConnectionLostError, failure
from zeus_installer.xenapi.readiness import why_not_ready
from zeus_installer.xenapi.session import Session
from zeus_installer.xenapi.waiting import wait_for

PRODUCT = Path(__file__).parents[2] / "zeus_installer"


def answer(**value: Any) -> bytes:
    body = xmlrpc.client.dumps((value,), methodresponse=True).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


def success(value: Any) -> bytes:
    return answer(Status="Success", Value=value)


def refusal(*description: str) -> bytes:
    return answer(Status="Failure", ErrorDescription=list(description))


LOGIN = success("OpaqueRef:session")


@contextmanager
def xapi(*answers: bytes) -> Iterator[tuple[Target, list[str]]]:
    """A socket that gives each of `answers` to one connection and then is closed; and the methods that were called."""
    called: list[str] = []
    with tempfile.TemporaryDirectory(prefix="zu-") as root, socket.socket(socket.AF_UNIX) as listener:
        target = Target(Path(root))
        path = target.path("/var/lib/xcp/xapi")
        path.parent.mkdir(parents=True)
        listener.bind(str(path))
        listener.listen(8)

        def serve() -> None:
            # The listener goes away when the test is over, whether all answers were fetched or not.
            with suppress(OSError), listener:
                for text in answers:
                    connection, _ = listener.accept()
                    with connection:
                        called.append(_method(connection))
                        connection.sendall(text)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield target, called


def _method(connection: socket.socket) -> str:
    with connection.makefile("rb") as stream:
        stream.readline()
        length = int(http.client.parse_headers(stream)["Content-Length"])
        return xmlrpc.client.loads(stream.read(length))[1] or ""


def error_of(target: Target, work: Callable[[Session], object], *, seconds: float = 5) -> ZeusError:
    with pytest.raises(ZeusError) as caught, Session(target, seconds=seconds) as session, session.doing("try it"):
        work(session)
    return caught.value


def test_a_call_gives_its_value() -> None:
    with xapi(LOGIN, success(["OpaqueRef:host"]), success("")) as (target, called), Session(target) as session:
        assert session.handle == "OpaqueRef:session"
        assert session.call("host.get_all") == ["OpaqueRef:host"]
    assert called == ["session.login_with_password", "host.get_all", "session.logout"]


def test_a_failure_names_the_call_what_it_was_for_and_the_remedy() -> None:
    refused = refusal("SR_BACKEND_FAILURE_77", "", "Logical Volume group creation failed", "  vgcreate:\n busy ")
    with xapi(LOGIN, refused) as (target, _):
        error = error_of(target, lambda session: session.call("SR.create"))
    assert (error.code, error.message) == (
        "xenapi.SR_BACKEND_FAILURE_77",
        "cannot try it: SR.create says SR_BACKEND_FAILURE_77 (Logical Volume group creation failed, vgcreate: busy)",
    )
    assert error.hint.startswith("LVM could not make the volume group")


@pytest.mark.parametrize(
    ("details", "message", "hint"),
    [
        (["HOST_STILL_BOOTING"], "cannot look: host.enable says HOST_STILL_BOOTING", "xapi is still starting"),
        (
            ["SR_BACKEND_FAILURE_140", "", "odd"],
            "cannot look: host.enable says SR_BACKEND_FAILURE_140 (odd)",
            "look at /v",
        ),
        (["NEW_CODE", "a"], "cannot look: host.enable says NEW_CODE (a)", "look at `journalctl -b -u xapi`"),
        ([], "cannot look: host.enable says UNKNOWN", "look at `journalctl -b -u xapi`"),
        (["X", "http://u:pw@h/"], "cannot look: host.enable says X (http://u:********@h/)", "look at `journalctl"),
    ],
)
def test_codes_known_and_unknown(details: Sequence[str], message: str, hint: str) -> None:
    error = failure("look", "host.enable", details)
    assert error.message == message
    assert error.hint.startswith(hint)


def test_no_socket_is_a_lost_connection(tmp_path: Path) -> None:
    error = error_of(Target(tmp_path), lambda session: session.call("host.get_all"))
    assert isinstance(error, ConnectionLostError)
    assert error.code == "xenapi.connection_lost"
    assert error.message.startswith("cannot talk to xapi: xapi went away during session.login_with_password (")


@pytest.mark.parametrize("cut", [0, 30, 100, -10], ids=["nothing", "in-the-head", "before-the-body", "in-the-body"])
def test_a_connection_that_breaks_is_lost_and_the_call_is_not_sent_again(cut: int) -> None:
    whole = success("OpaqueRef:sr")
    with xapi(LOGIN, whole[:cut], whole, whole) as (target, called):
        error = error_of(target, lambda session: session.call("SR.create"))
    assert isinstance(error, ConnectionLostError)
    assert called.count("SR.create") == 1


def test_an_answer_that_is_not_xenapi_is_an_error() -> None:
    broken = b"HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n"
    with xapi(LOGIN, broken) as (target, _):
        error = error_of(target, lambda session: session.call("host.get_all"))
    assert error.code == "xenapi.protocol"
    assert error.message.startswith("cannot try it: host.get_all got no XenAPI answer (")


def test_an_xapi_that_keeps_silent_is_not_waited_for_for_ever() -> None:
    with tempfile.TemporaryDirectory(prefix="zu-") as root, socket.socket(socket.AF_UNIX) as listener:
        target = Target(Path(root))
        target.path("/var/lib/xcp").mkdir(parents=True)
        listener.bind(str(target.path("/var/lib/xcp/xapi")))
        listener.listen()
        with pytest.raises(ZeusError) as caught, Session(target, seconds=0.2):
            pass
    error = caught.value
    assert (error.code, error.message) == (
        "xenapi.timeout",
        "cannot talk to xapi: session.login_with_password did not end within 0.2 s",
    )


def test_a_forgotten_session_is_made_anew() -> None:
    stale = refusal("SESSION_INVALID", "OpaqueRef:session")
    with (
        xapi(LOGIN, stale, success("OpaqueRef:new"), success([]), success("")) as (target, called),
        Session(target) as session,
    ):
        assert session.call("host.get_all") == []
        assert session.handle == "OpaqueRef:new"
    assert called.count("session.login_with_password") == 2


def task(status: str, *, result: str = "", error_info: Sequence[str] = ()) -> bytes:
    return success({"status": status, "result": result, "error_info": list(error_info), "progress": 0.5})


@pytest.mark.parametrize(
    ("result", "wanted"), [("<value>OpaqueRef:sr</value>", "OpaqueRef:sr"), ("", ""), ("<value></value>", "")]
)
def test_a_task_gives_its_result(result: str, wanted: str) -> None:
    ticks: list[float] = []
    ended = task("success", result=result)
    with (
        xapi(LOGIN, success("OpaqueRef:task"), task("pending"), ended, success(""), success("")) as (target, called),
        Session(target) as session,
    ):
        assert session.run("SR.create", tick=ticks.append) == wanted
    assert ticks == [0.5]
    assert called[1:5] == ["Async.SR.create", "task.get_record", "task.get_record", "task.destroy"]


def test_a_task_that_fails_is_an_error_of_its_call() -> None:
    ended = task("failure", error_info=["SR_DEVICE_IN_USE"])
    with xapi(LOGIN, success("OpaqueRef:task"), ended, success(""), success("")) as (target, _):
        error = error_of(target, lambda session: session.run("SR.create"))
    assert (error.code, error.message) == ("xenapi.SR_DEVICE_IN_USE", "cannot try it: SR.create says SR_DEVICE_IN_USE")


def test_a_task_that_xapi_forgot_is_a_lost_connection() -> None:
    unknown = refusal("HANDLE_INVALID", "task", "OpaqueRef:task")
    with xapi(LOGIN, success("OpaqueRef:task"), unknown, unknown, success("")) as (target, _):
        error = error_of(target, lambda session: session.run("SR.create"))
    assert isinstance(error, ConnectionLostError)


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([refusal("HOST_STILL_BOOTING")], "answers HOST_STILL_BOOTING"),
        ([b""], "does not answer on its socket /var/lib/xcp/xapi"),
    ],
)
def test_what_is_missing_until_xapi_is_ready(answers: list[bytes], reason: str) -> None:
    with xapi(*answers) as (target, _):
        assert why_not_ready(target) == reason


def test_waiting_gives_what_is_found_or_nothing() -> None:
    found = iter([None, None, "it"])
    assert wait_for(lambda: next(found), seconds=60, report=silent(), what=lambda: "it") == "it"
    assert wait_for(lambda: None, seconds=0, report=silent(), what=lambda: "it") is None


def called_methods() -> Iterator[tuple[str, int]]:
    """The methods that the product names in `session.call` and `session.run`, with the number of their arguments."""
    for path in PRODUCT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            match node:
                case ast.Call(func=ast.Attribute(attr="call" | "run"), args=[ast.Constant(str(method)), *arguments]):
                    yield method, len(arguments)


def test_every_call_that_we_make_is_one_of_xenapi() -> None:
    messages = load_table().messages
    calls = set(called_methods())
    assert len(calls) > 30
    for method, count in calls:
        message = messages[method]
        assert message.mandatory <= count <= len(message.params), method
