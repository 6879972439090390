"""A session with the local xapi: the official SDK over xapi's unix socket, every failure a `ZeusError`.

The socket is root's alone, and xapi takes any password on it (xen-api, ocaml/xapi/xapi_session.ml), so there is none.
"""

import http.client
import importlib
import logging
import re
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import ModuleType, TracebackType
from typing import Any, Final, Self, TypeVar
from xml.parsers.expat import ExpatError

from zeus_installer.system.errors import ZeusError
from zeus_installer.system.target import Target
from zeus_installer.xenapi.errors import failure, garbled, lost, timed_out
from zeus_installer.xenapi.transport import UnixTransport
from zeus_installer.xenapi.waiting import FIRST_PAUSE, longer

log = logging.getLogger(__name__)
T = TypeVar("T")

SOCKET: Final = "/var/lib/xcp/xapi"
NULL: Final = "OpaqueRef:NULL"

_CALL_SECONDS = 300.0
_TASK_SECONDS = 1800.0
_REFERENCE = re.compile(r"<value>(?:<string>)?(.*?)(?:</string>)?</value>", re.DOTALL)


class Session:
    """A logged-in session, for use with `with`. `handle` is its reference.

    The SDK logs in again by itself when xapi has forgotten the session; a dropped connection is `ConnectionLostError`.
    """

    def __init__(self, target: Target, *, seconds: float = _CALL_SECONDS) -> None:
        sdk = _sdk()
        self._failure: type[Exception] = sdk.Failure
        self._client = sdk.Session("http://xapi/", transport=UnixTransport(target.path(SOCKET), seconds=seconds))
        self._seconds = seconds
        self._doing = "talk to xapi"

    def __enter__(self) -> Self:
        login = self._client.login_with_password
        self._guarded("session.login_with_password", lambda: login("root", "", "1.0", "zeus-installer"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(ZeusError):
            self._guarded("session.logout", self._client.xenapi.session.logout)

    @property
    def handle(self) -> str:
        """The session's own reference."""
        return str(self._client.handle)

    @contextmanager
    def doing(self, what: str) -> Iterator[None]:
        """Name what the calls inside are for; errors begin with `cannot <what>`."""
        outer, self._doing = self._doing, what
        try:
            yield
        finally:
            self._doing = outer

    def call(self, method: str, *arguments: object) -> Any:  # noqa: ANN401 - what XML-RPC gives
        """Make one call and give its result: text, numbers as digits, booleans, lists, dictionaries."""
        log.debug("xapi: %s", method)
        # The SDK's dispatcher takes a dotted name whole.
        return self._guarded(method, lambda: getattr(self._client.xenapi, method)(*arguments))

    def run(self, method: str, *arguments: object, tick: Callable[[float], None] = lambda _share: None) -> str:
        """Make a call that may take long, as a task of xapi; give the reference that it results in, or nothing.

        `tick` is told the task's progress (0 to 1). A task that xapi has forgotten, as it does when it restarts, is
        `ConnectionLostError`.
        """
        task = str(self.call(f"Async.{method}", *arguments))
        try:
            return self._finished(method, task, tick)
        finally:
            with suppress(ZeusError):
                self.call("task.destroy", task)

    def _finished(self, method: str, task: str, tick: Callable[[float], None]) -> str:
        deadline = time.monotonic() + _TASK_SECONDS
        pause = FIRST_PAUSE
        while time.monotonic() < deadline:
            record = self._task(method, task)
            match record["status"]:
                case "success":
                    found = _REFERENCE.fullmatch(record["result"].strip())
                    return found[1] if found else ""
                case "failure":
                    raise failure(self._doing, method, record["error_info"])
                case "cancelled":
                    raise failure(self._doing, method, ["TASK_CANCELLED"])
            tick(float(record["progress"]))
            time.sleep(pause)
            pause = longer(pause)
        raise timed_out(self._doing, method, _TASK_SECONDS)

    def _task(self, method: str, task: str) -> dict[str, Any]:
        try:
            record: dict[str, Any] = self.call("task.get_record", task)
        except ZeusError as error:
            if error.code == "xenapi.HANDLE_INVALID":
                raise lost(self._doing, method, error) from error
            raise
        return record

    def _guarded(self, method: str, call: Callable[[], T]) -> T:
        try:
            return call()
        except self._failure as error:
            raise failure(self._doing, method, error.details) from error  # type: ignore[attr-defined]
        except TimeoutError as error:
            raise timed_out(self._doing, method, self._seconds) from error
        # A connection that breaks inside an answer shows as an XML document without an end.
        except (OSError, http.client.HTTPException, ExpatError) as error:
            raise lost(self._doing, method, error) from error
        except xmlrpc.client.Error as error:
            raise garbled(self._doing, method, error) from error


def _sdk() -> ModuleType:
    """Load the SDK, which dom0 has and other machines that plans are made on need not have."""
    try:
        return importlib.import_module("XenAPI")
    except ImportError as error:
        raise ZeusError(
            "xenapi.no_sdk", "Python finds no module XenAPI", hint="install the package that has it: xapi-core"
        ) from error
