"""event: `event.from`, as xen-api's xapi_event.ml has it.

A token is two numbers of twenty digits; the first is the last change that the client knows. Class names in
subscriptions are read, and in events written, without regard to case.
"""

import re
import time
from collections.abc import Sequence
from typing import Any

from tests.lab.xapi.errors import XapiError
from tests.lab.xapi.xapi import Call, Handlers, Xapi

_TOKEN = re.compile(r"(\d+),(\d+)\Z")


def from_(xapi: Xapi, call: Call) -> dict[str, Any]:
    """Wait up to `timeout` seconds for changes after `token` in `classes`; no change gives an empty batch."""
    wanted = [_subscription(xapi, text) for text in call["classes"]]
    mark = _mark(xapi, call["token"])
    deadline = time.monotonic() + call["timeout"]
    while True:
        seen = xapi.db.generation
        events = _events(xapi, wanted, mark)
        if events or not xapi.db.wait_after(seen, deadline):
            counts = {name.lower(): len(xapi.db.refs(name)) for name in xapi.table.classes if _any(wanted, name)}
            return {"events": events, "valid_ref_counts": counts, "token": f"{seen:020d},{0:020d}"}


def _subscription(xapi: Xapi, text: str) -> tuple[str, str]:
    cls, _, ref = text.partition("/")
    if cls != "*" and cls.lower() not in {name.lower() for name in xapi.table.classes}:
        raise XapiError("EVENT_SUBSCRIPTION_PARSE_FAILURE", text)
    return cls.lower(), ref


def _mark(xapi: Xapi, token: str) -> int:
    if not token:
        return 0
    match = _TOKEN.match(token)
    if match is None:
        raise XapiError("EVENT_FROM_TOKEN_PARSE_FAILURE", token)
    # A number that is not reached yet was given by a server before this one: begin again.
    mark = int(match[1])
    return mark if mark <= xapi.db.generation else 0


def _any(wanted: Sequence[tuple[str, str]], cls: str) -> bool:
    return any(known in ("*", cls.lower()) for known, _ in wanted)


def _events(xapi: Xapi, wanted: Sequence[tuple[str, str]], mark: int) -> list[dict[str, Any]]:
    events = []
    for number, operation, cls, ref in xapi.db.events_since(mark):
        if not any(known in ("*", cls.lower()) and one in ("", ref) for known, one in wanted):
            continue
        event: dict[str, Any] = {"id": number, "timestamp": "0.0", "class": cls.lower(), "operation": operation}
        event["ref"] = ref
        if operation != "del" and xapi.db.exists(cls, ref):
            event["snapshot"] = xapi.db.record(cls, ref)
        events.append(event)
    return events


def get_current_id(xapi: Xapi, call: Call) -> int:
    del call
    return xapi.db.generation


MESSAGES: Handlers = {"event.from": from_, "event.get_current_id": get_current_id}
