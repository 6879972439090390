"""Step `wait_for_xapi`: the toolstack is up and takes our calls."""

from dataclasses import dataclass
from typing import ClassVar, Literal, Self

from zeus_installer.steps.base import Change, Step
from zeus_installer.steps.context import Context
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Reporter
from zeus_installer.system.secrets import redact
from zeus_installer.system.target import Target
from zeus_installer.xenapi.readiness import wait_until_ready, why_not_ready

_JOURNAL_LINES = 8
_PROGRAM_SECONDS = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitForXapi(Step):
    """Wait, `seconds` at most, until xapi takes sessions and is through its start-up."""

    id: ClassVar[str] = "wait_for_xapi"
    title: ClassVar[str] = "Wait for xapi"
    half: ClassVar[Literal["dom0"]] = "dom0"

    seconds: int

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Leave half of the time that dom0 has in all to the steps that follow."""
        return cls(seconds=context.answers.boot.deadline // 2)

    def describe(self) -> Change:
        """Nothing is changed."""
        return Change(changes=(f"wait for xapi, {self.seconds} s at most",))

    def is_done(self, target: Target) -> bool:
        """Whether xapi is ready now."""
        return why_not_ready(target) is None

    def apply(self, target: Target, report: Reporter) -> None:
        """Wait; xapi that does not come up is an error that says what the system knows about it."""
        missing = wait_until_ready(target, seconds=self.seconds, report=report)
        if missing is None:
            return
        raise ZeusError(
            "xapi.not_ready",
            f"xapi was not ready within {self.seconds} s: it {missing}{_failed_units(target)}{_last_words(target)}",
            hint="xapi ends when a program, file or directory that it needs is missing, and says which: "
            "`journalctl -b -u xapi`; put that right, then: zeus resume",
        )


def _failed_units(target: Target) -> str:
    lines = _output(target, "systemctl", "list-units", "--failed", "--plain", "--no-legend", "--no-pager")
    names = [line.split()[0] for line in lines if line.split()]
    return f"\n  failed units: {', '.join(names)}" if names else ""


def _last_words(target: Target) -> str:
    lines = _output(target, "journalctl", "-b", "-u", "xapi", "-n", str(_JOURNAL_LINES), "-o", "cat", "--no-pager")
    said = [line for line in lines if line.strip() and not line.startswith("-- ")]
    return "\n  xapi said last:" + "".join(f"\n    {redact(line)}" for line in said) if said else ""


def _output(target: Target, *argv: str) -> list[str]:
    """What a program says; nothing when it fails: this is for an error that must come out in any case."""
    try:
        return target.run(argv, timeout=_PROGRAM_SECONDS).stdout.splitlines()
    except (ZeusError, OSError):
        return []
