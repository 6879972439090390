"""What the steps are made from: everything that was asked, seen and chosen, before a plan exists."""

from dataclasses import dataclass

from zeus_installer.answers.model import Answers
from zeus_installer.machine.model import Disk, Machine, Nic
from zeus_installer.sources.model import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The UUIDs that a host keeps for life: its own, and that of its control domain."""

    host: str
    dom0: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """The answers, the machine, and what was chosen on it: the SR's disks and the NICs of the management network."""

    answers: Answers
    machine: Machine
    source: Source
    disks: tuple[Disk, ...]
    nics: tuple[Nic, ...]
    identity: Identity
