"""What only the running system can be asked, beyond its files: drivers, blkid, iproute2, Xen's toolstack.

Asking changes nothing.
"""

import array
import fcntl
import json
import os
import shutil
import socket
import struct
from pathlib import Path

from zeus_installer.machine.tree import Tree
from zeus_installer.system.errors import ZeusError
from zeus_installer.system.run import run

_SIOCETHTOOL = 0x8946  # linux/sockios.h
_ETHTOOL_GPERMADDR = 0x20  # linux/ethtool.h
_LONGEST_ADDRESS = 32
_BLKID_NOTHING = 2
_SECONDS = 10


def ask_blkid(name: str) -> dict[str, str] | None:
    """Give udev's properties of a device, by blkid's own look at it; None when it cannot be looked at."""
    node = Path(f"/dev/{name.replace('!', '/')}")
    if os.geteuid() != 0 or not node.is_block_device():
        return None
    try:
        found = run(["blkid", "-p", "-o", "udev", node], ok=(0, _BLKID_NOTHING), timeout=_SECONDS)
    except ZeusError:
        return None
    pairs = (line.partition("=") for line in found.stdout.splitlines())
    return {key: value for key, _, value in pairs}


def ask_xen() -> dict[str, str]:
    """Give what `xl info` says, by its own names; nothing when there is no toolstack to ask."""
    if shutil.which("xl") is None or os.geteuid() != 0:
        return {}
    try:
        lines = run(["xl", "info"], timeout=_SECONDS).stdout.splitlines()
    except ZeusError:
        return {}
    pairs = (line.partition(":") for line in lines)
    return {key.strip(): value.strip() for key, _, value in pairs}


def ask_addresses() -> dict[str, tuple[str, ...]] | None:
    """Give the addresses with their prefix length, by interface; None when iproute2 does not tell."""
    try:
        interfaces = json.loads(run(["ip", "-json", "address"], timeout=_SECONDS).stdout)
        return {interface["ifname"]: _addresses(interface["addr_info"]) for interface in interfaces}
    except (ZeusError, ValueError, KeyError, TypeError):
        return None


def ask_permanent_addresses(tree: Tree) -> dict[str, str]:
    """Ask the drivers for the MAC addresses that the hardware came with."""
    names = [name for name in tree.names("sys/class/net") if tree.exists(f"sys/class/net/{name}/device")]
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        return {name: mac for name in names if (mac := _permanent_address(control.fileno(), name))}


def _addresses(infos: list[dict[str, object]]) -> tuple[str, ...]:
    return tuple(f"{info['local']}/{info['prefixlen']}" for info in infos if info["family"] in ("inet", "inet6"))


def _permanent_address(control: int, name: str) -> str | None:
    """Call ETHTOOL_GPERMADDR: struct ethtool_perm_addr is command, length, bytes; struct ifreq points to it."""
    answer = array.array("B", struct.pack("II", _ETHTOOL_GPERMADDR, _LONGEST_ADDRESS) + bytes(_LONGEST_ADDRESS))
    try:
        fcntl.ioctl(control, _SIOCETHTOOL, struct.pack("16sP16x", name.encode()[:15], answer.buffer_info()[0]))
    except OSError:
        return None
    length = struct.unpack_from("I", answer, 4)[0]
    address = bytes(answer[8 : 8 + min(length, _LONGEST_ADDRESS)])
    return address.hex(":") if any(address) and address != b"\xff" * len(address) else None
