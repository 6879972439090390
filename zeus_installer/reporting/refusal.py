"""Telling the server of a machine that is not installed at all: nobody looks at its console."""

from zeus_installer import __version__
from zeus_installer.answers.model import Report
from zeus_installer.machine.identity import Identity
from zeus_installer.reporting.messages import Sender, State
from zeus_installer.reporting.once import send_once
from zeus_installer.system.codec import Json
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import now


def tell_refusal(report: Report, identity: Identity, error: ZeusError, *, hostname: str | None = None) -> None:
    """Tell why. It takes 20 seconds at most, and that the server cannot be told changes nothing."""
    sender = Sender(identity=identity, hostname=hostname, run=None)
    send_once(report, sender.message(1, state=State.REFUSED, report=_report(error)))


def _report(error: ZeusError) -> Json:
    """Give what a report has of a run that never was."""
    return {
        "version": 1,
        "time": now(),
        "run": None,
        "result": "refused",
        "error": {"code": error.code, "message": error.message, "hint": error.hint},
        "zeus": __version__,
    }
