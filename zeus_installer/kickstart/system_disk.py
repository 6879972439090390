"""The disk of dom0 in an installation that does not ask: one, by a rule like those of `storage.disks`."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from zeus_installer.answers.builder import Builder
from zeus_installer.answers.model import Answers, DiskRule, Storage
from zeus_installer.checks.disks import choose_disks
from zeus_installer.kickstart.consent import HOW_TO_CONSENT
from zeus_installer.machine.model import Disk, Machine
from zeus_installer.storage.text import contents, disk_name
from zeus_installer.system.errors import RefusedError, UsageError

_KEY: Final = "storage.disks[0]"
_LIKE: Final = '{ serial = "S3Z8NB0K" } or { match = { size = "<=130G", rotational = false } }'


def parse_rule(text: str) -> DiskRule:
    """Read a rule as a TOML file would have it (`{ serial = "…" }`); what is no rule is a `UsageError`."""
    try:
        data = tomllib.loads(f"rule = {text}\n")
    except tomllib.TOMLDecodeError as error:
        raise UsageError("kickstart.disk", f"dom0's disk: {text} is no rule: {error}", hint=f"write {_LIKE}") from error
    rule = data.get("rule")
    if not isinstance(rule, dict) or len(data) != 1:
        raise UsageError("kickstart.disk", f"dom0's disk: {text} is no rule", hint=f"write {_LIKE}")
    builder = Builder()
    built = builder.table(DiskRule, rule, ("rule",))
    if builder.problems or built.count != 1:
        why = "; ".join(problem.message for problem in builder.problems) or "it asks for more than one disk"
        raise UsageError("kickstart.disk", f"dom0's disk: {text}: {why}", hint=f"write {_LIKE}")
    return built


def choose_system_disk(rule: DiskRule, answers: Answers, machine: Machine, *, consent: bool) -> Disk:
    """Choose dom0's disk: empty, unless there is consent, and not one that `storage.disks` names."""
    others = tuple(disk for disk in machine.disks if disk not in _sr_disks(answers, machine))
    # An SR cares about the size of sectors, and dom0 does not.
    plain = tuple(replace(disk, logical_sector=512) for disk in others)
    wanted = Answers(storage=Storage(disks=(rule,), wipe="listed-disks" if consent else "only-if-empty"))
    try:
        (chosen,) = choose_disks(wanted, replace(machine, disks=plain))
    except UsageError as error:
        hint = HOW_TO_CONSENT if "listed-disks" in error.hint else "change the rule for dom0's disk in the kickstart"
        message = error.message.replace(_KEY, "the rule for dom0's disk", 1)
        raise RefusedError("kickstart.disk", message, hint=hint) from error
    return next(disk for disk in others if disk.name == chosen.name)


def check_beside(disk: Disk, answers: Answers, machine: Machine) -> Sequence[Disk]:
    """Give the storage repository's disks when dom0 takes `disk`. Rules that then do not fit are a `UsageError`."""
    if answers.storage.space == "free-space":
        return ()
    disks = tuple(replace(one, claimed=True) if one.name == disk.name else one for one in machine.disks)
    return choose_disks(answers, replace(machine, disks=disks))


def disk_commands(disk: Disk) -> str:
    """Give the kickstart commands that clear this disk for dom0 and keep Anaconda off every other."""
    return (
        f"# dom0: {disk_name(disk)}; on it: {contents(disk)}\n"
        f"ignoredisk --only-use={disk.name}\n"
        "zerombr\n"
        f"clearpart --all --initlabel --disklabel=gpt --drives={disk.name}\n"
    )


def _sr_disks(answers: Answers, machine: Machine) -> Sequence[Disk]:
    """Give the disks that the answers name for the storage repository alone."""
    if not answers.storage.disks or answers.storage.space == "free-space":
        return ()
    return choose_disks(answers, machine)
