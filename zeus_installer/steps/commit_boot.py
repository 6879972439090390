"""Make Xen the default, after the host has been verified in dom0."""

from dataclasses import dataclass
from typing import ClassVar, Self

from zeus_installer.boot import before, grubenv
from zeus_installer.boot.grubcfg import XEN
from zeus_installer.boot.grubenv import GrubEnv
from zeus_installer.steps.base import Change, Half, Step
from zeus_installer.steps.context import Context
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target


@dataclass(frozen=True, slots=True, kw_only=True)
class CommitBoot(Step):
    """Make Xen GRUB's default, and keep kernel updates from making plain Linux the default again."""

    id: ClassVar[str] = "commit_boot"
    title: ClassVar[str] = "Make Xen the default"
    half: ClassVar[Half] = "dom0"

    @classmethod
    def from_context(cls, context: Context) -> Self:  # noqa: ARG003 - the same for everyone
        """Nothing to choose."""
        return cls()

    def describe(self) -> Change:
        """Tell the default, and who else would change it."""
        return Change(
            changes=(
                f"GRUB's default becomes {XEN}",
                f"{before.UPDATE_DEFAULT}=no in {before.KERNEL_SETTINGS}: a kernel update does not change the default",
            )
        )

    def is_done(self, target: Target) -> bool:
        """Whether both are so."""
        default = GrubEnv(target=target).get(grubenv.DEFAULT)
        return default == XEN and before.default_stays_on_kernel_updates(target)

    def apply(self, target: Target, report: Reporter) -> None:
        """Write the default last: with it the host is committed."""
        before.remember(target)
        report.log(f"{before.UPDATE_DEFAULT}=no in {before.KERNEL_SETTINGS}")
        before.keep_default_on_kernel_updates(target)
        report.log(f"{grubenv.DEFAULT}={XEN} in {grubenv.PATH}")
        GrubEnv(target=target).set(grubenv.DEFAULT, XEN)

    def verify(self, target: Target) -> None:
        """Read both back."""
        if not self.is_done(target):
            raise ZeusError(
                "boot.commit",
                f"{XEN} is not the default: {grubenv.PATH} or {before.KERNEL_SETTINGS} did not take the change",
                hint="look whether /boot and /etc can be written, then: zeus resume",
            )

    def revert(self, target: Target, report: Reporter) -> None:
        """Give the default and the kernel updates back."""
        report.log(f"restore GRUB's default and {before.KERNEL_SETTINGS}")
        before.restore_kernel_updates(target)
        before.restore_default(target)
