"""A search for answers: what it knows of the machine, what it has tried, and what it can come to."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from zeus_installer.answer_sources.words import Words, read_words
from zeus_installer.machine.identity import Identity, read_identity
from zeus_installer.machine.tree import Tree
from zeus_installer.system.errors import UsageError
from zeus_installer.system.target import Target
from zeus_installer.web.client import PATIENT, Patience

log = logging.getLogger(__name__)

# Answers are kilobytes.
LIMIT: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One source, where it was looked for, and what came of it."""

    source: str
    outcome: str

    def __str__(self) -> str:
        return f"{self.source}: {self.outcome}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Answers as they came. `authenticated`: nobody on the network can have forged them. `origin` is for people."""

    text: str
    origin: str
    authenticated: bool
    tried: tuple[Attempt, ...] = ()


def _silent(_: Attempt) -> None:
    pass


@dataclass(kw_only=True)
class Search:
    """One search on the machine whose root is `target`; `say` hears of each attempt as it ends.

    `command_line` stands for the kernel's. With `trusted_only` nothing is looked at that anybody could have forged.
    """

    target: Target = field(default_factory=Target)
    command_line: str | None = None
    patience: Patience = PATIENT
    trusted_only: bool = False
    say: Callable[[Attempt], None] = _silent
    tried: list[Attempt] = field(default_factory=list)

    @cached_property
    def words(self) -> Words:
        """What the kernel command line says; see `read_words`."""
        given = self.command_line
        return read_words(given if given is not None else self.target.read("/proc/cmdline") or "")

    @cached_property
    def identity(self) -> Identity:
        """Which machine this is."""
        return read_identity(Tree(self.target.root))

    def note(self, source: str, outcome: str) -> None:
        """Write down what came of a source."""
        attempt = Attempt(source=source, outcome=outcome)
        log.info("answers: %s", attempt)
        self.tried.append(attempt)
        self.say(attempt)

    def found(self, source: str, data: bytes, origin: str, *, authenticated: bool) -> Found:
        """Make what was found of bytes. What is no text is a `UsageError`."""
        try:
            text = data.decode()
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            message = f"{origin}: no answers: byte {data[error.start]:#04x} in line {line} is not UTF-8"
            raise UsageError("answers.not_text", message, hint="save it as UTF-8") from error
        trust = "authenticated" if authenticated else "not authenticated"
        self.note(source, f"{origin} has answers ({trust})")
        return Found(text=text, origin=origin, authenticated=authenticated, tried=tuple(self.tried))
