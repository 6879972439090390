"""Watching a run on a plain terminal or in a log."""

import sys
from collections.abc import Iterable

from zeus_installer.engine.console import console_line
from zeus_installer.engine.status import State, read_status
from zeus_installer.engine.store import Store
from zeus_installer.system.errors import ExitStatus
from zeus_installer.system.events import Event, Kind, Result

_NEXT = {
    State.READY_TO_REBOOT: "The host is ready to reboot into Xen: reboot it, and it finishes itself in dom0.",
    State.DONE: "This machine is a verified XenAPI host.",
}


def watch(events: Iterable[Event], store: Store) -> ExitStatus:
    """Print events as they come; gives the exit status of what the run came to."""
    try:
        failed = _print_all(events)
    except KeyboardInterrupt:
        sys.stderr.write("\nThe run goes on without a viewer. Watch it again: zeus resume\n")
        return ExitStatus.STEP_FAILED
    status = read_status(store)
    if status.state in _NEXT:
        sys.stdout.write(_NEXT[status.state] + "\n")
    if failed or status.state in (State.FAILED, State.FELL_BACK):
        if not failed and status.error:
            sys.stderr.write(f"zeus: error: {status.error.message}\nhint: {status.error.hint}\n")
        sys.stderr.write("hint: nothing is lost; go on with: zeus resume\n")
        return ExitStatus.STEP_FAILED
    return ExitStatus.DONE


def _print_all(events: Iterable[Event]) -> bool:
    """Print each event; gives whether anything failed."""
    failed = False
    for event in events:
        line = console_line(event)
        if line:
            sys.stdout.write(line + "\n")
            sys.stdout.flush()
        failed = failed or (event.kind is Kind.FINISH and event.result is Result.FAILED)
    return failed
