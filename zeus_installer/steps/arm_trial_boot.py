"""Arm the trial: GRUB boots Xen the next time only, and plain Linux again after that."""

from dataclasses import dataclass
from typing import ClassVar, Self

from zeus_installer.boot import before, grubenv
from zeus_installer.boot.grubcfg import XEN
from zeus_installer.boot.grubenv import GrubEnv
from zeus_installer.boot.preflight import check_entry
from zeus_installer.steps.base import Change, Step
from zeus_installer.steps.context import Context
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class ArmTrialBoot(Step):
    """Make Xen GRUB's next boot; without a `trial`, its default. Applied again, it arms again.

    GRUB itself clears the one-shot before it loads anything, so whatever goes wrong with Xen happens once.
    """

    id: ClassVar[str] = "arm_trial_boot"
    title: ClassVar[str] = "Arm the trial boot"

    trial: bool
    firmware: str | None

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Take what the answers say."""
        return cls(trial=context.answers.boot.trial, firmware=context.machine.firmware.type)

    def describe(self) -> Change:
        """Tell what the next boot will be, and the one after it."""
        if self.trial:
            return Change(changes=(f"the next boot is {XEN}, once; plain Linux stays the default",))
        return Change(changes=(f"the default is {XEN} from now on, without a trial (boot.trial = false)",))

    def is_done(self, target: Target) -> bool:
        """Whether GRUB has it."""
        return GrubEnv(target=target).get(self._variable) == XEN

    def apply(self, target: Target, report: Reporter) -> None:
        """Check everything that the entry needs once more, and write it into GRUB's environment block."""
        check_entry(target, firmware=self.firmware)
        before.remember(target)
        report.log(f"{self._variable}={XEN} in {grubenv.PATH}")
        GrubEnv(target=target).set(self._variable, XEN)

    def verify(self, target: Target) -> None:
        """Read it back."""
        if not self.is_done(target):
            raise ZeusError(
                "boot.grubenv",
                f"{grubenv.PATH} does not have {self._variable}={XEN}",
                hint="something else writes GRUB's environment; zeus resume arms again",
            )

    def revert(self, target: Target, report: Reporter) -> None:
        """Take the trial off, and give the default back."""
        report.log("restore GRUB's default")
        before.restore_default(target)

    @property
    def _variable(self) -> str:
        return grubenv.ONCE if self.trial else grubenv.DEFAULT
