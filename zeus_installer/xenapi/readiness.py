"""Whether xapi is ready for us, and working on through a restart of it."""

from collections.abc import Callable
from typing import Final, TypeVar

from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target
from zeus_installer.xenapi.errors import ConnectionLostError
from zeus_installer.xenapi.host import this_host
from zeus_installer.xenapi.session import SOCKET, Session
from zeus_installer.xenapi.waiting import wait_for

T = TypeVar("T")

# xapi touches it at the very end of its start-up (xen-api, ocaml/xapi/xapi.ml, and scripts/xapi-init).
INIT_COMPLETE: Final = "/var/run/xapi_init_complete.cookie"

_PROBE_SECONDS = 20.0
_RESTART_SECONDS = 300.0
_ATTEMPTS = 3


def why_not_ready(target: Target) -> str | None:
    """Say what is still missing, as the end of a sentence that begins with `xapi`; None when all is there."""
    if not target.exists(SOCKET):
        return f"has not opened its socket {SOCKET}"
    try:
        with Session(target, seconds=_PROBE_SECONDS) as session:
            enabled = this_host(session).enabled
    except ConnectionLostError:
        return f"does not answer on its socket {SOCKET}"
    except ZeusError as error:
        return f"answers {error.code.removeprefix('xenapi.')}"
    if enabled or target.exists(INIT_COMPLETE):
        return None
    return "answers, but is not through its start-up"


def wait_until_ready(target: Target, *, seconds: float, report: Reporter) -> str | None:
    """Wait until xapi is ready, and give None; or say what was missing to the end."""
    reason: str | None = "was not asked yet"

    def ready() -> bool | None:
        nonlocal reason
        reason = why_not_ready(target)
        return True if reason is None else None

    wait_for(ready, seconds=seconds, report=report, what=lambda: f"waiting for xapi: it {reason}")
    return reason


def with_session(target: Target, work: Callable[[Session], T], *, report: Reporter) -> T:
    """Do `work` in a session. When xapi goes away meanwhile, wait until it is back and do it all again, three times at
    most: `work` looks at what is there before it changes anything.
    """
    for _ in range(_ATTEMPTS - 1):
        try:
            with Session(target) as session:
                return work(session)
        except ConnectionLostError as error:
            report.warning(f"{error.message}; waiting for it to come back")
            wait_until_ready(target, seconds=_RESTART_SECONDS, report=report)
    with Session(target) as session:
        return work(session)
