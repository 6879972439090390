"""All checks, in the order in which people read them. A new check is one line here."""

from dataclasses import replace

from zeus_installer.answers.model import Answers
from zeus_installer.checks.boot import check_one_shot
from zeus_installer.checks.cpu import check_second_level_paging, check_virtualization
from zeus_installer.checks.disks import check_disks
from zeus_installer.checks.firmware import check_secure_boot
from zeus_installer.checks.iommu import check_interrupt_remapping, check_iommu
from zeus_installer.checks.kernel import check_dom0_kernel
from zeus_installer.checks.memory import check_memory
from zeus_installer.checks.model import Finding, Verdict
from zeus_installer.checks.nics import check_nics
from zeus_installer.checks.report import check_report
from zeus_installer.machine.model import Machine
from zeus_installer.sources.model import Source

# What an operator can live with: a host without hardware virtualization runs PV guests.
ACCEPTABLE = ("cpu.virtualization",)


def run_checks(machine: Machine, answers: Answers | None, *, source: Source | None = None) -> tuple[Finding, ...]:
    """Judge the machine for these answers, or for the default ones. What the package source brings counts too."""
    findings = (
        check_virtualization(machine),
        check_second_level_paging(machine),
        check_iommu(machine),
        check_interrupt_remapping(machine),
        check_secure_boot(machine),
        check_dom0_kernel(machine, source),
        check_memory(machine),
        check_one_shot(machine, answers),
        check_disks(machine, answers or Answers()),
        check_nics(machine, answers),
        *check_report(answers),
    )
    accepted = frozenset(answers.checks.accept if answers else ()).intersection(ACCEPTABLE)
    return tuple(_accepted(finding) if finding.id in accepted else finding for finding in findings)


def _accepted(finding: Finding) -> Finding:
    if finding.verdict is not Verdict.FAIL:
        return finding
    return replace(finding, verdict=Verdict.WARNING, seen=f"{finding.seen}; accepted in the answers: PV guests only")
