"""The report: how the installation ended, for people, for fleets and for later. Every field may be null."""

from collections.abc import Sequence
from datetime import datetime

from zeus_installer import __version__
from zeus_installer.checks.model import Verdict
from zeus_installer.engine.journal import Entry, Mark
from zeus_installer.engine.trial import is_committed, trials
from zeus_installer.plan import Plan
from zeus_installer.system.codec import Json, encode
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import now
from zeus_installer.system.secrets import redact
from zeus_installer.verify.facts import HostFacts


def make_report(
    plan: Plan, entries: Sequence[Entry], *, facts: HostFacts | None, failure: ZeusError | None
) -> dict[str, Json]:
    """Gather what is known into one JSON object."""
    context = plan.context
    return {
        "version": 1,
        "time": now(),
        "run": plan.id,
        "result": "failed" if failure else "done",
        "error": {"code": failure.code, "message": redact(failure.message), "hint": redact(failure.hint)}
        if failure
        else None,
        "zeus": __version__,
        "host": encode(facts) if facts else None,
        "committed": is_committed(entries),
        "trials": len(trials(entries)),
        "findings": encode(plan.findings),
        "accepted": [finding.id for finding in plan.findings if finding.verdict is Verdict.WARNING],
        "steps": durations(plan, entries),
        "disks": encode(context.disks),
        "nics": encode(context.nics),
    }


def durations(plan: Plan, entries: Sequence[Entry]) -> list[Json]:
    """Give each step with its last result and the seconds that it took, null when it never ended."""
    return [_duration(step.id, [entry for entry in entries if entry.step == step.id]) for step in plan.steps]


def _duration(step: str, entries: Sequence[Entry]) -> dict[str, Json]:
    begun = [entry for entry in entries if entry.mark is Mark.BEGIN]
    ended = [entry for entry in entries if entry.mark in (Mark.DONE, Mark.FAILED)]
    seconds = None
    if begun and ended and ended[-1].time >= begun[-1].time:
        seconds = (datetime.fromisoformat(ended[-1].time) - datetime.fromisoformat(begun[-1].time)).total_seconds()
    return {"id": step, "result": str(ended[-1].mark) if ended else None, "seconds": seconds}
