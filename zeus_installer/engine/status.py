"""Where things stand, told from plan, journal and lock alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from zeus_installer.engine.journal import RUN, Entry, Mark, current_boot, read_entries
from zeus_installer.engine.service import in_our_dom0
from zeus_installer.engine.store import Store
from zeus_installer.engine.trial import Next, is_committed, next_in_linux, why_it_fell_back
from zeus_installer.system.events import Failure


class State(StrEnum):
    """What `zeus status` calls it."""

    NONE = "none"
    RUNNING = "running"
    READY_TO_REBOOT = "ready-to-reboot"
    TRIAL = "trial"
    FINISHING = "finishing"
    DONE = "done"
    FAILED = "failed"
    FELL_BACK = "fell-back"


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """The state, the step that was last begun, the plan's id, and the error that ended it, if one did."""

    state: State
    step: str | None = None
    plan: str | None = None
    error: Failure | None = None


def read_status(store: Store) -> Status:
    """Tell where the plan on this machine stands. Writes nothing, and needs no root."""
    if not store.plan.exists():
        return Status(state=State.NONE)
    entries = read_entries(store.journal)
    running = store.is_locked()
    boot = current_boot()
    state = _state(entries, dom0=in_our_dom0(store.target), running=running, boot=boot)
    plan = entries[-1].run if entries else None
    return Status(state=state, step=_last_step(entries), plan=plan, error=_error(state, entries, boot=boot))


def _state(entries: Sequence[Entry], *, dom0: bool, running: bool, boot: str) -> State:
    if is_committed(entries) and not running:
        return State.DONE
    failed = bool(entries) and entries[-1].mark is Mark.FAILED
    if dom0:
        return State.FINISHING if running else State.FAILED if failed else State.TRIAL
    if running:
        return State.RUNNING
    match next_in_linux(entries, boot=boot):
        case Next.WAITING:
            return State.READY_TO_REBOOT
        case Next.ARM_AGAIN | Next.GIVE_UP:
            return State.FELL_BACK
    return State.FAILED


def _last_step(entries: Sequence[Entry]) -> str | None:
    return next((entry.step for entry in reversed(entries) if entry.step != RUN), None)


def _error(state: State, entries: Sequence[Entry], *, boot: str) -> Failure | None:
    if state not in (State.FAILED, State.FELL_BACK):
        return None
    last = entries[-1] if entries else None
    if last is not None and last.mark is Mark.FAILED and (state is State.FAILED or last.boot == boot):
        told = {key: str(last.detail.get(key) or "") for key in ("code", "message", "hint")}
        return Failure(**told)
    if state is State.FELL_BACK:
        what, remedy = why_it_fell_back(entries)
        return Failure(code="trial.fell_back", message=what, hint=remedy)
    return Failure(code="run.interrupted", message="the run was interrupted", hint="go on with: zeus resume")
