"""All checks of a finished host, and their rendering as text."""

from collections.abc import Sequence

from zeus_installer.system.target import Target
from zeus_installer.verify.boot import check_boot
from zeus_installer.verify.domain import check_domain
from zeus_installer.verify.model import Expectations, Verification
from zeus_installer.verify.services import check_services
from zeus_installer.verify.toolstack import check_toolstack


def verify(target: Target, expected: Expectations) -> tuple[Verification, ...]:
    """Run every check. Nothing is changed, and no failure of one hides another."""
    return (
        *check_domain(target, expected),
        *check_services(target, expected),
        *check_toolstack(target, expected),
        *check_boot(target, expected),
    )


def render(results: Sequence[Verification]) -> str:
    """Give the results for people: what is wrong first, each with its remedy."""
    lines = []
    for result in sorted(results, key=lambda result: result.ok):
        lines.append(f"{'ok  ' if result.ok else 'FAIL'}  {result.id}: {result.evidence}\n")
        if not result.ok and result.remedy:
            lines.append(f"      remedy: {result.remedy}\n")
    return "".join(lines)
