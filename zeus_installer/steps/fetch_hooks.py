"""Step `fetch_hooks`: all hooks of the plan, before anything is changed. What cannot be had stops the plan here."""

from dataclasses import dataclass
from typing import ClassVar, Self

from zeus_installer.answers.model import Hook
from zeus_installer.host.hooks import DIRECTORY, is_kept, keep
from zeus_installer.host.labels import restore_labels
from zeus_installer.steps.base import Change, Step
from zeus_installer.steps.context import Context
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target
from zeus_installer.web.places import shown


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchHooks(Step):
    """Fetch the hooks and keep them on the target, so that none of them needs the network, or its server, later."""

    id: ClassVar[str] = "fetch_hooks"
    title: ClassVar[str] = "Fetch the hooks"

    hooks: tuple[Hook, ...]

    @classmethod
    def wanted(cls, context: Context) -> bool:
        """Only with hooks."""
        return bool(context.answers.hooks)

    @classmethod
    def from_context(cls, context: Context) -> Self:
        """Take those of the answers."""
        return cls(hooks=context.answers.hooks)

    def describe(self) -> Change:
        """Tell where they come from."""
        return Change(changes=tuple(f"fetch {shown(hook.url)} to {DIRECTORY}" for hook in self.hooks))

    def is_done(self, target: Target) -> bool:
        """Whether all are there, whole."""
        return all(is_kept(target, hook) for hook in self.hooks)

    def apply(self, target: Target, report: Reporter) -> None:
        """Fetch those that are missing."""
        for hook in self.hooks:
            keep(target, hook)
            report.log(f"{shown(hook.url)}: SHA-256 {hook.sha256.lower()}, as the answers say")
        restore_labels(target, [DIRECTORY])

    def revert(self, target: Target, report: Reporter) -> None:
        """Remove them. What they have done stays."""
        report.log(f"remove {DIRECTORY}")
        target.remove(DIRECTORY)
