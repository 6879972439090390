"""What is POSTed: JSON objects, as docs/reporting.md describes them. Pure."""

import json
import uuid
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Final

from zeus_installer.machine.identity import Identity
from zeus_installer.system.codec import Json
from zeus_installer.system.events import Event
from zeus_installer.system.secrets import redact

VERSION: Final = 1
CONTENT_TYPE: Final = "application/json"


class State(StrEnum):
    """Where the machine stands: the words of `zeus status`, and `refused` for what never became a run."""

    RUNNING = "running"
    READY_TO_REBOOT = "ready-to-reboot"
    FINISHING = "finishing"
    DONE = "done"
    FAILED = "failed"
    FELL_BACK = "fell-back"
    REFUSED = "refused"


def new_sender() -> str:
    """Make a name for a process that sends: it numbers its messages from 1 on."""
    return uuid.uuid4().hex[:8]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Who sends: the machine, the run that it is about, if there is one, and the process."""

    identity: Identity
    hostname: str | None
    run: str | None
    name: str = field(default_factory=new_sender)

    def message(
        self,
        sequence: int,
        *,
        state: State,
        events: Sequence[Event] = (),
        dropped: int = 0,
        report: Json = None,
        log: str | None = None,
    ) -> bytes:
        """Give a message. `dropped` counts the events that were left out so far; `report` and `log` end a half."""
        content: dict[str, Json] = {
            "version": VERSION,
            "machine": {
                "serial": self.identity.serial,
                "uuid": self.identity.uuid,
                "macs": list(self.identity.macs),
                "hostname": self.hostname,
            },
            "run": self.run,
            "sender": self.name,
            "sequence": sequence,
            "state": state,
            "events": [_event(event) for event in events],
            "dropped": dropped,
        }
        if report is not None:
            content["report"] = report
        if log is not None:
            content["log"] = log
        # What is no Unicode, as a program may print it, is escaped: every message can be sent.
        return json.dumps(_without_secrets(content)).encode("ascii")


def _without_secrets(value: Json) -> Json:
    """Give the same, with what looks like a secret hidden. Nothing of ours should have one; this leaves the machine."""
    match value:
        case str():
            return redact(value)
        case list():
            return [_without_secrets(item) for item in value]
        case dict():
            return {key: _without_secrets(item) for key, item in value.items()}
        case _:
            return value


def _event(event: Event) -> Json:
    return {key: value for key, value in asdict(event).items() if value is not None}
