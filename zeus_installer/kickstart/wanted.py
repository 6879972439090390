"""What our section of a kickstart says: the answers, or what is wrong with them, at the kickstart's own lines."""

import re
from collections.abc import Callable, Sequence

from zeus_installer.answers.lines import Path as KeyPath
from zeus_installer.answers.reader import NotTomlError, read_given
from zeus_installer.kickstart.context import Wanted
from zeus_installer.kickstart.messages import Message, Place
from zeus_installer.kickstart.sections import Section, answers_text
from zeus_installer.kickstart.source import Source
from zeus_installer.machine.model import Os
from zeus_installer.packages.selection import select
from zeus_installer.sources.loader import load
from zeus_installer.system.errors import ZeusError

_KEY_IN_FRONT = re.compile(r"[a-z0-9_]+(?:\.[a-z0-9_]+|\[\d+\])*")


def read_wanted(source: Source, section: Section, system: Os | None = None) -> tuple[Wanted | None, Sequence[Message]]:
    """Read the section, and hold it against the package source, for a system when that is known.

    No `Wanted` when the schema objects, and when a part of the section is not known yet.
    """
    header = section.header.place
    if {line.place for line in source.later} & {line.place for line in section.body}:
        text = f"{' '.join(section.words)}: nothing of it is checked, as not all of it is known"
        return None, [Message(place=header, text=text, level="warning")]

    def at(number: int) -> Place:
        # What belongs to no line of the section is said of its header.
        return source.at(number) if number > header.order + 1 else header

    return read_answers_at(answers_text(section), header, at, system)


def read_answers_at(
    text: str, header: Place, at: Callable[[int], Place], system: Os | None = None
) -> tuple[Wanted | None, Sequence[Message]]:
    """Read answers whose lines have the places that `at` gives; what has none is said of `header`."""
    try:
        given = read_given(text)
    except NotTomlError as error:
        return None, [Message(place=at(error.fault.line), text=error.fault.message, hint=error.fault.hint)]
    answers, faults = given.check()
    if answers is None or faults:
        return None, [Message(place=at(fault.line), text=fault.message, hint=fault.hint) for fault in faults]
    places = {key: at(number) for key, number in given.places.items()}
    try:
        packages = load(answers.packages.source)
    except ZeusError as error:
        place = places.get(("packages", "source"), header)
        return None, [Message(place=place, text=error.message, hint=error.hint)]
    wanted = Wanted(answers=answers, places=places, header=header, packages=packages)
    try:
        # No machine to ask: any system that the source serves will do.
        select(answers, packages, system or Os(id=next(iter(packages.kernels), None)))
    except ZeusError as error:
        return wanted, [complaint(error, wanted)]
    return wanted, ()


def complaint(error: ZeusError, wanted: Wanted) -> Message:
    """Give an error at the line of the key with which its message begins."""
    found = _KEY_IN_FRONT.match(error.message)
    keys = re.findall(r"[a-z0-9_]+", found.group()) if found else []
    path: KeyPath = tuple(int(key) if key.isdigit() else key for key in keys)
    return Message(place=wanted.at(path), text=error.message, hint=error.hint)
