"""Making the system that Anaconda has installed a Xen host: the steps of the first half, on its mounted root."""

import json
from dataclasses import dataclass, replace
from typing import Final, Literal

from zeus_installer import planning
from zeus_installer.addon.look import look
from zeus_installer.addon.repositories import check_signatures
from zeus_installer.addon.surroundings import Surroundings, marked
from zeus_installer.answers.formats import HOST_NAME
from zeus_installer.answers.model import Answers
from zeus_installer.engine.control import refuse_second_plan
from zeus_installer.engine.journal import Mark
from zeus_installer.engine.report import make_report
from zeus_installer.engine.runner import run_half
from zeus_installer.engine.service import open_journal
from zeus_installer.engine.store import STATE, Store
from zeus_installer.engine.stream import EventStream
from zeus_installer.engine.telling import Telling, log_of
from zeus_installer.engine.units import install_units
from zeus_installer.kickstart.refusals import tell
from zeus_installer.machine.identity import read_identity
from zeus_installer.machine.tree import Tree
from zeus_installer.plan import Plan, refuse_failures
from zeus_installer.reporting.messages import State
from zeus_installer.sources.loader import load
from zeus_installer.steps.arm_trial_boot import ArmTrialBoot
from zeus_installer.steps.boot_entry import BootEntry
from zeus_installer.system.codec import encode
from zeus_installer.system.errors import RefusedError, ZeusError, sentence_list
from zeus_installer.system.events import Event, Reporter, Sink
from zeus_installer.system.secrets import redact
from zeus_installer.system.target import Target

# What the kickstarts look for when the installation is over.
OUTCOME: Final = STATE / "anaconda.json"
# The first boot, into plain Linux, can do these as well as we: it finds them undone in the journal and goes on.
_LEFT_TO_FIRST_BOOT: Final = frozenset({BootEntry.id, ArmTrialBoot.id})
_COMMAND: Final = "/usr/bin/zeus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How it ended: `done`, or what the first boot has to do."""

    result: Literal["done", "first-boot"]
    what: str


def install_host(
    target: Target, answers: Answers, around: Surroundings, *, agreed: tuple[str, ...], sink: Sink
) -> Outcome:
    """Plan the host on the system at `target` and run the first half of the plan; the second one runs in dom0.

    `agreed` is what may be destroyed: a plan that destroys more is a `RefusedError`. What fails is a `ZeusError`.
    """
    store = Store(target)
    try:
        plan = _plan(target, answers, around, agreed)
        refuse_second_plan(store)
    except ZeusError as error:
        tell(answers, error, Target())
        raise
    store.save_plan(plan)
    outcome = _run(plan, store, sink)
    # Last: what has failed is not gone on with by itself at the next boot. Who wants that says zeus resume.
    install_units(plan, target)
    target.write_atomic(OUTCOME, json.dumps(encode(outcome)) + "\n")
    return outcome


def _plan(target: Target, answers: Answers, around: Surroundings, agreed: tuple[str, ...]) -> Plan:
    if not target.exists(_COMMAND):
        raise ZeusError(
            "packages.zeus",
            f"the installed system has no {_COMMAND}: nothing would finish the host in dom0",
            hint="name a repository that has zeus-installer, by a repo line in the kickstart",
        )
    machine = marked(look(target), around)
    if answers.host.hostname is None and _is_name(machine.hostname):
        # Anaconda's own, of which the management network takes its domain.
        answers = replace(answers, host=replace(answers.host, hostname=machine.hostname))
    plan = planning.plan_host(answers, machine, source=load(answers.packages.source), reboot=True)
    plan = planning.with_findings(plan, *check_signatures(answers, Target()))
    refuse_failures(plan.findings)
    surprise = [sentence for sentence in plan.destroys if sentence not in agreed]
    if surprise:
        raise RefusedError(
            "storage.changed",
            f"the disks are not what they were when the installation began; it would destroy {sentence_list(surprise)}",
            hint="begin the installation again, and look at what it says it will destroy",
        )
    return plan


def _run(plan: Plan, store: Store, sink: Sink) -> Outcome:
    with store.lock(), EventStream(store) as stream:

        def all_of_them(event: Event) -> None:
            stream.write(event)
            telling.take(event)
            sink(event)

        reporter = Reporter(all_of_them, run=plan.id)
        here = read_identity(Tree(Target().root))
        with Telling(plan, here, state=State.RUNNING, trouble=reporter.warning) as telling:
            try:
                outcome = _run_half(plan, store, reporter)
            except ZeusError as error:
                entries = open_journal(store, plan).entries()
                report = make_report(plan, entries, facts=None, failure=error)
                telling.end(State.FAILED, report=report, log=log_of(store))
                raise
            telling.end(State.READY_TO_REBOOT)
            return outcome


def _run_half(plan: Plan, store: Store, reporter: Reporter) -> Outcome:
    journal = open_journal(store, plan)
    try:
        with reporter.task("install", "Prepare the host") as report:
            run_half(plan, "linux", target=store.target, journal=journal, reporter=report)
    except ZeusError as error:
        failed = next((entry.step for entry in reversed(journal.entries()) if entry.mark is Mark.FAILED), "")
        if failed not in _LEFT_TO_FIRST_BOOT:
            raise
        title = next(step.title for step in plan.steps if step.id == failed)
        what = f"{title}: {redact(error.message).splitlines()[0]}"
        reporter.warning(f"left to the first boot of the system: {what}")
        return Outcome(result="first-boot", what=what)
    return Outcome(result="done", what="the next boot is the trial boot of Xen")


def _is_name(hostname: str | None) -> bool:
    return hostname is not None and HOST_NAME.allows(hostname) and not hostname.startswith("localhost")
