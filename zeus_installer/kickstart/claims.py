"""How a kickstart names disks, and whether such a name is the disk that a rule of `storage.disks` names."""

import fnmatch
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from zeus_installer.answers.model import DiskRule
from zeus_installer.checks.disk_rules import plain_wwn
from zeus_installer.kickstart.context import Wanted
from zeus_installer.machine.model import Disk


@dataclass(frozen=True, slots=True)
class Claim:
    """A disk that a command names: the command's line, how it reads, the name without `/dev/` (may be a pattern)."""

    number: int
    command: str
    name: str


def claims(commands: Any) -> Iterator[Claim]:  # noqa: ANN401 - pykickstart has no types
    """Give every disk that the kickstart names for Anaconda."""
    for name in commands.ignoredisk.onlyuse:
        yield Claim(commands.ignoredisk.lineno, f"ignoredisk --only-use={name}", _plain(name))
    for name in commands.clearpart.drives:
        yield Claim(commands.clearpart.lineno, f"clearpart --drives={name}", _plain(name))
    for part in commands.partition.partitions:
        if part.disk:
            yield Claim(part.lineno, f"part {part.mountpoint} --ondisk={part.disk}", _plain(part.disk))
        if part.onPart:
            yield Claim(part.lineno, f"part {part.mountpoint} --onpart={part.onPart}", _disk_of(_plain(part.onPart)))
    if commands.bootloader.bootDrive:
        name = commands.bootloader.bootDrive
        yield Claim(commands.bootloader.lineno, f"bootloader --boot-drive={name}", _plain(name))


def rule_named(name: str, wanted: Wanted) -> int | None:
    """Give which rule of `storage.disks` names the disk of that name; None: none does, as far as can be told."""
    for index, disk in enumerate(wanted.disks):
        if names_disk(name, disk):
            return index
    return next((index for index, rule in enumerate(wanted.answers.storage.disks) if _names(rule, _plain(name))), None)


def may_be(name: str, wanted: Wanted) -> bool:
    """Whether the disk of that name may be one that `storage.disks` names: it is, or nobody can tell."""
    if rule_named(name, wanted) is not None:
        return True
    rules = wanted.answers.storage.disks
    return not wanted.disks and not (rules and all(_comparable(rule, _plain(name)) for rule in rules))


def names_disk(name: str, disk: Disk) -> bool:
    """Whether a name of a kickstart, which may be a pattern, names the disk."""
    return any(fnmatch.fnmatchcase(_plain(known), _plain(name)) for known in (disk.name, disk.path, *disk.links))


def _names(rule: DiskRule, name: str) -> bool:
    link = name.rpartition("/")[2]
    if rule.path is not None:
        return fnmatch.fnmatchcase(_plain(rule.path), name)
    if not name.startswith("disk/by-id/"):
        return False
    if rule.serial is not None:
        # udev's links end with the serial number, blanks made underscores (60-persistent-storage.rules).
        return link.endswith(f"_{rule.serial.strip().replace(' ', '_')}")
    return rule.wwn is not None and plain_wwn(link.removeprefix("nvme-")) == plain_wwn(rule.wwn)


def _comparable(rule: DiskRule, name: str) -> bool:
    """Whether rule and name are of one kind: of a name of the kernel, or a rule by properties, nobody can tell."""
    if not name.startswith("disk/by-id/") or rule.match is not None:
        return False
    by_wwn = name.removeprefix("disk/by-id/").startswith(("wwn-", "nvme-eui.", "nvme-uuid."))
    if rule.path is not None:
        return rule.path.rpartition("/")[2].partition("-")[0] == name.rpartition("/")[2].partition("-")[0]
    return by_wwn == (rule.wwn is not None)


def _disk_of(partition: str) -> str:
    """Give the name of the disk that a partition is on, as the kernel and udev name them."""
    return re.sub(r"-part\d+$|(?<=\d)p\d+$|(?<=[a-z])\d+$", "", partition)


def _plain(name: str) -> str:
    return name.removeprefix("/dev/")
