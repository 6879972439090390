"""One message by itself, where no run sends events: a refusal, and the sign that an installer has begun."""

import logging
import threading
from typing import Final

from zeus_installer.answers.model import Report
from zeus_installer.machine.identity import Identity
from zeus_installer.reporting.messages import CONTENT_TYPE, Sender, State
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.secrets import redact
from zeus_installer.web.places import Place

log: Final = logging.getLogger(__name__)

# With the last try, 20 s in all.
_SECONDS: Final = 15.0
_TRY_SECONDS: Final = 5.0


def send_once(report: Report, body: bytes) -> None:
    """Send it. That takes 20 seconds at most, and what goes wrong goes into the log alone."""
    from zeus_installer.web.client import Patience, post

    patience = Patience(seconds=_SECONDS, connect=3.0, silence=_TRY_SECONDS, transfer=_TRY_SECONDS)
    try:
        post(Place(report.url.reveal(), report.fingerprint), body, content_type=CONTENT_TYPE, patience=patience)
    except Exception as trouble:  # noqa: BLE001 - a report is never worth an installation
        words = trouble.message if isinstance(trouble, ZeusError) else type(trouble).__name__
        log.warning("reports do not arrive: %s", redact(words))


def tell_begin(report: Report, identity: Identity, *, hostname: str | None = None) -> None:
    """Tell that the installer is at work: until there is a run it sends nothing else. Nobody waits for it."""
    body = Sender(identity=identity, hostname=hostname, run=None).message(1, state=State.RUNNING)
    threading.Thread(target=send_once, args=(report, body), name="reports", daemon=True).start()
