"""A kickstart on a machine that is known: which disk becomes dom0's, and whether the rules of the answers then fit."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from zeus_installer.answers.model import Answers, DiskRule
from zeus_installer.checks.disks import choose_disks
from zeus_installer.checks.nics import choose_nics
from zeus_installer.kickstart.claims import claims, names_disk
from zeus_installer.kickstart.consent import HOW_TO_CONSENT
from zeus_installer.kickstart.context import Wanted
from zeus_installer.kickstart.messages import Message, Place
from zeus_installer.kickstart.system_disk import choose_system_disk
from zeus_installer.kickstart.wanted import complaint
from zeus_installer.machine.model import Disk, Machine, Use
from zeus_installer.storage.text import contents, disk_name
from zeus_installer.system.errors import RefusedError, UsageError, ZeusError

# pykickstart/constants.py (CLEARPART_TYPE_ALL)
_ALL: Final = 1


@dataclass(frozen=True, slots=True)
class SystemRule:
    """The rule for dom0's disk, and where it stands."""

    place: Place
    rule: DiskRule


def in_installer(machine: Machine) -> Machine:
    """Give a machine as an installer finds it: what is on its disks lies still, and no system runs from them."""
    return replace(machine, disks=tuple(_at_rest(disk) for disk in machine.disks))


def dom0_disk(rule: SystemRule, answers: Answers | None, machine: Machine) -> tuple[Disk | None, Sequence[Message]]:
    """Choose dom0's disk as `zeus_prepare` would; what is on it is a warning, as it takes consent."""
    answers = answers or Answers()
    refusal = None
    for consent in (False, True):
        try:
            disk = choose_system_disk(rule.rule, answers, machine, consent=consent)
        except RefusedError as error:
            refusal = error
        except UsageError:  # storage.disks does not fit: that is said of it
            return None, ()
        else:
            text = f"dom0's disk will be {disk_name(disk)}, which is not empty; on it: {contents(disk)}"
            said = Message(place=rule.place, text=text, hint=HOW_TO_CONSENT, level="warning")
            return disk, [said] if consent else ()
    return None, [Message(place=rule.place, text=str(refusal.message), hint=refusal.hint)] if refusal else ()


def choose(wanted: Wanted, machine: Machine, commands: Any, dom0: Disk | None) -> tuple[Wanted, Sequence[Message]]:  # noqa: ANN401 - pykickstart has no types
    """Choose what the answers name on the machine as the kickstart will leave it."""
    said = []
    try:
        disks = _disks(wanted.answers, machine, commands, dom0)
    except ZeusError as error:
        disks = ()
        said.append(complaint(error, wanted))
    try:
        choose_nics(wanted.answers, machine)
    except ZeusError as error:
        said.append(complaint(error, wanted))
    return replace(wanted, disks=disks), said


def _disks(answers: Answers, machine: Machine, commands: Any, dom0: Disk | None) -> Sequence[Disk]:  # noqa: ANN401
    mine = {disk.name for disk in _of_anaconda(machine, commands, dom0)}
    if answers.storage.space == "free-space":
        if not mine:  # somebody will be asked what becomes of the disks
            return ()
        left = (_partitioned(disk, commands, dom0) if disk.name in mine else disk for disk in machine.disks)
        return choose_disks(answers, replace(machine, disks=tuple(left)))
    if answers.storage.disks:  # held against all disks, so that one which both claim is found
        return choose_disks(answers, machine)
    free = (replace(disk, claimed=disk.name in mine) for disk in machine.disks)
    return choose_disks(answers, replace(machine, disks=tuple(free)))


def _of_anaconda(machine: Machine, commands: Any, dom0: Disk | None) -> Iterator[Disk]:  # noqa: ANN401
    """Give the disks that Anaconda will put the system on, as far as can be told."""
    if dom0 is not None:
        yield dom0
        return
    names = [claim.name for claim in claims(commands)]
    partitions = commands.autopart.seen or commands.partition.partitions
    for disk in machine.disks:
        if any(names_disk(name, disk) for name in names) or (partitions and len(machine.disks) == 1):
            yield disk


def _partitioned(disk: Disk, commands: Any, dom0: Disk | None) -> Disk:  # noqa: ANN401 - pykickstart has no types
    """Give a disk of Anaconda's before it makes its partitions; what these leave is for the sums of sizes to tell."""
    clear = commands.clearpart
    named = not clear.drives or any(names_disk(name, disk) for name in clear.drives)
    if dom0 is not None or disk.empty or (clear.seen and clear.type == _ALL and named):
        disk = replace(disk, table="gpt", partitions=(), uses=(), examined=True)
    return replace(disk, system=True)


def _at_rest(disk: Disk) -> Disk:
    partitions = tuple(replace(part, uses=_still(part.uses)) for part in disk.partitions)
    return replace(disk, system=False, claimed=False, uses=_still(disk.uses), partitions=partitions)


def _still(uses: Sequence[Use]) -> tuple[Use, ...]:
    return tuple(replace(use, active=False) for use in uses if use.kind != "mount")
