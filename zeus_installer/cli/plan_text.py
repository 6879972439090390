"""The plan for people."""

from collections.abc import Callable, Iterator

from zeus_installer.checks.text import render as render_findings
from zeus_installer.plan import Plan


def render(plan: Plan, *, present: Callable[[str], str | None]) -> str:
    """Give the plan as text: what is destroyed first, then findings, steps and files. `present` reads a file."""
    return "\n".join(
        [
            *_destroys(plan),
            "Findings",
            render_findings(plan.findings),
            *_steps(plan),
            *_files(plan, present),
        ]
    )


def _destroys(plan: Plan) -> Iterator[str]:
    yield "Destroyed"
    yield from (f"  {sentence}" for sentence in plan.destroys or ("nothing",))
    yield ""


def _steps(plan: Plan) -> Iterator[str]:
    heads = {"linux": "Steps now, in plain Linux", "dom0": "Steps after the reboot, in dom0"}
    for half, head in heads.items():
        yield head
        for step in plan.steps:
            if step.half == half:
                yield f"  {step.id}: {step.title}"
                yield from (f"    {sentence}" for sentence in step.describe().changes)
        yield ""


def _files(plan: Plan, present: Callable[[str], str | None]) -> Iterator[str]:
    yield "Files"
    for step in plan.steps:
        for file in step.describe().files:
            diff = file.diff(present(file.path))
            yield diff or f"  {file.path}: already so\n"
