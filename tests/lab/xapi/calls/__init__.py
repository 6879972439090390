"""What each message does: one module a class, and `implicit` for what follows from the fields."""

from collections.abc import Mapping

from tests.lab.xapi.calls import event, host, implicit, pbd, pif, pool, session, sr, task, vm
from tests.lab.xapi.xapi import Handler

EXPLICIT: Mapping[str, Handler] = {
    **session.MESSAGES,
    **task.MESSAGES,
    **event.MESSAGES,
    **pool.MESSAGES,
    **host.MESSAGES,
    **pif.MESSAGES,
    **sr.MESSAGES,
    **pbd.MESSAGES,
    **vm.MESSAGES,
}
IMPLICIT = implicit.KINDS
