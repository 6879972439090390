"""Running one half of a plan: step by step, each inspected, applied, verified, and written down."""

from zeus_installer.engine.journal import Journal, Mark
from zeus_installer.plan import Plan
from zeus_installer.steps.base import Half, Step
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Reporter
from zeus_installer.system.secrets import redact
from zeus_installer.system.target import Target


def run_half(plan: Plan, half: Half, *, target: Target, journal: Journal, reporter: Reporter) -> None:
    """Run the steps of `half` that are not done yet. A `ZeusError` ends it, after it was written down.

    In plain Linux a `done` in the journal is believed: a disk that was released once must not be released again when
    dom0 has put the SR on it. In dom0 every step is inspected: xapi may have lost what an earlier boot did.
    """
    for step in plan.half(half):
        if half == "linux" and journal.is_done(step.id):
            reporter.skipped(step.id, step.title)
        else:
            _run_step(step, target=target, journal=journal, reporter=reporter)


def apply_again(step: Step, *, target: Target, journal: Journal, reporter: Reporter) -> None:
    """Apply a step whatever the journal says of it: arming a trial boot is done for each boot anew."""
    _apply(step, target=target, journal=journal, reporter=reporter)


def revert_half(plan: Plan, half: Half, *, target: Target, journal: Journal, reporter: Reporter) -> None:
    """Undo what the steps of `half` did and can undo, last first."""
    for step in reversed(plan.half(half)):
        if any(entry.step == step.id for entry in journal.entries()):
            with reporter.task(step.id, f"Undo: {step.title}") as report:
                step.revert(target, report)
            journal.write(step.id, Mark.UNDONE)


def _run_step(step: Step, *, target: Target, journal: Journal, reporter: Reporter) -> None:
    try:
        already = step.is_done(target)
    except ZeusError as error:
        _write_failure(journal, step, error)
        raise
    if already:
        journal.write(step.id, Mark.DONE, skipped=True)
        reporter.skipped(step.id, step.title)
    else:
        _apply(step, target=target, journal=journal, reporter=reporter)


def _apply(step: Step, *, target: Target, journal: Journal, reporter: Reporter) -> None:
    journal.write(step.id, Mark.BEGIN)
    try:
        with reporter.task(step.id, step.title) as report:
            step.apply(target, report)
            step.verify(target)
    except ZeusError as error:
        _write_failure(journal, step, error)
        raise
    journal.write(step.id, Mark.DONE)


def _write_failure(journal: Journal, step: Step, error: ZeusError) -> None:
    journal.write(
        step.id,
        Mark.FAILED,
        code=error.code,
        message=redact(error.message),
        hint=redact(error.hint),
        status=error.status,
    )
