"""Screen 1, the machine: what the checks found, the worst first, each with its remedy."""

from collections.abc import Iterator, Sequence
from typing import Final

from zeus_installer.checks.model import Finding, Verdict
from zeus_installer.machine.model import Machine
from zeus_installer.screens.desk import Administrators, Desk
from zeus_installer.screens.form import Button, Line, Note, Screen, Style, Toggle
from zeus_installer.screens.jobs import Job, Message
from zeus_installer.screens.wizard import Wizard
from zeus_installer.screens.words import job_lines
from zeus_installer.system.codec import decode

# What the operator chooses on later screens is judged there.
LATER: Final = frozenset({"storage.disk", "network.link", "packages.repository"})
ORDER: Final = (Verdict.FAIL, Verdict.WARNING, Verdict.UNKNOWN, Verdict.PASS)
MARKS: Final[dict[Verdict, tuple[Style, str]]] = {
    Verdict.FAIL: ("bad", "FAIL"),
    Verdict.WARNING: ("warn", "warning"),
    Verdict.UNKNOWN: ("warn", "not known"),
    Verdict.PASS: ("good", "ok"),
}
# The one way past a finding, by its id: the name of the toggle.
ACCEPTED_BY: Final = {"cpu.virtualization": "accept_pv", "boot.one_shot": "no_trial"}


def finding_lines(findings: Sequence[Finding]) -> Iterator[Line]:
    """Give findings for the screen, the worst first."""
    for finding in sorted(findings, key=lambda finding: ORDER.index(finding.verdict)):
        style, mark = MARKS[finding.verdict]
        yield style, f"{mark}\t{finding.seen}"
        if finding.remedy and finding.verdict is not Verdict.PASS:
            yield "", f"\t→ {finding.remedy}"


def look(wizard: Wizard) -> None:
    """Have the machine probed and checked, unless it was, and ask whose password counts on it."""
    desk = wizard.desk

    def heard(job: Job, _message: Message) -> None:
        if job.result is not None:
            desk.machine = decode(Machine, job.result["machine"])
            desk.findings = decode(tuple[Finding, ...], job.result["findings"])
            _tell(wizard)

    def heard_of_administrators(job: Job, _message: Message) -> None:
        if job.result is not None:
            desk.administrators = Administrators(**job.result)
            _tell(wizard)

    if not is_known(desk) and not desk.is_busy("look"):
        wizard.order("look", {"machine": desk.machine_file}, title="Looking at this machine", heard=heard)
        if not desk.dry_run:
            wizard.order("administrators", {}, title="Looking for administrators", heard=heard_of_administrators)


def is_known(desk: Desk) -> bool:
    """Whether the machine was looked at, and what the next screens need is known of it."""
    return desk.machine is not None and (desk.dry_run or desk.administrators is not None)


def _tell(wizard: Wizard) -> None:
    if is_known(wizard.desk):
        wizard.desk.said = ""
        wizard.seen()


def _look_again(wizard: Wizard) -> None:
    wizard.desk.machine = None
    look(wizard)


def _lines(desk: Desk) -> Sequence[Line]:
    machine = desk.machine
    if machine is None or not is_known(desk):
        return [*job_lines(desk.jobs.get("look")), *job_lines(desk.jobs.get("administrators"))]
    named = " ".join(filter(None, (machine.firmware.vendor, machine.firmware.product))) or "This machine"
    memory = f", {machine.memory.bytes / (1 << 30):.1f} GiB of memory" if machine.memory.bytes else ""
    about: Line = ("title", f"{named}: {machine.cpu.model or 'processor not known'}{memory}")
    return [about, ("", ""), *finding_lines([finding for finding in desk.findings if finding.id not in LATER])]


def _failed(desk: Desk) -> list[Finding]:
    here = [finding for finding in desk.findings if finding.verdict is Verdict.FAIL and finding.id not in LATER]
    return [finding for finding in here if not desk.is_on(ACCEPTED_BY.get(finding.id, ""))]


def _blocked(desk: Desk) -> str:
    if not is_known(desk):
        busy = desk.is_busy("look") or desk.is_busy("administrators")
        return "the machine is still being looked at" if busy else "the machine could not be looked at: check again"
    failed = _failed(desk)
    return f"this machine cannot become a host: {failed[0].seen}" if failed else ""


def _found(check: str, desk: Desk) -> bool:
    return any(finding.id == check and finding.verdict is Verdict.FAIL for finding in desk.findings)


SCREEN: Final = Screen(
    id="machine",
    title="Machine",
    items=(
        Note(lines=_lines),
        Toggle(
            name="accept_pv",
            label="Accept it: this host runs PV guests only",
            path="checks.accept",
            value=["cpu.virtualization"],
            help="Without VT-x or AMD-V Xen runs paravirtualized guests only. The report repeats that it was accepted.",
            visible_when=lambda desk: _found("cpu.virtualization", desk),
        ),
        Toggle(
            name="no_trial",
            label="Do without a trial boot",
            path="boot.trial",
            value=False,
            help="Xen becomes the default. If it does not boot, somebody has to choose plain Linux in GRUB's menu.",
            visible_when=lambda desk: _found("boot.one_shot", desk),
        ),
    ),
    buttons=(Button(label="Check again", press=_look_again, help="Probe the machine anew, after a change."),),
    blocked=_blocked,
    enter=look,
)
