"""Where a run keeps itself: plan, journal, events and report below /var/lib/zeus, lock and socket below /run/zeus."""

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from zeus_installer.plan import Plan, restore, store
from zeus_installer.system.errors import RefusedError, ZeusError
from zeus_installer.system.target import Target

STATE: Final = Path("/var/lib/zeus")
RUNTIME: Final = Path("/run/zeus")
_DONE: Final = STATE / "done"
# Whoever asks whether the lock is taken has it for an instant.
_LOCK_SECONDS: Final = 1.0
_POLL_SECONDS: Final = 0.01


@dataclass(frozen=True, slots=True)
class Store:
    """The files of a run on `target`."""

    target: Target

    @property
    def plan(self) -> Path:
        """The plan: written once, before the first step."""
        return self.target.path(STATE / "plan.json")

    @property
    def journal(self) -> Path:
        """What was begun and done, a line each."""
        return self.target.path(STATE / "journal.jsonl")

    @property
    def events(self) -> Path:
        """The event stream of all runs of this plan."""
        return self.target.path(STATE / "events.jsonl")

    @property
    def report(self) -> Path:
        """How it ended."""
        return self.target.path(STATE / "report.json")

    @property
    def done(self) -> Path:
        """Exists once the host is finished: nothing greets an operator on its consoles any more."""
        return self.target.path(_DONE)

    @property
    def socket(self) -> Path:
        """Where viewers read the events of the run that is under way."""
        return self.target.path(RUNTIME / "events.sock")

    @property
    def watched(self) -> Path:
        """Exists while the run was started by somebody who reads its events: the console need not repeat them."""
        return self.target.path(RUNTIME / "watched")

    def prepare(self) -> None:
        """Make the directories. Anyone may ask for the status; plan, events and report are root's."""
        for directory in (STATE, RUNTIME):
            self.target.path(directory).mkdir(parents=True, exist_ok=True)

    def load_plan(self) -> Plan | None:
        """Read the stored plan, None when there is none."""
        text = self.target.read(STATE / "plan.json")
        if text is None:
            return None
        try:
            return restore(json.loads(text))
        except (ValueError, KeyError, TypeError) as error:
            raise ZeusError(
                "plan.damaged", f"{self.plan} cannot be read: {error}", hint="give the plan up: zeus abandon"
            ) from error

    def save_plan(self, plan: Plan) -> None:
        """Store the plan of a new installation; the journal and the events of an older one go."""
        self.prepare()
        for leftover in (self.done, self.journal, self.events, self.report):
            leftover.unlink(missing_ok=True)
        self.target.write_atomic(STATE / "plan.json", json.dumps(store(plan), indent=1), mode=0o600)

    def forget_plan(self) -> None:
        """Remove the plan. Journal, events and report stay for whoever wants to know."""
        self.plan.unlink(missing_ok=True)
        self.done.unlink(missing_ok=True)

    def mark_done(self, plan: Plan) -> None:
        """Write down, for everybody to read, that the host is finished, and by which plan."""
        self.target.write_atomic(_DONE, f"{plan.id}\n")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Hold the one lock of a run; a `RefusedError` when another process has it."""
        self.prepare()
        descriptor = os.open(self.target.path(RUNTIME / "lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            if not _take(descriptor):
                raise RefusedError("run.locked", "another run is under way", hint="watch it with: zeus status")
            yield
        finally:
            os.close(descriptor)

    def is_locked(self) -> bool:
        """Whether a run is under way."""
        try:
            descriptor = os.open(self.target.path(RUNTIME / "lock"), os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(descriptor)
        return False


def _take(descriptor: int) -> bool:
    """Lock the file, or give False when somebody keeps it."""
    deadline = time.monotonic() + _LOCK_SECONDS
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                return False
            time.sleep(_POLL_SECONDS)
        else:
            return True
