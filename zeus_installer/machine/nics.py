"""The physical network interfaces."""

import re

from zeus_installer.machine.model import Nic
from zeus_installer.machine.tree import Tree
from zeus_installer.machine.udev import read_record

_NET = "sys/class/net"
_INFINIBAND = 32  # ARPHRD_INFINIBAND; Ethernet and wireless are both 1
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5,19}")
_BONDED = re.compile(r"Slave Interface: (\S+)$.*?^Permanent HW addr: (\S+)$", re.MULTILINE | re.DOTALL)
_FUNCTION = re.compile(r"/((?:[0-9a-f]{4,}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-7])(?=/)")
_PERMANENT = 0  # NET_ADDR_PERM of addr_assign_type


def probe_nics(tree: Tree, *, addresses: dict[str, tuple[str, ...]], permanent: dict[str, str]) -> tuple[Nic, ...]:
    """Give the interfaces that have a device; `permanent` are the MAC addresses that the drivers tell."""
    bonded = _bonded(tree)
    names = (
        name for name in tree.names(_NET, fact="nics") if tree.exists(f"{_NET}/{name}/device") or _is_linked(tree, name)
    )
    return tuple(_nic(tree, name, addresses.get(name, ()), permanent.get(name) or bonded.get(name)) for name in names)


def _nic(tree: Tree, name: str, addresses: tuple[str, ...], permanent: str | None) -> Nic:
    where = f"{_NET}/{name}"
    speed = tree.number(f"{where}/speed")
    device = tree.real(f"{where}/device")
    return Nic(
        name=name,
        mac=permanent or _mac(tree, name),
        driver=_driver(tree, device),
        speed=speed if speed is not None and 0 < speed < 0xFFFFFFFF else None,
        carrier=_carrier(tree, where),
        addresses=addresses,
        bus=_bus(device),
        kind=_kind(tree, where),
    )


def _is_linked(tree: Tree, name: str) -> bool:
    """Whether the interface's own place is below a device, where a recording lost what its `device` link points to."""
    place = tree.real(f"{_NET}/{name}")
    return "/net/" in place and "/virtual/" not in place and place.startswith("sys/devices/")


def _mac(tree: Tree, name: str) -> str | None:
    """Give the permanent address as udev saw it, or the current one when nobody says that it was changed."""
    where = f"{_NET}/{name}"
    record = read_record(tree, "n", tree.line(f"{where}/ifindex"))
    named = re.fullmatch(r"[a-z]{2}x([0-9a-f]{12})", (record.get("ID_NET_NAME_MAC") or "") if record else "")
    if named:
        return ":".join(re.findall("..", named[1]))
    address = (tree.line(f"{where}/address", fact=f"nics.{name}.mac") or "").lower()
    if tree.number(f"{where}/addr_assign_type") not in (_PERMANENT, None):
        tree.note(f"nics.{name}.mac", "the driver's permanent address is not known, only the one that is set now")
    return address if _MAC.fullmatch(address) else None


def _carrier(tree: Tree, where: str) -> bool | None:
    # Reading `carrier` of an interface that is down is an error (EINVAL): then nobody knows whether a cable is in.
    carrier = tree.flag(f"{where}/carrier")
    return {"up": True}.get(tree.line(f"{where}/operstate") or "") if carrier is None else carrier


def _driver(tree: Tree, device: str) -> str | None:
    real = tree.real(f"{device}/driver")
    uevent = re.search(r"^DRIVER=(\S+)$", tree.text(f"{device}/uevent") or "", re.MULTILINE)
    return uevent[1] if uevent else real.rpartition("/")[2] if real != f"{device}/driver" else None


def _bus(device: str) -> str | None:
    functions = _FUNCTION.findall(f"/{device}/")
    return functions[-1] if functions else device.rpartition("/")[2] if device.startswith("sys/devices/") else None


def _kind(tree: Tree, where: str) -> str:
    if tree.exists(f"{where}/wireless") or tree.exists(f"{where}/phy80211"):
        return "wireless"
    return "infiniband" if tree.number(f"{where}/type") == _INFINIBAND else "ethernet"


def _bonded(tree: Tree) -> dict[str, str]:
    """Give the permanent addresses of what is in a bond, where all members show the same one."""
    texts = (tree.text(f"proc/net/bonding/{bond}") or "" for bond in tree.names("proc/net/bonding"))
    return {name: mac.lower() for text in texts for name, mac in _BONDED.findall(text) if _MAC.fullmatch(mac.lower())}
