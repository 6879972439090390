"""What a step is: one change, its target an argument, honest about being done."""

import difflib
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import ClassVar, Literal, Self

from zeus_installer.steps.context import Context
from zeus_installer.system.events import Reporter
from zeus_installer.system.target import Target

Half = Literal["linux", "dom0"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileChange:
    """A file that a step writes. `content` is None when it is removed; `secret` contents are never shown."""

    path: str
    content: str | None
    mode: int = 0o644
    secret: bool = False

    def diff(self, present: str | None) -> str:
        """Give the change as a unified diff against the present content."""
        if self.secret:
            return f"{self.path}: secret content, not shown\n"
        old = [] if present is None else present.splitlines(keepends=True)
        new = [] if self.content is None else self.content.splitlines(keepends=True)
        before = self.path if present is not None else "/dev/null"
        after = self.path if self.content is not None else "/dev/null"
        return "".join(difflib.unified_diff(old, new, before, after))


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a step will do: what it destroys, what it changes (sentences), and the files it writes."""

    destroys: tuple[str, ...] = ()
    changes: tuple[str, ...] = ()
    files: tuple[FileChange, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step(ABC):
    """One change of the target. A subclass is a frozen dataclass of plain data: it is stored in the plan and read back.

    `apply` may be interrupted at any instant: run again, it must reach the same end. `is_done` looks at the target and
    nothing else. Errors that a person can act on are `ZeusError`.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    half: ClassVar[Half] = "linux"

    @classmethod
    def wanted(cls, context: Context) -> bool:  # noqa: ARG003 - for subclasses
        """Whether a plan for `context` has this step at all."""
        return True

    @classmethod
    @abstractmethod
    def from_context(cls, context: Context) -> Self:
        """Make the step for a plan. Pure."""

    @abstractmethod
    def describe(self) -> Change:
        """Tell what the step will do. Pure."""

    @abstractmethod
    def is_done(self, target: Target) -> bool:
        """Whether the target already is as the step would leave it."""

    @abstractmethod
    def apply(self, target: Target, report: Reporter) -> None:
        """Make the change."""

    def verify(self, target: Target) -> None:  # noqa: B027 - `apply` of most steps cannot end half done
        """Raise a `ZeusError` when the change did not come out right. Called after `apply`."""

    def revert(self, target: Target, report: Reporter) -> None:  # noqa: B027 - most changes hang on zeus.dom0
        """Undo the change where it can be undone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesStep(Step):
    """A step whose whole work is a set of files known beforehand."""

    files: tuple[FileChange, ...] = field(default=())

    def describe(self) -> Change:
        """Tell the files."""
        return Change(files=self.files)

    def is_done(self, target: Target) -> bool:
        """Whether every file has its content."""
        return all(target.read(file.path) == file.content for file in self.files)

    def apply(self, target: Target, report: Reporter) -> None:
        """Write the files that differ."""
        for file in self.files:
            if target.read(file.path) == file.content:
                continue
            report.log(f"write {file.path}")
            if file.content is None:
                target.remove(file.path)
            else:
                target.write_atomic(file.path, file.content, mode=file.mode)
