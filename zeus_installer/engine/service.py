"""What zeus-run.service runs, in plain Linux and in dom0: it finds out where the plan stands and goes on from there."""

import argparse
import contextlib
import json
import logging
import signal
import sys
from pathlib import Path
from types import FrameType
from typing import Final, NoReturn

from zeus_installer.engine.console import console_line
from zeus_installer.engine.journal import RUN, Journal, Mark, current_boot
from zeus_installer.engine.report import make_report
from zeus_installer.engine.runner import apply_again, run_half
from zeus_installer.engine.store import Store
from zeus_installer.engine.stream import EventStream
from zeus_installer.engine.telling import PATIENT_SECONDS, Telling, log_of
from zeus_installer.engine.trial import Next, is_committed, next_in_linux, why_it_fell_back
from zeus_installer.engine.units import reboot, remove_units, stop_deadline
from zeus_installer.machine.identity import read_identity
from zeus_installer.machine.tree import Tree
from zeus_installer.plan import Plan
from zeus_installer.reporting.messages import State
from zeus_installer.reporting.poster import END_SECONDS
from zeus_installer.steps.arm_trial_boot import ArmTrialBoot
from zeus_installer.steps.base import Step
from zeus_installer.steps.boot_entry import BootEntry
from zeus_installer.steps.commit_boot import CommitBoot
from zeus_installer.system.codec import Json
from zeus_installer.system.errors import ExitStatus, ZeusError
from zeus_installer.system.events import Event, Reporter
from zeus_installer.system.secrets import redact
from zeus_installer.system.target import Target
from zeus_installer.verify.facts import collect_host_facts

DOM0_WORD: Final = "zeus.dom0"
BY_HAND: Final = "by-hand"  # the detail of a mark that `zeus resume` leaves: arm again whatever the count


def main() -> int:
    """Go on with the stored plan; the exit status is that of the step that failed, if one did."""
    parser = argparse.ArgumentParser(prog="zeus-run")
    parser.add_argument("--root", type=Path, default=Path("/"))
    store = Store(Target(parser.parse_args().root))
    logging.basicConfig(level=logging.INFO, format="%(name)s: %(message)s")
    signal.signal(signal.SIGTERM, _stop)
    try:
        plan = store.load_plan()
        if plan is None:
            return ExitStatus.DONE
        with store.lock(), EventStream(store) as stream:
            return _Service(store, plan, stream).go_on()
    except ZeusError as error:
        # Whoever watches has been told by an event, and may be at the console that this would be written on.
        if not store.watched.exists():
            sys.stderr.write(redact(f"zeus: error: {error}\n"))
        return error.status


def open_journal(store: Store, plan: Plan) -> Journal:
    """Give the journal of `plan`, marked with the present boot."""
    return Journal(path=store.journal, run=plan.id, boot=current_boot())


def in_our_dom0(target: Target) -> bool:
    """Whether the kernel was started by our own boot entry."""
    return DOM0_WORD in (target.read("/proc/cmdline") or "").split()


class _Service:
    """One start of the service: the plan, its journal, and where the events go."""

    def __init__(self, store: Store, plan: Plan, stream: EventStream) -> None:
        self._store = store
        self._target = store.target
        self._plan = plan
        self._stream = stream
        self._journal = open_journal(store, plan)
        self._reporter = Reporter(self._sink, run=plan.id)
        self._telling = Telling(
            plan,
            read_identity(Tree(self._target.root)),
            state=State.FINISHING if in_our_dom0(self._target) else State.RUNNING,
            trouble=self._reporter.warning,
        )

    def go_on(self) -> ExitStatus:
        """Find out which half this is and run it."""
        with self._telling:
            if in_our_dom0(self._target):
                return self._in_dom0()
            try:
                return self._in_linux()
            except ZeusError as error:
                self._tell_end(State.FAILED, self._report(failure=error), log=log_of(self._store))
                raise

    def _in_linux(self) -> ExitStatus:
        match next_in_linux(self._journal.entries(), boot=self._journal.boot):
            case Next.NONE:
                with self._reporter.task("install", "Prepare the host") as reporter:
                    run_half(self._plan, "linux", target=self._target, journal=self._journal, reporter=reporter)
                return self._leave_linux()
            case Next.WAITING:
                return self._leave_linux()
            case Next.ARM_AGAIN:
                return self._arm_again()
            case Next.GIVE_UP if self._resumed_by_hand():
                return self._arm_again()
            case Next.GIVE_UP:
                return self._give_up()

    def _leave_linux(self) -> ExitStatus:
        if self._plan.reboot:
            self._reporter.log("rebooting into Xen (trial boot)")
            self._tell_end(State.READY_TO_REBOOT)
            reboot(self._target)
        else:
            self._reporter.log("the host is ready to reboot into Xen (trial boot): reboot it when it suits you")
            self._tell_end(State.READY_TO_REBOOT)
        return ExitStatus.DONE

    def _arm_again(self) -> ExitStatus:
        what, _ = why_it_fell_back(self._journal.entries())
        self._reporter.warning(f"back in plain Linux: {what}; one more trial is armed")
        with self._reporter.task("install", "Arm the trial boot again") as reporter:
            # What was damaged since it was written is the likeliest reason: it is made again.
            if not self._step(BootEntry.id).is_done(self._target):
                self._apply_again(BootEntry.id, reporter)
            self._apply_again(ArmTrialBoot.id, reporter)
        return self._leave_linux()

    def _apply_again(self, name: str, reporter: Reporter) -> None:
        apply_again(self._step(name), target=self._target, journal=self._journal, reporter=reporter)

    def _step(self, name: str) -> Step:
        return next(step for step in self._plan.steps if step.id == name)

    def _give_up(self) -> ExitStatus:
        what, remedy = why_it_fell_back(self._journal.entries())
        report = self._write_report(failure=ZeusError("trial.fell_back", what, hint=remedy))
        self._reporter.warning(f"this machine stays in plain Linux: {what}; {remedy}")
        self._tell_end(State.FELL_BACK, report, log=log_of(self._store))
        return ExitStatus.STEP_FAILED

    def _resumed_by_hand(self) -> bool:
        last = [entry for entry in self._journal.entries() if entry.step in (RUN, ArmTrialBoot.id)]
        return bool(last) and BY_HAND in last[-1].detail

    def _in_dom0(self) -> ExitStatus:
        self._journal.write(RUN, Mark.DOM0)
        try:
            with self._reporter.task("finish", "Finish the host in dom0") as reporter:
                run_half(self._plan, "dom0", target=self._target, journal=self._journal, reporter=reporter)
                self._journal.write(CommitBoot.id, Mark.COMMITTED)
                stop_deadline(self._target)
                with reporter.task("report", "Write the report"):
                    report = self._write_report(failure=None)
        except ZeusError as error:
            report = self._write_report(failure=error)
            committed = is_committed(self._journal.entries())
            if not committed:
                self._reporter.warning("going back to plain Linux: the trial boot failed")
            self._tell_end(State.FAILED, report, log=log_of(self._store))
            if not committed:
                reboot(self._target)
            return error.status
        self._store.mark_done(self._plan)
        remove_units(self._target)
        self._journal.write(RUN, Mark.DONE)
        self._tell_end(State.DONE, report, seconds=PATIENT_SECONDS)
        return ExitStatus.DONE

    def _tell_end(
        self, state: State, report: Json = None, *, log: str | None = None, seconds: float = END_SECONDS
    ) -> None:
        self._telling.end(state, report=report, log=log, seconds=seconds)

    def _report(self, *, failure: ZeusError | None) -> Json:
        facts = collect_host_facts(self._target) if in_our_dom0(self._target) else None
        return make_report(self._plan, self._journal.entries(), facts=facts, failure=failure)

    def _write_report(self, *, failure: ZeusError | None) -> Json:
        report = self._report(failure=failure)
        text = json.dumps(report, indent=2, ensure_ascii=False) + "\n"
        # A full disk must not hide the failure, which it may be the reason of.
        with contextlib.suppress(OSError) if failure else contextlib.nullcontext():
            self._target.write_atomic("/var/lib/zeus/report.json", text, mode=0o600)
        return report

    def _sink(self, event: Event) -> None:
        self._stream.write(event)
        self._telling.take(event)
        line = console_line(event)
        if line and not self._store.watched.exists():
            sys.stdout.write(line + "\n")
            sys.stdout.flush()


def _stop(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise SystemExit(ExitStatus.STEP_FAILED)


if __name__ == "__main__":
    sys.exit(main())
