"""Whether Anaconda's partitions leave space for a storage repository on the same disk."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from zeus_installer.answers.sizes import parse_size_rule
from zeus_installer.checks.disk_safety import MINIMUM_SIZE
from zeus_installer.kickstart.claims import claims, may_be, rule_named
from zeus_installer.kickstart.context import Context, Wanted
from zeus_installer.kickstart.messages import Message
from zeus_installer.storage.layout import MIB
from zeus_installer.storage.text import size_text

_NO_SPACE: Final = 'storage.space = "free-space" finds none for the storage repository'


def check_space(context: Context) -> Iterator[Message]:
    """With `space = "free-space"` the SR lives in what the kickstart's partitioning leaves of a disk with a GPT."""
    wanted = context.wanted
    if wanted is None or not wanted.answers.storage.is_local:
        return
    if wanted.answers.storage.space != "free-space":
        return
    commands = context.commands
    auto, clear = commands.autopart, commands.clearpart
    if auto.seen and _concerns(commands.ignoredisk.onlyuse, commands, wanted):
        text = f"autopart takes all that is free on the disk: {_NO_SPACE}"
        yield context.command(auto.lineno, text, "name partitions of fixed sizes instead: part / --size=32768 …")
    parts = [part for part in commands.partition.partitions if _concerns(_disks_of(part, commands), commands, wanted)]
    greedy = [part for part in parts if part.grow and not part.maxSizeMB]
    for part in greedy:
        text = f"part {part.mountpoint} --grow takes what is left of the disk: {_NO_SPACE}"
        yield context.command(part.lineno, text, "leave --grow out, or bound it with --maxsize")
    if clear.seen and clear.disklabel and clear.disklabel != "gpt":
        text = f"clearpart --disklabel={clear.disklabel}: the storage repository's partition needs a GPT"
        yield context.command(clear.lineno, text, "say --disklabel=gpt")
    if parts and not greedy and not auto.seen:
        yield from _too_much(context, wanted, parts)


def _too_much(context: Context, wanted: Wanted, parts: Sequence[Any]) -> Iterator[Message]:
    size = _size(wanted)
    taken = sum((part.maxSizeMB if part.grow else part.size) or 0 for part in parts) * MIB
    if size is not None and taken + MINIMUM_SIZE > size:
        text = f"the partitions take {size_text(taken)} of a disk of {size_text(size)}: {_NO_SPACE}"
        yield context.command(parts[-1].lineno, text, f"leave {size_text(MINIMUM_SIZE)} or more")


def _disks_of(part: Any, commands: Any) -> Sequence[str]:  # noqa: ANN401 - pykickstart has no types
    return [part.disk] if part.disk else list(commands.ignoredisk.onlyuse)


def _concerns(names: Sequence[str], commands: Any, wanted: Wanted) -> bool:  # noqa: ANN401 - pykickstart has no types
    """Whether one of the disks is the one whose free space is wanted; no name means that any can be.

    Where nobody can tell: the only disk that the kickstart names is it, as free space is what Anaconda leaves.
    """
    if not names or any(rule_named(name, wanted) is not None for name in names):
        return True
    alone = len({claim.name for claim in claims(commands)}) == 1
    return alone and any(may_be(name, wanted) for name in names)


def _size(wanted: Wanted) -> int | None:
    """Give how large the disk is at most, where the machine or a rule tells."""
    if wanted.disks:
        return wanted.disks[0].size
    bounds = [
        parse_size_rule(rule.match.size) for rule in wanted.answers.storage.disks if rule.match and rule.match.size
    ]
    known = [int(bound.bytes) for bound in bounds if bound and bound.comparison in {"<", "<=", "=", ""}]
    return min(known, default=None)
