"""answers + machine → plan. Pure: nothing here reads the machine or writes anything.

The plan is made once, stored whole, and run by both halves of the installation.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, cast

from zeus_installer import __version__
from zeus_installer.answers.model import Answers
from zeus_installer.checks.disks import choose_disks
from zeus_installer.checks.model import Finding, Verdict
from zeus_installer.checks.nics import choose_nics
from zeus_installer.machine.model import Machine
from zeus_installer.sources.model import Source
from zeus_installer.steps.base import FileChange, Half, Step
from zeus_installer.steps.context import Context, Identity
from zeus_installer.steps.registry import STEPS
from zeus_installer.system.codec import Json, decode, encode
from zeus_installer.system.errors import RefusedError, UsageError

PLAN_VERSION: Final = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What will be done, in order, with everything that is needed to do it.

    `id` names the run in journal and events, `created` is RFC 3339 UTC; `reboot`: the run may reboot by itself.
    """

    id: str
    created: str
    zeus: str
    reboot: bool
    findings: tuple[Finding, ...]
    context: Context
    steps: tuple[Step, ...]

    def half(self, half: Half) -> tuple[Step, ...]:
        """Give the steps of one half."""
        return tuple(step for step in self.steps if step.half == half)

    @property
    def destroys(self) -> tuple[str, ...]:
        """Everything that the plan destroys, in sentences."""
        return tuple(sentence for step in self.steps for sentence in step.describe().destroys)


def make_plan(
    answers: Answers,
    machine: Machine,
    *,
    source: Source,
    identity: Identity,
    findings: tuple[Finding, ...],
    run: str,
    created: str,
    reboot: bool = False,
) -> Plan:
    """Choose disks and NICs by the answers' rules and make every step. A rule that does not match is a `UsageError`."""
    context = Context(
        answers=answers,
        machine=machine,
        source=source,
        disks=choose_disks(answers, machine),
        nics=choose_nics(answers, machine),
        identity=identity,
    )
    return Plan(
        id=run,
        created=created,
        zeus=__version__,
        reboot=reboot,
        findings=findings,
        context=context,
        steps=tuple(step.from_context(context) for step in STEPS if step.wanted(context)),
    )


def refuse_failures(findings: tuple[Finding, ...]) -> None:
    """Raise a `RefusedError` that names every finding that fails, with its remedy."""
    failures = [finding for finding in findings if finding.verdict is Verdict.FAIL]
    if failures:
        seen = "".join(f"\n  {finding.id}: {finding.seen}" for finding in failures)
        raise RefusedError(
            "machine.refused",
            f"this machine cannot become a host, {len(failures)} of {len(findings)} checks failed:{seen}",
            hint="; ".join(f"{finding.id}: {finding.remedy}" for finding in failures),
        )


def to_json(plan: Plan, *, present: Callable[[str], str | None]) -> dict[str, Json]:
    """Give the plan as programs read it. `present` tells what is in a file now; secrets are not in it."""
    changes = [(step, step.describe()) for step in plan.steps]
    files: list[FileChange] = [file for _, change in changes for file in change.files]
    source = plan.context.source
    return {
        "version": PLAN_VERSION,
        "run": plan.id,
        "steps": [
            {
                "id": step.id,
                "title": step.title,
                "half": step.half,
                "destroys": list(change.destroys),
                "changes": list(change.changes),
            }
            for step, change in changes
        ],
        "disks": encode(plan.context.disks),
        "nics": encode(plan.context.nics),
        "packages": {
            "source": source.name,
            "repos": encode((*source.repos, *plan.context.answers.packages.repos)),
            "install": list(source.required),
            "optional": list(plan.context.answers.packages.groups),
        },
        "files": [{"path": file.path, "diff": file.diff(present(file.path))} for file in files],
        "findings": encode(plan.findings),
    }


def store(plan: Plan) -> dict[str, Json]:
    """Give the plan as it is kept in `plan.json`: whole, so that `restore` gives an equal one after a reboot."""
    return {
        "version": PLAN_VERSION,
        "id": plan.id,
        "created": plan.created,
        "zeus": plan.zeus,
        "reboot": plan.reboot,
        "findings": encode(plan.findings),
        "context": encode(plan.context),
        "steps": [{"id": step.id, "parameters": encode(step)} for step in plan.steps],
    }


def restore(data: Mapping[str, object]) -> Plan:
    """Read what `store` gave. A plan of another version is a `RefusedError`."""
    if data.get("version") != PLAN_VERSION:
        raise RefusedError(
            "plan.version",
            f"the stored plan has version {data.get('version')}, this Zeus runs version {PLAN_VERSION}",
            hint="finish it with the Zeus that made it, or give it up: zeus abandon",
        )
    kinds = {kind.id: kind for kind in STEPS}
    stored = cast("list[dict[str, object]]", data["steps"])
    unknown = [str(step["id"]) for step in stored if step["id"] not in kinds]
    if unknown:
        raise UsageError("plan.step", f"the stored plan has steps that this Zeus does not know: {', '.join(unknown)}")
    return Plan(
        id=decode(str, data["id"], where="id"),
        created=decode(str, data["created"], where="created"),
        zeus=decode(str, data["zeus"], where="zeus"),
        reboot=decode(bool, data["reboot"], where="reboot"),
        findings=decode(tuple[Finding, ...], data["findings"], where="findings"),
        context=decode(Context, data["context"], where="context"),
        steps=tuple(decode(kinds[str(step["id"])], step["parameters"], where=str(step["id"])) for step in stored),
    )
