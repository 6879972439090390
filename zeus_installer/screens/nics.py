"""The NICs of the machine as they can be picked, with their links as they are now."""

from collections.abc import Sequence
from pathlib import Path

from zeus_installer.machine.model import Nic
from zeus_installer.screens.desk import Desk
from zeus_installer.screens.form import Row


def has_link(nic: Nic, desk: Desk) -> bool | None:
    """Tell whether a NIC has a link: now, on this machine; as it was recorded on another one."""
    if desk.machine_file is not None:
        return nic.carrier
    try:
        return Path(f"/sys/class/net/{nic.name}/carrier").read_text().strip() == "1"
    except OSError:
        return nic.carrier and None  # it is down: nobody knows


def nic_rows(desk: Desk, *, plain: bool) -> Sequence[Row]:
    """Give the NICs; `plain`: to be the interface, else to be a member of a bond."""
    nics = desk.machine.nics if desk.machine else ()
    words = {True: "link", False: "NO LINK", None: "down"}
    return [
        Row(
            key=nic.mac or nic.name,
            cells=(
                nic.name,
                nic.mac or "-",
                nic.driver or "-",
                f"{nic.speed} Mb/s" if nic.speed else "-",
                words[has_link(nic, desk)],
            ),
            more=" ".join(nic.addresses),
            value={"mac": nic.mac} if plain else nic.mac,
            why_not="has no MAC address" if not nic.mac else "is no Ethernet NIC" if nic.kind != "ethernet" else "",
        )
        for nic in nics
    ]


def first_with_link(desk: Desk) -> Sequence[str]:
    """Give the first NIC that had a link when the machine was probed."""
    rows = [row.key for row in nic_rows(desk, plain=True) if not row.why_not]
    linked = [nic.mac for nic in (desk.machine.nics if desk.machine else ()) if nic.carrier and nic.mac in rows]
    return [mac for mac in linked[:1] if mac]
