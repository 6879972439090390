"""What the checks found out, for the spokes and for the installation. Pure."""

from dataclasses import dataclass, replace

from zeus_installer.addon.checking import Consent, check_installation, destroyed, worst_first
from zeus_installer.addon.surroundings import Surroundings, completed, marked
from zeus_installer.addon.wishes import Wishes
from zeus_installer.answers.model import Answers
from zeus_installer.checks.model import Finding, Verdict, failed
from zeus_installer.machine.model import Machine
from zeus_installer.sources.loader import load
from zeus_installer.system.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A look at the machine with its surroundings, and the verdicts on it.

    `answers` are the wishes with what Anaconda knows in the place of what they leave open; `noted` are verdicts that
    took asking somebody, and hold until what they were asked for changes.
    """

    machine: Machine
    around: Surroundings
    answers: Answers
    findings: tuple[Finding, ...]
    destroys: tuple[str, ...]
    noted: tuple[Finding, ...] = ()

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings that refuse the installation."""
        return tuple(finding for finding in self.findings if finding.verdict is Verdict.FAIL)

    def again(self, wishes: Wishes, agreed: Consent) -> "Inquiry":
        """Judge the same machine for other wishes."""
        return inquire(self.machine, wishes, self.around, agreed, noted=self.noted)

    def with_noted(self, *noted: Finding) -> "Inquiry":
        """Add verdicts."""
        ids = {finding.id for finding in noted}
        others = [finding for finding in self.findings if finding.id not in ids]
        return replace(self, findings=worst_first([*others, *noted]), noted=noted)


def inquire(
    machine: Machine,
    wishes: Wishes,
    around: Surroundings,
    agreed: Consent,
    *,
    noted: tuple[Finding, ...] = (),
) -> Inquiry:
    """Judge a machine for the wishes. A package source that does not exist is a finding too."""
    answers = completed(wishes, around, machine).answers
    seen = marked(machine, around)
    try:
        source = load(answers.packages.source)
    except UsageError as error:
        findings: tuple[Finding, ...] = (failed("packages.source", error.message, remedy=error.hint),)
    else:
        findings = check_installation(seen, answers, around, source=source, agreed=agreed)
    inquiry = Inquiry(
        machine=seen,
        around=around,
        answers=answers,
        findings=findings,
        destroys=destroyed(seen, answers),
    )
    return inquiry.with_noted(*noted)
