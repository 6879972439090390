"""Reports as they come over the network (docs/reporting.md), from whoever sends them: read with distrust. Pure."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from zeus_installer.reporting.messages import VERSION, State
from zeus_installer.system.events import Failure, Kind, Result

# With what one message of a failed run has, its log included, some hundred KiB.
LARGEST: Final = 16 * 1024 * 1024
_LONGEST: Final = 4000


class NoReportError(ValueError):
    """What came is no report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedEvent:
    """One event, as far as a viewer shows it."""

    kind: Kind
    path: str
    title: str
    done: int | None = None
    total: int | None = None
    result: str | None = None
    error: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a machine."""

    serial: str | None
    macs: Sequence[str]
    hostname: str | None
    sender: str
    sequence: int
    state: State
    events: Sequence[ReportedEvent] = ()
    error: Failure | None = None


def read_message(body: bytes) -> Message:
    """Read a message. Keys that are not known are passed over; what is no report is a `NoReportError`."""
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoReportError("no JSON") from error
    top = _table(data, "the message")
    if top.get("version") != VERSION:
        raise NoReportError("another version")
    machine = _table(top.get("machine"), "machine")
    report = top.get("report")
    state = State(_choice(top.get("state"), [state.value for state in State], "state"))
    return Message(
        serial=_text(machine.get("serial")),
        macs=[text.lower() for mac in _list(machine.get("macs")) if (text := _text(mac))],
        hostname=_text(machine.get("hostname")),
        sender=_needed(top.get("sender"), "sender"),
        sequence=_count(top.get("sequence")) or 0,
        state=state,
        events=[_event(item) for item in _list(top.get("events"))],
        error=_failure(report.get("error")) if isinstance(report, dict) else None,
    )


def _event(item: object) -> ReportedEvent:
    data = _table(item, "an event")
    return ReportedEvent(
        kind=Kind(_choice(data.get("kind"), [kind.value for kind in Kind], "kind")),
        path=_text(data.get("path")) or "",
        title=_text(data.get("title")) or "",
        done=_count(data.get("done")),
        total=_count(data.get("total")),
        result=_choice(data["result"], [result.value for result in Result], "result") if data.get("result") else None,
        error=_failure(data.get("error")),
    )


def _failure(value: object) -> Failure | None:
    if not isinstance(value, dict):
        return None
    return Failure(
        code=_text(value.get("code")) or "",
        message=_text(value.get("message")) or "",
        hint=_text(value.get("hint")) or "",
    )


def _table(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise NoReportError(f"{what} is no object")
    return value


def _list(value: object) -> Sequence[object]:
    return value if isinstance(value, list) else ()


def _choice(value: object, known: Sequence[str], what: str) -> str:
    if not isinstance(value, str) or value not in known:
        raise NoReportError(f"no known {what}")
    return value


def _needed(value: object, what: str) -> str:
    text = _text(value)
    if text is None:
        raise NoReportError(f"no {what}")
    return text


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 63 else None


def _text(value: object) -> str | None:
    """Give a text that a terminal can be shown: its lines, without what is not printable."""
    if not isinstance(value, str):
        return None
    shown = "".join(sign if sign.isprintable() or sign == "\n" else " " for sign in value[:_LONGEST])
    return shown or None
