"""From a method name and raw parameters to a handler and back: every rule of the wire protocol is kept here.

Rules: xen-api's doc/content/xen-api/wire-protocol.md and ocaml/idl/ocaml_backend/gen_server.ml.
"""

import logging
import threading
from collections.abc import Sequence
from typing import Any

from tests.lab.xapi import faults
from tests.lab.xapi.calls import EXPLICIT, IMPLICIT
from tests.lab.xapi.calls.task import finish
from tests.lab.xapi.errors import XapiError, handle_invalid
from tests.lab.xapi.model import Message
from tests.lab.xapi.types import NULL_REF, Ref, Scalar, Set, Type
from tests.lab.xapi.wire import decode, encode, task_result
from tests.lab.xapi.xapi import Call, Xapi

log = logging.getLogger(__name__)

_NEVER_ASYNC = frozenset({"session", "event", "task"})
# The only thing that xapi answers while it is still booting.
_EMERGENCY = frozenset({"session.slave_local_login_with_password", "session.local_logout"})


class Dispatcher:
    """Answers calls."""

    def __init__(self, xapi: Xapi) -> None:
        self._xapi = xapi

    def answer(self, method: str, params: Sequence[Any], *, local: bool) -> Any:
        """The encoded result. Raises XapiError, also for what went wrong inside."""
        try:
            return self._answer(method, params, local=local)
        except XapiError as error:
            log.info("%s: %s", method, error.description)
            raise
        except Exception as error:
            log.exception("%s", method)
            raise XapiError("INTERNAL_ERROR", repr(error)) from error

    def _answer(self, method: str, params: Sequence[Any], *, local: bool) -> Any:
        asynchronous = method.startswith("Async.")
        message = self._message(method)
        call = self._decode(message, params, local=local)
        if asynchronous:
            return self._start(message, call)
        return encode(self._run(message, call), message.result, self._xapi.table)

    def _message(self, method: str) -> Message:
        name = method.removeprefix("Async.")
        messages = self._xapi.table.messages
        # "Class_message" is the other spelling that xapi takes.
        message = messages.get(name) or messages.get(name.replace("_", ".", 1))
        if message is None or (name != method and message.cls in _NEVER_ASYNC):
            raise XapiError("MESSAGE_METHOD_UNKNOWN", method)
        return message

    def _decode(self, message: Message, params: Sequence[Any], *, local: bool) -> Call:
        xapi = self._xapi
        given = params[1:] if message.session else params
        received = len(params) - message.session
        exact = message.mandatory == len(message.params)
        if received < message.mandatory or (exact and received > message.mandatory):
            raise XapiError(
                "MESSAGE_PARAMETER_COUNT_MISMATCH", message.wire_name, str(message.mandatory), str(received)
            )
        if not xapi.ready.is_set() and message.wire_name not in _EMERGENCY:
            raise XapiError("HOST_STILL_BOOTING")
        session = self._session(params[0]) if message.session else ""
        args = {}
        for param, value in zip(message.params, given, strict=False):
            args[param.name] = decode(value, param.type, xapi.table, name=param.name)
            self._check_refs(args[param.name], param.type, null=message.kind == "set_field" and param.name == "value")
        return Call(args=args, session=session, local=local)

    def _session(self, ref: Any) -> str:
        if not isinstance(ref, str) or not self._xapi.db.exists("session", ref):
            raise XapiError("SESSION_INVALID", str(ref))
        return ref

    def _check_refs(self, value: Any, type_: Type, *, null: bool) -> None:
        match type_:
            case Ref(cls):
                if not self._xapi.db.exists(cls, value) and not (null and value == NULL_REF):
                    raise handle_invalid(cls, value)
            case Set(item):
                for member in value:
                    self._check_refs(member, item, null=False)

    def _run(self, message: Message, call: Call) -> Any:
        xapi = self._xapi
        count = faults.before_call(xapi.paths, message.wire_name)
        if message.kind:
            value = IMPLICIT[message.kind](xapi, message, call)
        elif handler := EXPLICIT.get(message.wire_name):
            value = handler(xapi, call)
        else:
            raise XapiError("NOT_IMPLEMENTED", message.wire_name)
        faults.after_call(xapi.paths, message.wire_name, count)
        return value

    def _start(self, message: Message, call: Call) -> str:
        task = self._xapi.db.create(
            "task", {"name_label": f"Async.{message.wire_name}", "resident_on": self._xapi.host}
        )
        threading.Thread(target=self._work, args=(task, message, call), name=message.wire_name, daemon=True).start()
        return task

    def _work(self, task: str, message: Message, call: Call) -> None:
        try:
            value = encode(self._run(message, call), message.result, self._xapi.table)
        except XapiError as error:
            finish(self._xapi, task, status="failure", error_info=error.description)
        except Exception as error:
            log.exception("%s", message.wire_name)
            finish(self._xapi, task, status="failure", error_info=["INTERNAL_ERROR", repr(error)])
        else:
            result = "" if message.result == Scalar("void") else task_result(value, message.result)
            finish(self._xapi, task, status="success", result=result)
