"""task: what asynchronous calls leave behind. Finished tasks go after 65 minutes, as xapi's do."""

import threading
from typing import Any

from tests.lab.xapi.calls.session import now
from tests.lab.xapi.errors import XapiError
from tests.lab.xapi.xapi import Call, Handlers, Xapi

_KEPT_SECONDS = 3900.0
_ENDS = frozenset({"success", "failure", "cancelled"})


def finish(xapi: Xapi, task: str, *, status: str, **fields: Any) -> None:
    """End a task; one that its owner destroyed meanwhile is left alone."""
    if not xapi.db.exists("task", task):
        return
    xapi.db.update("task", task, status=status, progress=1.0, finished=now(), **fields)
    timer = threading.Timer(_KEPT_SECONDS, _forget, (xapi, task))
    timer.daemon = True
    timer.start()


def _forget(xapi: Xapi, task: str) -> None:
    if xapi.db.exists("task", task):
        xapi.db.delete("task", task)


def create(xapi: Xapi, call: Call) -> str:
    fields = {"name_label": call["label"], "name_description": call["description"], "created": now()}
    return xapi.db.create("task", {**fields, "resident_on": xapi.host, "allowed_operations": ["cancel", "destroy"]})


def cancel(xapi: Xapi, call: Call) -> None:
    """Only tasks that a client made for itself can be cancelled here."""
    record = xapi.db.record("task", call["task"])
    if "cancel" not in record["allowed_operations"] or record["status"] in _ENDS:
        raise XapiError("OPERATION_NOT_ALLOWED", "the task cannot be cancelled")
    finish(xapi, call["task"], status="cancelled")


def destroy(xapi: Xapi, call: Call) -> None:
    xapi.db.delete("task", call["self"])


def set_progress(xapi: Xapi, call: Call) -> None:
    xapi.db.update("task", call["self"], progress=call["value"])


def set_status(xapi: Xapi, call: Call) -> None:
    if call["value"] in _ENDS:
        finish(xapi, call["self"], status=call["value"])
    else:
        xapi.db.update("task", call["self"], status=call["value"])


MESSAGES: Handlers = {
    "task.create": create,
    "task.cancel": cancel,
    "task.destroy": destroy,
    "task.set_progress": set_progress,
    "task.set_status": set_status,
}
