"""The disks and NICs of a machine as an operator can pick them. Pure."""

from dataclasses import dataclass, replace

from zeus_installer.answers.model import Storage
from zeus_installer.checks.disk_rules import rule_for
from zeus_installer.checks.disk_safety import why_unusable
from zeus_installer.machine.model import Machine
from zeus_installer.storage.text import contents, disk_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One of them. `value` names it in the answers; `reason` says why it cannot be picked, or is empty."""

    value: str
    title: str
    reason: str = ""


def disk_choices(machine: Machine, storage: Storage) -> tuple[Choice, ...]:
    """Give the disks as `storage` would use them; that something is on one is no reason: it is asked for later."""
    if storage.space == "whole-disk":
        storage = replace(storage, wipe="listed-disks")
    choices = []
    for disk in machine.disks:
        rule = rule_for(disk, machine.disks)
        unnamed = "" if rule else "has no serial number, WWN or stable link by which to name it"
        choices.append(
            Choice(
                value=next(iter(rule.values())) if rule else disk.path,
                title=f"{disk_name(disk)}: {contents(disk)}",
                reason=why_unusable(disk, machine.disks, storage) or unnamed,
            )
        )
    return tuple(choices)


def nic_choices(machine: Machine) -> tuple[Choice, ...]:
    """Give the NICs."""
    link = {True: "link", False: "no link", None: "link not known"}
    return tuple(
        Choice(
            value=nic.mac or nic.name,
            title=f"{nic.name}, {nic.mac or 'no MAC'}, {nic.driver or 'no driver'}, {link[nic.carrier]}",
            reason="" if nic.mac else "MAC address not known",
        )
        for nic in machine.nics
    )
