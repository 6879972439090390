"""Whether a finished Zeus host is on a disk already: one that starts from the network each time stays as it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from zeus_installer.engine.journal import Entry, Mark, parse_entries
from zeus_installer.engine.trial import is_committed
from zeus_installer.machine.model import Disk
from zeus_installer.machine.tree import Tree
from zeus_installer.storage.looking import READABLE, looking_into
from zeus_installer.storage.text import disk_name
from zeus_installer.system.errors import RefusedError, ZeusError
from zeus_installer.system.secrets import redact
from zeus_installer.system.target import Target

WORD: Final = "zeus.reinstall"
_HINT: Final = f"let the machine start from its disk; or give {WORD} on the kernel command line to install it again"
# Where / is on a file system of its own, in Fedora's and openSUSE's btrfs subvolumes; where /var is, it is that.
_ROOTS: Final = ("", "root/", "@/")
_STATES: Final = (*(f"{root}var/lib/zeus" for root in _ROOTS), "lib/zeus")


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A finished host: the partition that it was found on, its name if it is known, and when it was finished."""

    partition: str
    hostname: str | None
    time: str


def refuse_finished(disk: Disk, target: Target) -> Iterator[str]:
    """Refuse a disk with a finished host, unless the kernel command line has the word. Tells what was seen of it."""
    wanted = WORD in (target.read("/proc/cmdline") or "").split()
    for partition in disk.partitions:
        kind = next((use.name for use in partition.uses if use.kind == "filesystem" and use.name in READABLE), None)
        if kind is None:
            continue
        try:
            with looking_into(partition.path, kind) as tree:
                host = host_on(tree, partition.path)
        except ZeusError as error:
            yield redact(f"{error.message}; whether it is a Zeus host is not known")
            continue
        if host is not None and not wanted:
            raise RefusedError("kickstart.finished", f"{disk_name(disk)}: {_words(host)}", hint=_HINT)
        if host is not None:
            yield f"{_words(host)}: it is replaced, as {WORD} says"


def host_on(tree: Tree, partition: str) -> Host | None:
    """Give the finished host whose / or /var is in the tree: it has a plan, and its journal says committed."""
    for state in _STATES:
        text = tree.text(f"{state}/journal.jsonl")
        if text is None or not tree.exists(f"{state}/plan.json"):
            continue
        entries = tuple(parse_entries(text.splitlines()))
        if is_committed(entries):
            name = tree.line(f"{state.removesuffix('var/lib/zeus')}etc/hostname")
            return Host(partition=partition, hostname=name, time=_committed(entries))
    return None


def _committed(entries: tuple[Entry, ...]) -> str:
    return next(entry.time for entry in reversed(entries) if entry.mark is Mark.COMMITTED)


def _words(host: Host) -> str:
    return f"{host.partition} has a finished Zeus host, {host.hostname or 'without a name'}, of {host.time}"
