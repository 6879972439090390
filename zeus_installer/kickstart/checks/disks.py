"""Disks that both Anaconda and Zeus would take."""

from collections.abc import Iterator
from typing import Any, Final

from zeus_installer.kickstart.claims import claims, may_be, rule_named
from zeus_installer.kickstart.context import Context, Wanted
from zeus_installer.kickstart.messages import Message

# pykickstart/constants.py (CLEARPART_TYPE_LINUX, CLEARPART_TYPE_ALL)
_CLEARS: Final = {0: "clearpart --linux", 1: "clearpart --all"}


def check_disks(context: Context) -> Iterator[Message]:
    """A disk of the storage repository is Zeus's alone; Anaconda is told so by `ignoredisk`."""
    wanted = context.wanted
    if wanted is None or not wanted.answers.storage.is_local:
        return
    yield from _consent(context, wanted)
    if wanted.answers.storage.space != "whole-disk":
        return
    both = [(claim, rule_named(claim.name, wanted)) for claim in claims(context.commands)]
    for claim, index in both:
        if index is not None:
            key = f"storage.disks[{index}]" if wanted.answers.storage.disks else "storage.disks"
            yield context.command(
                claim.number,
                f"{claim.command}: {key} wants that disk whole",
                f"keep Anaconda off it, or name another disk in {key}",
            )
    if context.knows("disks") and not any(index is not None for _, index in both):
        yield from _unrestricted(context, wanted)


def _unrestricted(context: Context, wanted: Wanted) -> Iterator[Message]:
    commands = context.commands
    kept_off = [name for name in commands.ignoredisk.ignoredisk if may_be(name, wanted)]
    greedy = next(_greedy(commands), None)
    if greedy and not commands.ignoredisk.onlyuse and not kept_off:
        number, command = greedy
        yield context.command(
            number,
            f"{command}: nothing keeps Anaconda off the disk of the storage repository",
            "say which disk is Anaconda's: ignoredisk --only-use=DISK",
        )


def _greedy(commands: Any) -> Iterator[tuple[int, str]]:  # noqa: ANN401 - pykickstart has no types
    """Give the commands that partition: with them, and no ignoredisk, Anaconda selects every disk.

    Source: pyanaconda/ui/lib/storage.py, select_default_disks.
    """
    clear = commands.clearpart
    if clear.seen and clear.type in _CLEARS and not clear.drives:
        yield clear.lineno, _CLEARS[clear.type]
    if commands.autopart.seen:
        yield commands.autopart.lineno, "autopart"
    for part in commands.partition.partitions:
        yield part.lineno, f"part {part.mountpoint}"


def _consent(context: Context, wanted: Wanted) -> Iterator[Message]:
    if wanted.answers.storage.wipe == "listed-disks" and not context.asks:
        yield Message(
            place=context.key("storage", "wipe"),
            text='storage.wipe = "listed-disks" needs somebody\'s consent',
            hint="start the installer with zeus.unattended on the kernel command line",
            level="warning",
        )
