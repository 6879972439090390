"""What our section of a kickstart says: the answers, or what is wrong with them, at the kickstart's own lines."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from zeus_installer.answers.lines import Path as KeyPath
from zeus_installer.answers.model import Answers
from zeus_installer.answers.reader import NotTomlError, read_given
from zeus_installer.checks.disks import choose_disks
from zeus_installer.checks.nics import choose_nics
from zeus_installer.kickstart.context import Wanted
from zeus_installer.kickstart.messages import Message, Place
from zeus_installer.kickstart.sections import Section, answers_text
from zeus_installer.kickstart.source import Source
from zeus_installer.machine.model import Machine, Os
from zeus_installer.packages.selection import select
from zeus_installer.sources.loader import load
from zeus_installer.system.errors import ZeusError

T = TypeVar("T")

_KEY_IN_FRONT = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+|\[\d+\])*")


def read_wanted(
    source: Source, section: Section, machine: Machine | None = None
) -> tuple[Wanted | None, Sequence[Message]]:
    """Read the section, and hold it against the package source and the machine.

    No `Wanted` when the schema objects, and when a part of the section is not known yet.
    """
    header = section.header.place
    if {line.place for line in source.later} & {line.place for line in section.body}:
        return None, ()
    try:
        given = read_given(answers_text(section))
    except NotTomlError as error:
        fault = error.fault
        return None, [Message(place=_at(source, fault.line, header), text=fault.message, hint=fault.hint)]
    answers, faults = given.check()
    if answers is None or faults:
        return None, [
            Message(place=_at(source, fault.line, header), text=fault.message, hint=fault.hint) for fault in faults
        ]
    places = {key: _at(source, number, header) for key, number in given.places.items()}
    return _held(answers, places, header, machine)


def _at(source: Source, number: int, header: Place) -> Place:
    """Give the place of a line; what belongs to no line of the section is said of its header."""
    return source.at(number) if number > header.order + 1 else header


@dataclass
class _Held:
    """Collects what is wrong with answers that the schema takes."""

    places: dict[KeyPath, Place]
    header: Place
    messages: list[Message] = field(default_factory=list)

    def note(self, error: ZeusError) -> None:
        """Note an error at the line of the key with which its message begins."""
        found = _KEY_IN_FRONT.match(error.message)
        keys = re.findall(r"[a-z0-9_]+", found.group()) if found else []
        path = tuple(int(key) if key.isdigit() else key for key in keys)
        around = (path[:length] for length in range(len(path), 0, -1))
        place = next((self.places[prefix] for prefix in around if prefix in self.places), self.header)
        self.messages.append(Message(place=place, text=error.message, hint=error.hint))

    def attempt(self, what: Callable[[], T]) -> T | None:
        """Do something, or note why that does not do."""
        try:
            return what()
        except ZeusError as error:
            self.note(error)
            return None


def _held(
    answers: Answers, places: dict[KeyPath, Place], header: Place, machine: Machine | None
) -> tuple[Wanted | None, Sequence[Message]]:
    held = _Held(places, header)
    packages = held.attempt(lambda: load(answers.packages.source))
    if packages is None:
        return None, held.messages
    system = machine.os if machine else Os(id=next(iter(packages.kernels), None))
    disks = None
    held.attempt(lambda: select(answers, packages, system))
    if machine is not None:
        # A rule is held against all disks, so that one which both claim is found; no rule means what is left.
        free = replace(machine, disks=tuple(replace(disk, claimed=False) for disk in machine.disks))
        disks = held.attempt(lambda: choose_disks(answers, free if answers.storage.disks else machine))
        held.attempt(lambda: choose_nics(answers, machine))
    wanted = Wanted(answers=answers, places=places, header=header, packages=packages, disks=disks or ())
    return wanted, held.messages
