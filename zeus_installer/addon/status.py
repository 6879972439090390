"""One line that says how things stand. Pure."""

from typing import Final

from zeus_installer.addon.inquiry import Inquiry
from zeus_installer.checks.disks import choose_disks
from zeus_installer.checks.model import Verdict
from zeus_installer.checks.nics import choose_nics

_WORDS: Final = {Verdict.FAIL: "Fails", Verdict.WARNING: "Warning", Verdict.UNKNOWN: "Not known"}


def status_line(inquiry: Inquiry | None, *, enabled: bool) -> str:
    """Give the worst finding, or what the host will be made of."""
    if not enabled:
        return "Not wanted"
    if inquiry is None:
        return "Not checked yet"
    worst = inquiry.findings[0]
    if worst.verdict is Verdict.PASS:  # so every rule fits
        return f"Ready: {', '.join(_parts(inquiry))}"
    return f"{_WORDS[worst.verdict]}: {worst.id}: {worst.seen.splitlines()[0]}"


def _parts(inquiry: Inquiry) -> list[str]:
    answers, machine = inquiry.answers, inquiry.machine
    storage = answers.storage
    if storage.space == "free-space" and storage.is_local:
        disks = [f"the rest of {', '.join(disk.name for disk in machine.disks if disk.claimed)}"]
    else:
        disks = [disk.name for disk in choose_disks(answers, machine)]
    return [*(disks or ["no storage repository"]), *(nic.name for nic in choose_nics(answers, machine))]
