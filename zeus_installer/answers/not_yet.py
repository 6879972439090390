"""What the answers can ask for and this version of Zeus does not carry out. It is refused, never ignored.

Whoever makes one of them work takes its line away.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from zeus_installer.answers.model import DiskRule


@dataclass(frozen=True, slots=True)
class NotYet:
    """A key (`storage.raid`), which of its values are not carried out, their name for people, what to do instead."""

    key: str
    asks: Callable[[Any], bool]
    what: str
    instead: str


def _set(value: object) -> bool:
    return value not in (None, ())


def _several(disks: Sequence[DiskRule]) -> bool:
    return sum(disk.count for disk in disks) > 1


NOT_YET: Sequence[NotYet] = (
    NotYet("storage.sr_type", lambda kind: kind == "nfs", "an NFS storage repository", 'choose "ext", "lvm" or "none"'),
    NotYet("storage.disks", _several, "more than one disk", "name one; more SRs can be made later with `xe sr-create`"),
    NotYet("storage.raid", lambda raid: raid != "none", "software RAID", "leave raid out"),
    NotYet("network.management.nic.bond", _set, "a bond of NICs", "name one NIC with mac"),
    NotYet("network.management.nic.count", lambda count: count > 1, "more than one NIC", "let match find one NIC"),
    NotYet("network.management.ipv6", lambda ipv6: ipv6 != "none", "IPv6 management", 'say ipv6 = "none"'),
    NotYet("network.management.vlan", _set, "management on a VLAN", "let the switch untag the management network"),
    NotYet("network.management.ntp", _set, "setting time servers", "leave ntp out: the system keeps those that it has"),
)

# Tables that a later version will have: more than a word that nobody knows.
LATER_TABLES: Mapping[str, str] = {
    "pool": "joining a pool",
}
