"""A run and the report server of its answers: events as they come, and how it ended. Without a server, nothing."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import Final, Self

from zeus_installer.engine.console import console_line
from zeus_installer.engine.store import Store
from zeus_installer.engine.stream import read_events
from zeus_installer.machine.identity import Identity
from zeus_installer.plan import Plan
from zeus_installer.reporting.messages import Sender, State
from zeus_installer.reporting.poster import END_SECONDS, Poster
from zeus_installer.system.codec import Json
from zeus_installer.system.events import Event
from zeus_installer.system.secrets import redact

# A host that is finished waits for nothing else: the server has so long to hear of it.
PATIENT_SECONDS: Final = 30.0
# How much of the event file tells of a failure (bytes).
_LOG_BYTES: Final = 128 << 10


class Telling:
    """What a run tells. `trouble` is called once, from another thread, when the server cannot be told."""

    def __init__(self, plan: Plan, identity: Identity, *, state: State, trouble: Callable[[str], None]) -> None:
        context = plan.context
        hostname = context.answers.host.hostname or context.machine.hostname
        sender = Sender(identity=identity, hostname=hostname, run=plan.id)
        report = context.answers.report
        self._poster = None if report is None else Poster(report, sender, state=state, trouble=trouble)
        self._open = ExitStack()

    def __enter__(self) -> Self:
        if self._poster is not None:
            self._open.enter_context(self._poster)
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def take(self, event: Event) -> None:
        """Tell an event: a sink."""
        if self._poster is not None:
            self._poster.take(event)

    def end(self, state: State, *, report: Json = None, log: str | None = None, seconds: float = END_SECONDS) -> None:
        """Tell the last there is to tell, in no more than `seconds`."""
        if self._poster is not None:
            self._poster.end(state, report=report, log_text=log, seconds=seconds)


def log_of(store: Store) -> str:
    """Give the end of what the runs of the stored plan said, as lines for people, without secrets."""
    size = store.events.stat().st_size if store.events.exists() else 0
    lines = (console_line(event) for event in read_events(store.events, max(0, size - _LOG_BYTES)))
    return redact("\n".join(line for line in lines if line))
