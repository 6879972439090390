"""From answers and a machine to the plan of a new host: what everybody who plans has in common."""

import os
import uuid
from dataclasses import replace

from zeus_installer.answers.model import Answers
from zeus_installer.checks.model import Finding
from zeus_installer.checks.registry import run_checks
from zeus_installer.machine.model import Machine
from zeus_installer.plan import Plan, make_plan
from zeus_installer.sources.model import Source
from zeus_installer.steps.context import Identity
from zeus_installer.system.events import now
from zeus_installer.system.target import Target


def plan_host(answers: Answers, machine: Machine, *, source: Source, reboot: bool = False) -> Plan:
    """Run the checks and make the plan of a host with a fresh identity. A rule that does not fit is a `UsageError`."""
    return make_plan(
        answers,
        machine,
        source=source,
        identity=Identity(host=_new_uuid(), dom0=_new_uuid()),
        findings=run_checks(machine, answers, source=source),
        run=_new_uuid()[:8],
        created=now(),
        reboot=reboot,
    )


def with_findings(plan: Plan, *findings: Finding) -> Plan:
    """Give the plan with what else was found out, last."""
    return replace(plan, findings=(*plan.findings, *findings))


def present_file(path: str) -> str | None:
    """Give what is in a file of this machine now; None for what is not there or not for us."""
    return Target().read(path) if os.access(path, os.R_OK) else None


def _new_uuid() -> str:
    return str(uuid.uuid4())
