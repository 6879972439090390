"""Steps `hook_…`: the hooks of one stage, in the order of the answers. One that fails fails the step.

The stages have the names of XCP-ng's and XenServer's installers, which log the exit status of a script and go on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from zeus_installer.answers.model import Hook, Stage
from zeus_installer.host.hooks import keep, run_hook
from zeus_installer.steps.base import Change, Half, Step
from zeus_installer.steps.context import Context
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target
from zeus_installer.web.places import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class RunHooks(Step):
    """Run them. What a hook does is its own business: it is run again after an interruption, and cannot be undone."""

    stage: ClassVar[Stage]
    arguments: ClassVar[Sequence[str]] = ()

    hooks: tuple[Hook, ...]

    @classmethod
    def wanted(cls, context: Context) -> bool:
        """Only with hooks for this stage."""
        return bool(_of(context, cls.stage))

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Take those of this stage."""
        return cls(hooks=_of(context, cls.stage))

    def describe(self) -> Change:
        """Tell what is run."""
        return Change(
            changes=tuple(f"run {shown(hook.url)} (SHA-256 {hook.sha256.lower()}) as root" for hook in self.hooks)
        )

    def is_done(self, target: Target) -> bool:  # noqa: ARG002 - nothing tells what a hook should leave behind
        """Never: only the journal knows. In dom0, where it is not asked, every attempt runs them."""
        return False

    def apply(self, target: Target, report: Reporter) -> None:
        """Run one after the other, each after another look at its SHA-256."""
        for number, hook in enumerate(self.hooks, start=1):
            with report.task(str(number), f"Run {shown(hook.url)}") as part:
                keep(target, hook)
                run_hook(target, hook, part, arguments=self.arguments)


@dataclass(frozen=True, slots=True, kw_only=True)
class HookInstallationStart(RunHooks):
    """Before disks are touched; under Anaconda, which has installed the system by then, before the SR's are."""

    id: ClassVar[str] = "hook_installation_start"
    title: ClassVar[str] = "Run the hooks for the start"
    stage: ClassVar[Stage] = "installation-start"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookPackagesInstalled(RunHooks):
    """With Xen and the toolstack installed, and nothing of them set up."""

    id: ClassVar[str] = "hook_packages_installed"
    title: ClassVar[str] = "Run the hooks for installed packages"
    stage: ClassVar[Stage] = "packages-installed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookFilesystemPopulated(RunHooks):
    """With all files written but those of the boot: what goes into an initramfs can still be changed."""

    id: ClassVar[str] = "hook_filesystem_populated"
    title: ClassVar[str] = "Run the hooks for the finished file system"
    stage: ClassVar[Stage] = "filesystem-populated"


@dataclass(frozen=True, slots=True, kw_only=True)
class HookInstallationComplete(RunHooks):
    """In dom0, with the host verified, and before it is committed: a hook that fails takes the host back.

    Only after success. Their installers give 0 for that, and 1 for a failure, as the argument.
    """

    id: ClassVar[str] = "hook_installation_complete"
    title: ClassVar[str] = "Run the hooks for the verified host"
    half: ClassVar[Half] = "dom0"
    stage: ClassVar[Stage] = "installation-complete"
    arguments: ClassVar[Sequence[str]] = ("0",)


def _of(context: Context, stage: Stage) -> tuple[Hook, ...]:
    return tuple(hook for hook in context.answers.hooks if hook.stage == stage)
