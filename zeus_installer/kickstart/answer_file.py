"""An answer file, held against its package source and against a machine: all that is wrong, as for a kickstart."""

from collections.abc import Callable, Iterator
from pathlib import Path

from zeus_installer.checks.disks import choose_disks
from zeus_installer.checks.nics import choose_nics
from zeus_installer.kickstart.context import Wanted
from zeus_installer.kickstart.messages import Message, Place
from zeus_installer.kickstart.wanted import complaint, read_answers_at
from zeus_installer.machine.model import Machine
from zeus_installer.system.errors import ZeusError


def validate_answers(path: Path, text: str, machine: Machine | None) -> tuple[Message, ...]:
    """Give all that there is to say, in the order of the lines."""

    def at(line: int) -> Place:
        return Place(line, str(path), line)

    wanted, said = read_answers_at(text, at(1), at, machine.os if machine else None)
    about_machine = _on(machine, wanted) if machine and wanted else ()
    return tuple(sorted((*said, *about_machine), key=lambda message: message.place))


def _on(machine: Machine, wanted: Wanted) -> Iterator[Message]:
    choices: tuple[Callable[..., object], ...] = (choose_disks, choose_nics)
    for choose in choices:
        try:
            choose(wanted.answers, machine)
        except ZeusError as error:
            yield complaint(error, wanted)
