"""Which machine this is: what its firmware and its NICs say, as files in sysfs tell it. Pure reading."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from zeus_installer.machine.firmware import dmi
from zeus_installer.machine.tree import Tree

_NET: Final = "sys/class/net"
_MAC: Final = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5}")
_NOTHING: Final = "00:00:00:00:00:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What tells a machine from others. `macs` are of the NICs that are hardware, in the order of their names.

    What the firmware leaves empty, or fills with a placeholder that many boards have, is None.
    """

    serial: str | None = None
    uuid: str | None = None
    product: str | None = None
    manufacturer: str | None = None
    macs: tuple[str, ...] = ()


def read_identity(tree: Tree) -> Identity:
    """Read it below the tree's root. DMI's serial number and UUID are for root only."""
    return Identity(
        serial=dmi(tree, "product_serial"),
        uuid=dmi(tree, "product_uuid"),
        product=dmi(tree, "product_name"),
        manufacturer=dmi(tree, "sys_vendor"),
        macs=tuple(dict.fromkeys(_macs(tree))),
    )


def _macs(tree: Tree) -> Iterator[str]:
    for name in tree.names(_NET):
        # A NIC that is hardware has a device behind it.
        address = (tree.line(f"{_NET}/{name}/address") or "").lower()
        if tree.exists(f"{_NET}/{name}/device") and _MAC.fullmatch(address) and address != _NOTHING:
            yield address
