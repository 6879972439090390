"""The answers that the spokes set, each as one line of text: its key, how it is shown, and how it is read. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from zeus_installer.addon.wishes import Key
from zeus_installer.answers.model import Answers
from zeus_installer.checks.disk_rules import rule_for
from zeus_installer.machine.model import Machine


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One of them. `parse` gives what the answers take for the text; None is what they have by default."""

    key: Key
    get: Callable[[Answers], str]
    parse: Callable[[str, Machine | None], object]


def _plain(text: str, _machine: Machine | None) -> object:
    return text or None


def _disk(answers: Answers) -> str:
    rules = answers.storage.disks
    return (rules[0].serial or rules[0].wwn or rules[0].path or "") if len(rules) == 1 else ""


def _disk_rule(text: str, machine: Machine | None) -> object:
    if not text:
        return None
    disks = machine.disks if machine else ()
    rules = [rule for disk in disks if (rule := rule_for(disk, disks)) and text in rule.values()]
    if rules:
        return [rules[0]]
    return [{"path": text}] if text.startswith("/") else [{"serial": text}]


def _nic(answers: Answers) -> str:
    rule = answers.network.management.nic
    return (rule.mac or "") if rule else ""


def _nic_rule(text: str, _machine: Machine | None) -> object:
    return {"mac": text} if text else None


def _memory(text: str, _machine: Machine | None) -> object:
    return int(text) if text.isascii() and text.isdigit() else text or None


VALUES: Final[Mapping[str, Value]] = {
    "Disk": Value(key=("storage", "disks"), get=_disk, parse=_disk_rule),
    "Nic": Value(key=("network", "management", "nic"), get=_nic, parse=_nic_rule),
    "SrType": Value(key=("storage", "sr_type"), get=lambda answers: answers.storage.sr_type, parse=_plain),
    "Space": Value(key=("storage", "space"), get=lambda answers: answers.storage.space, parse=_plain),
    "Wipe": Value(key=("storage", "wipe"), get=lambda answers: answers.storage.wipe, parse=_plain),
    "Dom0Memory": Value(key=("boot", "dom0_memory"), get=lambda answers: str(answers.boot.dom0_memory), parse=_memory),
}
