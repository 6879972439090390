"""A kickstart as the checks see it: its commands, our answers in it, and, where one is given, the machine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from zeus_installer.answers.lines import Path as KeyPath
from zeus_installer.answers.model import Answers
from zeus_installer.kickstart.made import TOPICS, Topic
from zeus_installer.kickstart.messages import Level, Message, Place
from zeus_installer.kickstart.sections import Section, ours
from zeus_installer.kickstart.source import Source, words_of
from zeus_installer.machine.model import Disk, Machine
from zeus_installer.sources.model import Source as PackageSource

# pykickstart/constants.py (DISPLAY_MODE_CMDLINE)
_CMDLINE: Final = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What our section says, when the schema takes it; `disks` are those that it chooses on a machine that is known."""

    answers: Answers
    places: Mapping[KeyPath, Place]
    header: Place
    packages: PackageSource
    disks: Sequence[Disk] = ()

    def at(self, path: KeyPath) -> Place:
        """Give the place of a key, or of the nearest table around it."""
        around = (path[:length] for length in range(len(path), 0, -1))
        return next((self.places[prefix] for prefix in around if prefix in self.places), self.header)


@dataclass(frozen=True, slots=True)
class Given:
    """A command as it stands at a line: its name, and what pykickstart made of it."""

    number: int
    name: str
    data: Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a check is given. `commands` is pykickstart's handler for `release`, one of those that are `asked` for.

    `given` is each command by itself, also one that a later line replaces.
    """

    source: Source
    sections: Sequence[Section]
    release: str
    asked: Sequence[str]
    commands: Any
    given: Sequence[Given]
    wanted: Wanted | None = None
    machine: Machine | None = None

    def knows(self, topic: Topic) -> bool:
        """Whether all that the kickstart says of it is here, and not in a file that only the installer will have."""
        later = [words_of(line.text)[1] for line in self.source.later]
        return all(TOPICS.get(target, topic) != topic for target in later)

    @property
    def asks(self) -> bool:
        """Whether the installation asks for what the kickstart leaves open."""
        display = self.commands.displaymode
        return not (display.nonInteractive or (display.seen and display.displayMode == _CMDLINE))

    @property
    def start(self) -> Place:
        """Where to complain about what is missing: our section, else the first line."""
        mine = ours(self.sections)
        return mine[0].header.place if mine else self.source.at(1)

    def command(self, number: int, text: str, hint: str, level: Level = "error") -> Message:
        """Complain about the command at a line (pykickstart's `lineno`)."""
        return Message(place=self.source.at(number), text=text, hint=hint, level=level)

    def key(self, *path: str | int) -> Place:
        """Give the place of a key of our section."""
        return self.start if self.wanted is None else self.wanted.at(path)
