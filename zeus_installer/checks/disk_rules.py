"""One rule of `storage.disks` against one disk."""

from collections.abc import Sequence
from typing import Final

from zeus_installer.answers.model import DiskMatch, DiskRule
from zeus_installer.answers.sizes import parse_size_rule
from zeus_installer.machine.model import Disk
from zeus_installer.storage.text import size_text

NOT_EMPTY: Final = "is not empty"
NOT_EXAMINED: Final = "what is on it is not known"
_WWN_PREFIXES: Final = ("wwn-", "naa.", "eui.", "0x")


def why_unmatched(rule: DiskRule, disk: Disk) -> str | None:
    """Tell which condition of `rule` the disk does not meet, or None when it meets all."""
    if rule.serial is not None:
        return None if disk.serial == rule.serial.strip() else "has another serial number"
    if rule.wwn is not None:
        return None if disk.wwn and plain_wwn(disk.wwn) == plain_wwn(rule.wwn) else "has another WWN"
    if rule.path is not None:
        return None if rule.path in (disk.path, *disk.links) else "has another path"
    return _why_unlike(rule.match or DiskMatch(), disk)


def rule_for(disk: Disk, disks: Sequence[Disk]) -> dict[str, str] | None:
    """Give the rule that names `disk`, one of `disks`, by what stays when its kernel name changes; None: nothing does.

    It is a serial number or a WWN that no other disk has, or a stable link.
    """
    if disk.serial and [other.serial for other in disks].count(disk.serial) == 1:
        return {"serial": disk.serial}
    if disk.wwn and [other.wwn for other in disks].count(disk.wwn) == 1:
        return {"wwn": disk.wwn}
    return {"path": disk.links[0]} if disk.links else None


def plain_wwn(wwn: str) -> str:
    """Strip a WWN of the prefixes that the kernel, udev and labels write it with."""
    text = wwn.strip().lower()
    for prefix in _WWN_PREFIXES:
        text = text.removeprefix(prefix)
    return text


def _why_unlike(match: DiskMatch, disk: Disk) -> str | None:
    if match.model is not None and match.model.lower() not in (disk.model or "").lower():
        return f"its model is not like {match.model!r}"
    if match.rotational is not None and disk.rotational is not match.rotational:
        return "is not rotational" if match.rotational else "is rotational"
    if match.transport is not None and disk.transport != match.transport:
        return f"is not connected by {match.transport}"
    if match.size is not None:
        size = parse_size_rule(match.size)
        if size is None or not size.holds(disk.size):
            return f"its size is {size_text(disk.size)}, not {match.size}"
    if match.empty is True:
        return why_not_empty(disk)
    if match.empty is False and disk.empty:
        return "is empty"
    return None


def why_not_empty(disk: Disk) -> str | None:
    """Tell why a disk cannot be called empty, or None when it is."""
    if disk.empty:
        return None
    return NOT_EMPTY if disk.examined else NOT_EXAMINED
